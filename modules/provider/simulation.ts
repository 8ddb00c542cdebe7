// Random messages of module provider for the simulator: valid in form, often refused by state.

import {
  MsgHeartbeat,
  MsgPauseProvider,
  MsgRegisterProvider,
  MsgSetDevices,
  MsgSetKeys,
  MsgUnpauseProvider,
  MsgUpdateProvider,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Device } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MessageType } from "../../chain/codec/types.ts";

/** A whole number from 0 to `bound` - 1. */
export type Roll = (bound: number) => number;

/** Who acts and when. Addresses are bech32 text. */
export interface ProviderActor {
  readonly owner: string;
  readonly operator: string;
  /** Header time, seconds. */
  readonly now: bigint;
  /** A number that rises with every call. */
  readonly seq: bigint;
}

/** One random message and who signs it. */
export interface ProviderStep {
  readonly signer: string;
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

const REGIONS = ["eu", "us", "ap"];
const MODELS: readonly (readonly [name: string, model: string])[] = [
  ["h100", "vendor/nvidia/model/h100"],
  ["rtx4090", "vendor/nvidia/model/rtx4090"],
  ["other", "vendor/amd/model/w7900"],
];

function step<M>(signer: string, type: MessageType<M>, fields: Partial<M>): ProviderStep {
  return { signer, typeUrl: type.typeUrl, value: type.encode(type.create(fields)) };
}

function pick<T>(roll: Roll, from: readonly T[], otherwise: T): T {
  return from[roll(from.length)] ?? otherwise;
}

/** What a random provider says of itself. */
function description(roll: Roll): Pick<MsgUpdateProvider, "hostUri" | "attributes"> {
  const region = pick(roll, REGIONS, "eu");
  const attributes = roll(4) === 0 ? [] : [{ key: "region", value: region }];
  return { hostUri: `https://${region}${roll(9)}.example.com`, attributes };
}

/** The message that puts the actor into the registry. */
export function randomRegistration(roll: Roll, { owner, operator }: ProviderActor): ProviderStep {
  const heartbeatKey = new Uint8Array(32).fill(roll(256));
  return step(owner, MsgRegisterProvider, { owner, operator, heartbeatKey, ...description(roll) });
}

/** Devices of the actor: vCPU, and cards of some models. */
export function randomDevices(roll: Roll, { owner }: ProviderActor): ProviderStep {
  const devices: Device[] = [
    { class: "cpu", kind: "CPU", model: "", count: BigInt(32 * (1 + roll(8))) },
  ];
  for (const [name, model] of MODELS)
    if (roll(2) === 0)
      devices.push({ class: name, kind: "GPU", model, count: BigInt(1 + roll(16)) });
  return step(owner, MsgSetDevices, { signer: owner, provider: owner, devices });
}

/** Any other message of the actor; most are heartbeats. */
export function randomProviderStep(roll: Roll, actor: ProviderActor): ProviderStep {
  const { owner, operator, now, seq } = actor;
  switch (roll(24)) {
    case 0:
      return step(operator, MsgPauseProvider, { signer: operator, provider: owner });
    case 1:
    case 2:
      return step(owner, MsgUnpauseProvider, { owner });
    case 3:
      return step(owner, MsgUpdateProvider, { owner, ...description(roll) });
    case 4:
      return roll(2) === 0
        ? randomDevices(roll, actor)
        : step(owner, MsgSetKeys, { owner, heartbeatKey: new Uint8Array(32).fill(roll(256)) });
    default:
      return step(operator, MsgHeartbeat, { operator, provider: owner, seq, time: now });
  }
}
