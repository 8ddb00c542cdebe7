// A chain with a life behind it: what decoders are given here was valid on it once.

import { TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { simGenesis } from "../sim/genesis.ts";
import { Machine } from "../sim/machine.ts";
import { Random } from "../sim/random.ts";
import { drawSwarm } from "../sim/swarm.ts";
import { drawTraffic } from "../sim/traffic.ts";
import { World } from "../sim/world.ts";

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
  /** Messages of those that were taken. */
  readonly messages: readonly Any[];
}

const SEED = 11;
const BLOCKS = 60;
const DRAWS = 12;

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
  // Each draw signs with the sequences of now: its transactions stand beside those of the others.
  const pending = Array.from({ length: DRAWS }, () => drawTraffic(world)).flatMap((traffic) =>
    traffic.map(({ bytes }) => bytes),
  );
  const messages = txs.flatMap((tx) => TxBody.decode(TxRaw.decode(tx).bodyBytes).messages);
  return { machine, world, time, txs, pending, messages };
}
