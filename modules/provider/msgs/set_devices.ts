// MsgSetDevices: what a provider owns, checked against classes and against what offers promise.

import type { Address } from "../../../chain/base/address.ts";
import {
  MsgSetDevices,
  MsgSetDevicesResponse,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Device } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import { providerErrors } from "../errors.ts";
import { emitDevicesSet } from "../events.ts";
import type { ProviderKeeper } from "../keeper.ts";
import { countOfClass, CPU_CLASS, quote, sortDevices } from "../types.ts";
import { checkDevices, requirePresent } from "../keeper/checks.ts";

/**
 * MsgSetDevices, signed by owner or operator: replaces the list of devices. GPUs stand under the
 * class of their model; no class may fall below what offers promise.
 * State: params, classes, models, commitments, providers. Events: EventProviderDevicesSet.
 * Throws: provider/2, provider/7, provider/8, provider/9, provider/11, provider/16.
 */
export function setDevices(
  keeper: ProviderKeeper,
): MsgHandler<MsgSetDevices, MsgSetDevicesResponse> {
  return {
    type: MsgSetDevices,
    response: MsgSetDevicesResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.signer);
      env.addresses.parse(msg.provider);
      checkDevices(msg.devices);
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.provider);
      const before = keeper.requireOwnerOrOperator(ctx, owner, msg.signer);
      requirePresent(before);
      const most = keeper.rules(ctx).maxDevices;
      if (msg.devices.length > most)
        throw providerErrors.invalidDevice.with(`${msg.devices.length} rows, at most ${most}`);
      for (const [index, device] of msg.devices.entries())
        requireClass(ctx, keeper, device, `devices[${index}]`);
      requirePromises(ctx, keeper, owner, msg.devices);
      const after = { ...before, devices: sortDevices(msg.devices) };
      keeper.save(ctx, owner, after);
      emitDevicesSet(ctx, after);
      return {};
    },
  };
}

function requireClass(ctx: Context, keeper: ProviderKeeper, device: Device, where: string): void {
  keeper.class(ctx, device.class);
  if (device.kind === "GPU") {
    const expected = keeper.classOf(ctx, device.model);
    if (device.class !== expected)
      throw providerErrors.invalidDevice.with(
        `${where}: ${device.model} is of class ${quote(expected)}, not ${quote(device.class)}`,
      );
  } else if ((device.kind === "CPU") !== (device.class === CPU_CLASS)) {
    throw providerErrors.invalidDevice.with(
      `${where}: kind ${device.kind} does not go with class ${quote(device.class)}`,
    );
  }
}

function requirePromises(
  ctx: Context,
  keeper: ProviderKeeper,
  owner: Address,
  devices: readonly Device[],
): void {
  for (const { class: name, offered } of keeper.promises(ctx, owner)) {
    const owned = countOfClass(devices, name);
    if (owned < offered)
      throw providerErrors.devicesPromised.with(
        `${offered} devices of class ${quote(name)} promised, ${owned} would be left`,
      );
  }
}
