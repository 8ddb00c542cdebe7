// Records on disk: damage gives a sentence, or the state that was committed, and never another state.

import { equalBytes, toHex, utf8 } from "../../../chain/base/bytes.ts";
import type { EngineState } from "../../../chain/node/embedded/state.ts";
import { decodeState, encodeState, NO_VALIDATORS } from "../../../chain/node/embedded/state.ts";
import { DamagedState, TreeMultiStore } from "../../../chain/store/index.ts";
import type { StoreChange } from "../../../chain/store/index.ts";
import { Random } from "../../sim/random.ts";
import { TestDisk } from "../../support/disk.ts";
import { testPlatform } from "../../support/platform.ts";
import { mutateBytes, someBytes } from "../bytes.ts";
import { attempt, must } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { textTarget } from "./text.ts";

/** Stores of that chain. */
export const NAMES = ["acc", "bank", "market"];
const HEIGHTS = 9;

/** A small chain on a disk in memory, and its last app hash. */
export function writeDisk(): { readonly disk: TestDisk; readonly appHash: Uint8Array } {
  const random = new Random(5);
  const disk = new TestDisk();
  const store = new TreeMultiStore(testPlatform, NAMES, { snapshots: { blocks: 100 } });
  for (let height = 1; height <= HEIGHTS; height++) {
    const changes = new Map<string, StoreChange[]>();
    for (const name of NAMES) changes.set(name, drawChanges(random));
    store.stage(
      BigInt(height),
      { seconds: BigInt(1000 + height), nanos: height },
      changes,
      new Map(),
    );
    disk.write(store.batch().writes);
    store.promote();
    if (height % 3 !== 0 || height === HEIGHTS) continue;
    for (
      let step = store.snapshots.step(8, true);
      step !== undefined;
      step = store.snapshots.step(8)
    )
      disk.snapshotStep(step);
  }
  return { disk, appHash: store.appHash };
}

function drawChanges(random: Random): StoreChange[] {
  const rows = new Map<number, Uint8Array>();
  for (let count = random.int(0, 4); count > 0; count--)
    rows.set(random.int(1, 30), someBytes(random, 12));
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([key, value]) => [Uint8Array.of(key), value] as const);
}

/** A damaged disk, as differences from the right one. */
interface Damage {
  readonly key: Uint8Array;
  /** Undefined: the record is gone. */
  readonly value: Uint8Array | undefined;
}

function storeTarget(): Target<Damage> {
  const { disk, appHash } = writeDisk();
  const records = [...disk.records.iterate()];
  const isRefusal = (error: unknown): boolean => error instanceof DamagedState;
  return {
    make: (random) => {
      const [key, value] = random.of(records);
      if (random.chance(5)) return { key, value: undefined };
      const donor = random.of(records)[1];
      if (random.chance(5)) return { key: mutateBytes(key, random, key), value };
      return { key, value: mutateBytes(value, random, donor) };
    },
    run: ({ key, value }) => {
      const damaged = disk.copy();
      if (value === undefined) damaged.records.delete(key);
      else if (key.length > 0) damaged.records.set(key, value);
      const loaded = attempt(() => damaged.load(NAMES), isRefusal);
      if (loaded === undefined) return false;
      const store = loaded.value;
      must(store.height === BigInt(HEIGHTS), () => `height ${store.height}`);
      must(equalBytes(store.appHash, appHash), () => `app hash ${toHex(store.appHash)}`);
      return true;
    },
    show: ({ key, value }) => `${toHex(key)} = ${value === undefined ? "gone" : toHex(value)}`,
  };
}

/** A state of the engine. */
export const STATE: EngineState = {
  chainId: "fuzz-1",
  initialHeight: 1n,
  height: 12n,
  blockId: { hash: new Uint8Array(32).fill(3), partSetHeader: { total: 1, hash: utf8("p") } },
  blockTime: { seconds: 1_800_000_000n, nanos: 7 },
  validators: NO_VALIDATORS,
  nextValidators: NO_VALIDATORS,
  lastValidators: NO_VALIDATORS,
  validatorsChanged: 1n,
  params: { block: { maxBytes: 5n, maxGas: -1n } } as EngineState["params"],
  paramsChanged: 1n,
  resultsHash: new Uint8Array(32),
  appHash: new Uint8Array(32).fill(1),
  clockAheadMs: 0,
};

function engineTarget(): Target<string> {
  const right = encodeState(testPlatform, STATE);
  const isRefusal = (error: unknown): boolean => error instanceof DamagedState;
  return textTarget([right], (text) => {
    const read = attempt(() => decodeState(testPlatform, text), isRefusal);
    if (read === undefined) return false;
    must(encodeState(testPlatform, read.value) === right, () => "another state");
    return true;
  });
}

/** Decoders of this file. */
export const DISK_DECODERS: readonly Decoder[] = [
  {
    name: "store",
    what: "change sets, snapshots, commit records at start",
    share: 0.5,
    open: storeTarget,
  },
  { name: "engine", what: "the engine's record of its state", open: engineTarget },
];
