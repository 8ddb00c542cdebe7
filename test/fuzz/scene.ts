// A chain with a life behind it: what decoders are given here was valid on it once.

import { MsgMultiSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { accounts } from "../../modules/auth/index.ts";
import { simGenesis } from "../sim/genesis.ts";
import { Machine } from "../sim/machine.ts";
import { Random } from "../sim/random.ts";
import { drawSwarm } from "../sim/swarm.ts";
import { drawTraffic } from "../sim/traffic.ts";
import { World } from "../sim/world.ts";
import {
  allowing,
  basic,
  executing,
  generic,
  granting,
  paying,
  revoking,
  sending,
} from "../support/grants.ts";
import { signTx } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

/** A chain in memory, the people on it, and what they sent. */
export interface Scene {
  readonly machine: Machine;
  readonly world: World;
  /** Seconds since 1970 of the last block. */
  readonly time: bigint;
  /** Transactions that were taken, oldest first. */
  readonly txs: readonly Uint8Array[];
  /** Transactions that would be taken now. */
  readonly pending: readonly Uint8Array[];
  /** Messages that would be taken now, and those that were taken. */
  readonly current: readonly Any[];
  readonly messages: readonly Any[];
}

const SEED = 11;
const BLOCKS = 60;
const DRAWS = 12;

/** Grants and what is done by them, each in a transaction of its own, in one block. */
function playGrants(world: World, machine: Machine, time: bigint): Uint8Array[] {
  const [from, to] = [world.tenants[0], world.others[0]] as [Signer, Signer];
  const end = time + 1000n;
  const plays: readonly (readonly [Signer, Any])[] = [
    [from, granting(from, to, sending(1_000_000n), end)],
    [from, granting(from, to, generic(MsgMultiSend.typeUrl))],
    [from, allowing(from, to, basic(1_000_000n))],
    [
      to,
      executing(to, [paying(from, to.address, 5n), executing(to, [paying(from, to.address, 6n)])]),
    ],
    [from, revoking(from, to, MsgMultiSend.typeUrl)],
  ];
  const sequences = new Map<string, bigint>();
  const txs = plays.map(([signer, message]) => {
    const account = accounts.get(world.ctx, signer.bytes);
    const before = sequences.get(signer.name) ?? account?.sequence ?? 0n;
    sequences.set(signer.name, before + 1n);
    const state = { signer, accountNumber: account?.number ?? 0n, sequence: before };
    return signTx(world.chainId, [state], [message], { gas: 8_000_000n });
  });
  const { txResults } = machine.block(txs, time + 5n);
  const refused = txResults.find(({ code }) => code !== 0);
  if (refused !== undefined) throw new Error(`a grant is refused: ${refused.log}`);
  return txs;
}

/** Plays some blocks of a market. The same seed gives the same chain. */
export function playScene(seed = SEED, blocks = BLOCKS): Scene {
  const random = new Random(seed);
  const swarm = { ...drawSwarm(random), diligence: 90, operations: 9, maxGas: -1n };
  const world = new World(random, swarm, "lease", "sim-1");
  const genesis = simGenesis(world, swarm);
  const machine = new Machine(genesis);
  const txs: Uint8Array[] = [];
  let { time } = genesis;
  for (let height = 1; height <= blocks; height++) {
    world.look(machine);
    const traffic = height === 1 ? [] : drawTraffic(world);
    time += BigInt(random.int(1, 30));
    const { txResults } = machine.block(
      traffic.map(({ bytes }) => bytes),
      time,
    );
    traffic.forEach(({ bytes }, index) => txResults[index]?.code === 0 && txs.push(bytes));
  }
  world.look(machine);
  txs.push(...playGrants(world, machine, time));
  world.look(machine);
  // Each draw signs with the sequences of now: its transactions stand beside those of the others.
  const pending = Array.from({ length: DRAWS }, () => drawTraffic(world)).flatMap((traffic) =>
    traffic.map(({ bytes }) => bytes),
  );
  const messagesOf = (tx: Uint8Array): readonly Any[] =>
    TxBody.decode(TxRaw.decode(tx).bodyBytes).messages;
  const messages = txs.flatMap(messagesOf);
  // A drawn transaction may be damaged on purpose: such a one has no messages.
  const right = pending.filter((tx) => machine.app.decode(tx) !== undefined);
  const current = [...right.flatMap(messagesOf), ...messages.slice(-6)];
  return { machine, world, time: time + 5n, txs, pending, current, messages };
}
