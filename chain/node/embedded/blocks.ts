// The block log: every block with its name, its commit and the application's answer to it, the engine's
// state, and who the validators and what the parameters were at each height.

import { concatBytes, EMPTY_BYTES, fromUtf8, readU64BigEndian, toHex } from "../../base/bytes.ts";
import { u64BigEndian, utf8 } from "../../base/bytes.ts";
import { assert } from "../../base/assert.ts";
import type { Platform } from "../../base/platform.ts";
import { ResponseFinalizeBlock } from "../../codec/gen/tendermint/abci.ts";
import type { BlockID } from "../../codec/gen/tendermint/types.ts";
import { Block, BlockMeta, Commit, ConsensusParams } from "../../codec/gen/tendermint/types.ts";
import type { ValidatorSet } from "../comet/validators.ts";
import { rotate } from "../comet/validators.ts";
import type { Database, DatabaseWrite } from "../db.ts";
import { decodeState, decodeValidators, encodeState, encodeValidators } from "./state.ts";
import type { EngineState } from "./state.ts";

/** First byte of each kind of record; a height of 8 bytes follows, a hash for `hash`. */
const KIND = {
  block: 0x62,
  meta: 0x6d,
  commit: 0x63,
  response: 0x72,
  validators: 0x76,
  params: 0x70,
  hash: 0x68,
} as const;
const RANGE_KEY = utf8("range");
const STATE_KEY = utf8("state");
const GENESIS_KEY = utf8("genesis");
/** Whole validator sets are written this often, so that turns never have to be counted further. */
const CHECKPOINT_BLOCKS = 1000n;

function key(kind: number, height: bigint): Uint8Array {
  return concatBytes(Uint8Array.of(kind), u64BigEndian(height));
}

function hashKey(hash: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(KIND.hash), hash);
}

/** A block that is ready to be logged. */
export interface SignedBlock {
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly id: BlockID;
  /** SHA-256 of each transaction. */
  readonly hashes: readonly Uint8Array[];
  readonly commit: Commit;
}

/** The block log of one chain. */
export class BlockStore {
  readonly #database: Database;
  readonly #platform: Platform;
  #base = 0n;
  #height = 0n;
  /** Heights with a record of validators (and of parameters), ascending. */
  #validatorHeights: bigint[] = [];
  #paramHeights: bigint[] = [];

  private constructor(database: Database, platform: Platform) {
    this.#database = database;
    this.#platform = platform;
  }

  /** Reads what the database holds. */
  static async load(database: Database, platform: Platform): Promise<BlockStore> {
    const store = new BlockStore(database, platform);
    const range = database.get(RANGE_KEY);
    if (range !== undefined) {
      store.#base = readU64BigEndian(range);
      store.#height = readU64BigEndian(range, 8);
    }
    store.#validatorHeights = await heightsOf(database, KIND.validators);
    store.#paramHeights = await heightsOf(database, KIND.params);
    return store;
  }

  /** Oldest block; 0 when there is none. */
  get base(): bigint {
    return this.#base;
  }

  /** Newest block; 0 when there is none. */
  get height(): bigint {
    return this.#height;
  }

