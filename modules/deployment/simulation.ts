// Random messages of module deployment for the simulator: valid in form, often refused by state.

import {
  MsgAddGroups,
  MsgCloseDeployment,
  MsgCloseGroup,
  MsgCreateDeployment,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
  MsgUpdateDeployment,
  MsgUpdateSettings,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { DepositSource } from "../../chain/codec/gen/leasehold/escrow/v1.ts";
import {
  AwardMode,
  AwardSettings,
  GroupSpec,
  OnLeaseClose,
  ResourceUnit,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { MessageType } from "../../chain/codec/types.ts";

/** A whole number from 0 to `bound` - 1. */
export type Roll = (bound: number) => number;

/** Who acts, and which deployments there may be. */
export interface TenantActor {
  /** Tenant, bech32. */
  readonly owner: string;
  readonly denom: string;
  /** Number of its last deployment; 0 = none yet. */
  readonly lastDseq: bigint;
}

/** One random message; the tenant signs it. */
export interface TenantStep {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

const GIB = 1n << 30n;

function step<M>(type: MessageType<M>, fields: Partial<M>): TenantStep {
  return { typeUrl: type.typeUrl, value: type.encode(type.create(fields)) };
}

/** A group of one to three units that most offers of a simulation can hold. */
function randomGroup(roll: Roll, denom: string, name: string): GroupSpec {
  const units = Array.from({ length: 1 + roll(3) }, (_, index) => {
    const gpus = roll(3) === 0 ? BigInt(1 + roll(4)) : 0n;
    const models = [{ vendor: "nvidia", model: "h100", ram: "", interface: "" }];
    return ResourceUnit.create({
      id: index + 1,
      cpu: { milli: BigInt(100 * (1 + roll(80))), attributes: [] },
      memory: { bytes: GIB * BigInt(1 + roll(16)), attributes: [] },
      storage: [{ name: "default", bytes: GIB * BigInt(1 + roll(50)), attributes: [] }],
      gpu: { units: gpus, models: gpus === 0n ? [] : models },
      count: 1 + roll(3),
      price: { denom, amount: String(100_000 + roll(9_000_000)) },
    });
  });
  const wish = roll(5) === 0 ? [{ key: "region", value: "eu" }] : [];
  const requirements = { attributes: wish, preferred: [], signedBy: { allOf: [], anyOf: [] } };
  const durationS = roll(6) === 0 ? BigInt(3600 * (1 + roll(12))) : 0n;
  return GroupSpec.create({ name, units, requirements, durationS });
}

function randomSettings(roll: Roll): AwardSettings {
  const manual = roll(8) === 0;
  return AwardSettings.create({
    mode: manual ? AwardMode.MANUAL : AwardMode.AUTO,
    deadlineS: manual ? 0n : BigInt(roll(3) * 30),
    orderTtlS: roll(2) === 0 ? 0n : BigInt(600 + roll(3600)),
    onLeaseClose: roll(3) === 0 ? OnLeaseClose.PAUSE : OnLeaseClose.REOPEN,
    allOrNothing: !manual && roll(6) === 0,
    notSticky: roll(4) === 0,
  });
}

/** The message that makes a deployment of one to three groups. */
export function randomDeployment(roll: Roll, { owner, denom, lastDseq }: TenantActor): TenantStep {
  const count = 1 + roll(3);
  const groups = Array.from({ length: count }, (_, i) => randomGroup(roll, denom, `g${i}`));
  const amount = { denom, amount: String(500_000 + roll(30_000_000)) };
  return step(MsgCreateDeployment, {
    owner,
    dseq: roll(3) === 0 ? lastDseq + 1n + BigInt(roll(5)) : 0n,
    groups,
    manifestHash: new Uint8Array(32).fill(roll(256)),
    settings: randomSettings(roll),
    deposits: [{ source: DepositSource.BALANCE, granter: "", nonce: 0n, amount }],
  });
}

/** Any message about one of the tenant's deployments. */
export function randomTenantStep(roll: Roll, actor: TenantActor): TenantStep {
  const { owner, lastDseq, denom } = actor;
  if (lastDseq === 0n || roll(4) === 0) return randomDeployment(roll, actor);
  const recent = BigInt(roll(4));
  const dseq = recent < lastDseq ? lastDseq - recent : lastDseq;
  const at = { owner, dseq, gseq: 1 + roll(3) };
  switch (roll(20)) {
    case 0:
      return step(MsgUpdateDeployment, { ...at, manifestHash: new Uint8Array(32).fill(roll(256)) });
    case 1:
      return step(MsgUpdateSettings, { ...at, settings: randomSettings(roll) });
    case 2:
      return step(MsgAddGroups, { ...at, groups: [randomGroup(roll, denom, `x${roll(20)}`)] });
    case 3:
      return step(MsgPauseDeployment, at);
    case 4:
      return step(MsgCloseDeployment, at);
    case 5:
      return step(MsgPauseGroup, at);
    case 6:
      return step(MsgCloseGroup, at);
    case 7:
    case 8:
    case 9:
    case 10:
      return step(MsgResumeDeployment, at);
    default:
      return step(MsgStartGroup, at);
  }
}
