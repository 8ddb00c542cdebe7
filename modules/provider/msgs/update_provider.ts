import {
  MsgUpdateProvider,
  MsgUpdateProviderResponse,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { providerErrors } from "../errors.ts";
import { emitUpdated } from "../events.ts";
import type { ProviderKeeper } from "../keeper.ts";
import { quote, sortAttributes } from "../types.ts";
import { checkAttributeCount, checkSelf, requirePresent } from "../keeper/checks.ts";

/**
 * MsgUpdateProvider, signed by the owner: replaces gateway, claims and contact. A claim that a live
 * lease was matched on stays, with its value.
 * State: params, pins, providers. Events: EventProviderUpdated.
 * Throws: provider/2, provider/4, provider/5, provider/9, provider/10.
 */
export function updateProvider(
  keeper: ProviderKeeper,
): MsgHandler<MsgUpdateProvider, MsgUpdateProviderResponse> {
  return {
    type: MsgUpdateProvider,
    response: MsgUpdateProviderResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.owner);
      checkSelf(msg);
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.owner);
      const before = keeper.get(ctx, owner);
      requirePresent(before);
      checkAttributeCount(msg.attributes, keeper.rules(ctx));
      const claims = new Map(msg.attributes.map(({ key, value }) => [key, value]));
      for (const pin of keeper.pins(ctx, owner)) {
        if (claims.get(pin.key) !== pin.value)
          throw providerErrors.attributePinned.with(
            `${pin.key}=${quote(pin.value)} must stay for ${pin.leases} live leases`,
          );
      }
      keeper.save(ctx, owner, {
        ...before,
        hostUri: msg.hostUri,
        attributes: sortAttributes(msg.attributes),
        contactUri: msg.contactUri,
        contactHash: msg.contactHash,
      });
      emitUpdated(ctx, msg.owner);
      return {};
    },
  };
}