  /** Appends a block with the commit that made it final, synced to disk. */
  async append(signed: SignedBlock): Promise<void> {
    const { block, bytes, id, commit } = signed;
    const height = block.header.height;
    assert(
      this.#height === 0n || height === this.#height + 1n,
      `append ${height} to ${this.#height}`,
    );
    const base = this.#base === 0n ? height : this.#base;
    const meta = BlockMeta.encode({
      blockId: id,
      blockSize: BigInt(bytes.length),
      header: block.header,
      numTxs: BigInt(block.data.txs.length),
    });
    await this.#database.write(
      [
        [key(KIND.block, height), bytes],
        [key(KIND.meta, height), meta],
        [key(KIND.commit, height), Commit.encode(commit)],
        [hashKey(id.hash), u64BigEndian(height)],
        [RANGE_KEY, concatBytes(u64BigEndian(base), u64BigEndian(height))],
      ],
      { sync: true },
    );
    this.#base = base;
    this.#height = height;
  }

  /** Keeps the bytes of the application's answer to a block, synced: a crash after its commit needs it. */
  async saveResponse(height: bigint, bytes: Uint8Array): Promise<void> {
    await this.#database.write([[key(KIND.response, height), bytes]], { sync: true });
  }

  /** Keeps the engine's state with what it says about coming heights. */
  async saveState(state: EngineState, options: { readonly sync: boolean }): Promise<void> {
    const writes: DatabaseWrite[] = [[STATE_KEY, utf8(encodeState(this.#platform, state))]];
    const first = state.height === 0n ? state.initialHeight : state.height + 1n;
    const later = state.height === 0n ? first : first + 1n;
    const heldSet = state.height === 0n ? state.validators : state.nextValidators;
    if (
      state.height === 0n ||
      state.validatorsChanged === later ||
      later % CHECKPOINT_BLOCKS === 0n
    ) {
      writes.push([key(KIND.validators, later), encodeValidators(heldSet)]);
      note(this.#validatorHeights, later);
    }
    if (state.height === 0n || state.paramsChanged === first) {
      writes.push([key(KIND.params, first), ConsensusParams.encode(state.params)]);
      note(this.#paramHeights, first);
    }
    await this.#database.write(writes, options);
  }

  /** The engine's state as it was saved last. */
  loadState(): EngineState | undefined {
    const bytes = this.#database.get(STATE_KEY);
    return bytes === undefined ? undefined : decodeState(this.#platform, fromUtf8(bytes) ?? "");
  }

  /** SHA-256 of the genesis file that this log began with; written once. */
  genesisHash(): Uint8Array | undefined {
    return this.#database.get(GENESIS_KEY);
  }

  /** Remembers the genesis. */
  async saveGenesisHash(hash: Uint8Array): Promise<void> {
    await this.#database.write([[GENESIS_KEY, hash]], { sync: true });
  }

  /** Bytes of a block. */
  blockBytes(height: bigint): Uint8Array | undefined {
    return this.#database.get(key(KIND.block, height));
  }

  /** A block. */
  block(height: bigint): Block | undefined {
    const bytes = this.blockBytes(height);
    return bytes === undefined ? undefined : Block.decode(bytes);
  }

  /** Header, name and size of a block. */
  meta(height: bigint): BlockMeta | undefined {
    const bytes = this.#database.get(key(KIND.meta, height));
    return bytes === undefined ? undefined : BlockMeta.decode(bytes);
  }

  /** The commit that made a block final. */
  commit(height: bigint): Commit | undefined {
    const bytes = this.#database.get(key(KIND.commit, height));
    return bytes === undefined ? undefined : Commit.decode(bytes);
  }

  /** The application's answer to a block. */
  response(height: bigint): ResponseFinalizeBlock | undefined {
    const bytes = this.#database.get(key(KIND.response, height));
    return bytes === undefined ? undefined : ResponseFinalizeBlock.decode(bytes);
  }

  /** Height of the block with this hash. */
  heightOf(hash: Uint8Array): bigint | undefined {
    const bytes = this.#database.get(hashKey(hash));
    return bytes === undefined ? undefined : readU64BigEndian(bytes);
  }

  /** Who signs (or signed) a block. */
  validators(height: bigint): ValidatorSet | undefined {
    const at = lastAtOrBelow(this.#validatorHeights, height);
    const bytes = at === undefined ? undefined : this.#database.get(key(KIND.validators, at));
    if (at === undefined || bytes === undefined) return undefined;
    const set = decodeValidators(this.#platform, bytes);
    return at === height ? set : rotate(set, Number(height - at));
  }

  /** Parameters that hold for a block. */
  params(height: bigint): ConsensusParams | undefined {
    const at = lastAtOrBelow(this.#paramHeights, height);
    const bytes = at === undefined ? undefined : this.#database.get(key(KIND.params, at));
    return bytes === undefined ? undefined : ConsensusParams.decode(bytes);
  }

  /** Height from which validators hold at `height`, when they were changed last at `last`. */
  validatorsChanged(last: bigint, height: bigint): bigint {
    return last <= height ? last : (lastAtOrBelow(this.#validatorHeights, height) ?? height);
  }

  /** Height from which parameters hold at `height`, when they were changed last at `last`. */
  paramsChanged(last: bigint, height: bigint): bigint {
    return last <= height ? last : (lastAtOrBelow(this.#paramHeights, height) ?? height);
  }

  /** Goes back to an earlier state and newest block, in one synced batch. */
  async rewind(state: EngineState, newest: bigint): Promise<void> {
    const writes: DatabaseWrite[] = [[STATE_KEY, utf8(encodeState(this.#platform, state))]];
    for (let height = state.height + 1n; height <= this.#height; height++)
      writes.push([key(KIND.response, height), undefined]);
    for (let height = newest + 1n; height <= this.#height; height++) {
      const meta = this.meta(height);
      if (meta !== undefined) writes.push([hashKey(meta.blockId.hash), undefined]);
      for (const kind of [KIND.block, KIND.meta, KIND.commit])
        writes.push([key(kind, height), undefined]);
    }
    const later = (heights: readonly bigint[], last: bigint): bigint[] =>
      heights.filter((height) => height > last);
    for (const height of later(this.#validatorHeights, state.height + 2n))
      writes.push([key(KIND.validators, height), undefined]);
    for (const height of later(this.#paramHeights, state.height + 1n))
      writes.push([key(KIND.params, height), undefined]);
    writes.push([RANGE_KEY, concatBytes(u64BigEndian(this.#base), u64BigEndian(newest))]);
    await this.#database.write(writes, { sync: true });
    this.#height = newest;
    this.#validatorHeights = this.#validatorHeights.filter((height) => height <= state.height + 2n);
    this.#paramHeights = this.#paramHeights.filter((height) => height <= state.height + 1n);
  }

  /** Removes blocks below `height` (and their answers); returns how many. */
  async prune(height: bigint): Promise<number> {
    const target = height < this.#height ? height : this.#height;
    if (this.#base === 0n || target <= this.#base) return 0;
    const writes: DatabaseWrite[] = [];
    const from = this.#base;
    for (let at = from; at < target; at++) {
      const meta = this.meta(at);
      if (meta !== undefined) writes.push([hashKey(meta.blockId.hash), undefined]);
      for (const kind of [KIND.block, KIND.meta, KIND.commit, KIND.response])
        writes.push([key(kind, at), undefined]);
    }
    writes.push([RANGE_KEY, concatBytes(u64BigEndian(target), u64BigEndian(this.#height))]);
    await this.#database.write(writes, { sync: true });
    this.#base = target;
    return Number(target - from);
  }
}

async function heightsOf(database: Database, kind: number): Promise<bigint[]> {
  const heights: bigint[] = [];
  const range = { gte: key(kind, 0n), lt: Uint8Array.of(kind + 1) };
  await database.scan(range, (found) => void heights.push(readU64BigEndian(found, 1)));
  return heights;
}

function note(heights: bigint[], height: bigint): void {
  if (heights.at(-1) !== height) heights.push(height);
}

function lastAtOrBelow(heights: readonly bigint[], height: bigint): bigint | undefined {
  let [low, high] = [0, heights.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((heights[middle] ?? 0n) <= height) low = middle + 1;
    else high = middle;
  }
  return heights[low - 1];
}

/** Upper-case hex of a hash, as CometBFT prints it; empty for no bytes. */
export function upperHex(bytes: Uint8Array = EMPTY_BYTES): string {
  return toHex(bytes).toUpperCase();
}
