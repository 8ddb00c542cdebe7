// Finds transactions and blocks by event attributes. Conditions of one query must hold in one event
// of a transaction, heights apart, as in CometBFT's index; every attribute of a block becomes findable
// with the block, also when its transaction failed.

import { concatBytes, fromHex, fromUtf8, prefixEnd, readU64BigEndian } from "../../base/bytes.ts";
import { u64BigEndian } from "../../base/bytes.ts";
import { TxResult } from "../../codec/gen/tendermint/abci.ts";
import type { Database } from "../db.ts";
import type { Condition, Decimal } from "./query.ts";
import { matchesValue, QueryError } from "./query.ts";
import type { IndexedBlock } from "./rows.ts";
import { blockRows, countKey, HEIGHT_KEY, parseRowKey, ROW, tagPrefix, txKey } from "./rows.ts";
import { unpackPostings, valuePrefix } from "./rows.ts";

/** Rows that one condition may touch: a search beyond it is refused, not served slowly. */
const MAX_SCANNED_ROWS = 2_000_000;
/** Transactions in one answer before paging. */
const MAX_FOUND = 1_000_000;

/** A place of a transaction; ordered by height, then index. */
export interface TxPlace {
  readonly height: bigint;
  readonly index: number;
}

/** Heights that a query allows. */
interface HeightRange {
  readonly from: bigint;
  readonly to: bigint;
}

const HEIGHT_TAGS = new Set(["tx.height", "block.height"]);

/** The index of one chain. */
export class Indexer {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The last height that was indexed; 0 when none was. */
  get height(): bigint {
    const bytes = this.#database.get(HEIGHT_KEY);
    return bytes === undefined ? 0n : readU64BigEndian(bytes);
  }

  /** Writes the rows of a block. A crash loses at most the newest ones; start-up writes them again. */
  async add(block: IndexedBlock): Promise<void> {
    const rows = blockRows(block, (hash) => {
      const known = this.find(hash);
      return known !== undefined && known.height !== block.height && known.result.code === 0;
    });
    await this.#database.write(rows, { sync: false });
  }

  /**
   * Takes the newest block out again. An earlier, failed transaction of the same bytes, which the one
   * in this block had replaced, is found again only after a rebuild.
   */
  async remove(block: IndexedBlock): Promise<void> {
    const rows = blockRows(block, () => false).filter(
      ([key]) => key[0] !== ROW.tx || this.find(key.subarray(1))?.height === block.height,
    );
    const removed = rows.map(([key]) => [key, undefined] as const);
    const height = [HEIGHT_KEY, u64BigEndian(block.height - 1n)] as const;
    await this.#database.write([...removed, height], { sync: true });
  }

  /** Empties the index: a start would write it anew from the block log. */
  async clear(): Promise<void> {
    await this.#database.write([[HEIGHT_KEY, undefined]], { sync: true });
    await this.#database.clear({});
  }

  /** The transaction of a hash. */
  find(hash: Uint8Array): TxResult | undefined {
    const bytes = this.#database.get(txKey(hash));
    return bytes === undefined ? undefined : TxResult.decode(bytes);
  }

  /**
   * Places of all transactions that satisfy a query, ascending. Throws: QueryError.
   */
  async searchTxs(
    conditions: readonly Condition[],
    bounds: HeightRange,
  ): Promise<readonly TxPlace[]> {
    const direct = this.#byHash(conditions);
    if (direct !== undefined) return direct;
    const range = heightRange(conditions, bounds);
    if (range.to < range.from) return [];
    const rest = conditions.filter((condition) => !HEIGHT_TAGS.has(condition.tag));
    if (rest.length === 0) return this.#placesOf(range);
    const found = await this.#intersect(ROW.attribute, rest, range);
    const unique = new Map<string, TxPlace>();
    for (const key of found) {
      const [height = "0", index = "0"] = key.split("/");
      unique.set(`${height}/${index}`, { height: BigInt(height), index: Number(index) });
    }
    return [...unique.values()].sort(comparePlaces);
  }

  /** Heights of all blocks whose own events satisfy a query, ascending. Throws: QueryError. */
  async searchBlocks(
    conditions: readonly Condition[],
    bounds: HeightRange,
  ): Promise<readonly bigint[]> {
    const range = heightRange(conditions, bounds);
    if (range.to < range.from) return [];
    const rest = conditions.filter((condition) => !HEIGHT_TAGS.has(condition.tag));
    if (rest.length === 0) {
      const size = range.to - range.from + 1n;
      if (size > BigInt(MAX_FOUND)) throw tooMuch();
      return Array.from({ length: Math.max(0, Number(size)) }, (_, i) => range.from + BigInt(i));
    }
    const found = await this.#intersect(ROW.blockAttribute, rest, range);
    const heights = new Set([...found].map((key) => BigInt(key.split("/")[0] ?? "0")));
    return [...heights].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  async #placesOf(range: HeightRange): Promise<readonly TxPlace[]> {
    const places: TxPlace[] = [];
    const bounds = { gte: countKey(range.from), lt: countKey(range.to + 1n) };
    await this.#database.scan(bounds, (key, value) => {
      const height = readU64BigEndian(key, 1);
      const count = Number(readU64BigEndian(value));
      if (places.length + count > MAX_FOUND) throw tooMuch();
      for (let index = 0; index < count; index++) places.push({ height, index });
    });
    return places;
  }

  #byHash(conditions: readonly Condition[]): readonly TxPlace[] | undefined {
    const condition = conditions.find((one) => one.tag === "tx.hash" && one.operator === "=");
    if (condition?.operand?.kind !== "text") return undefined;
    const hash = fromHex(condition.operand.text);
    if (hash === undefined) throw new QueryError("tx.hash is not hex");
    const result = this.find(hash);
    return result === undefined ? [] : [{ height: result.height, index: result.index }];
  }

  /** Keys `height/index/event` that satisfy every condition. */
  async #intersect(
    kind: number,
    conditions: readonly Condition[],
    range: HeightRange,
  ): Promise<ReadonlySet<string>> {
    let found: Set<string> | undefined;
    for (const condition of conditions) {
      const matching = await this.#scan(kind, condition, range, found);
      found = matching;
      if (found.size === 0) break;
    }
    return found ?? new Set();
  }

  async #scan(
    kind: number,
    condition: Condition,
    range: HeightRange,
    within: ReadonlySet<string> | undefined,
  ): Promise<Set<string>> {
    const found = new Set<string>();
    const tag = tagPrefix(kind, condition.tag);
    const exact = condition.operator === "=" && condition.operand?.kind === "text";
    const prefix =
      exact && condition.operand?.kind === "text"
        ? valuePrefix(kind, condition.tag, condition.operand.text)
        : tag;
    if (prefix === undefined) return found;
    let scanned = 0;
    const gte = exact ? concatBytes(prefix, u64BigEndian(range.from)) : prefix;
    const end = exact ? concatBytes(prefix, u64BigEndian(range.to + 1n)) : prefixEnd(prefix);
    const bounds = end === undefined ? { gte } : { gte, lt: end };
    await this.#database.scan(bounds, (key, value) => {
      if (++scanned > MAX_SCANNED_ROWS || found.size > MAX_FOUND) throw tooMuch();
      const row = parseRowKey(key, tag);
      if (row.height < range.from || row.height > range.to) return;
      if (!exact && !matchesValue(condition, fromUtf8(row.value) ?? "")) return;
      for (const { index, event } of unpackPostings(value)) {
        const place = `${row.height}/${index}/${event}`;
        if (within === undefined || within.has(place)) found.add(place);
      }
    });
    return found;
  }
}

function tooMuch(): QueryError {
  return new QueryError("the query matches too much; add a condition on tx.height");
}

function comparePlaces(a: TxPlace, b: TxPlace): number {
  if (a.height !== b.height) return a.height < b.height ? -1 : 1;
  return a.index - b.index;
}

function wholeNumber(value: Decimal): bigint {
  if (value.scale !== 0) throw new QueryError("a height is a whole number");
  return value.digits;
}

/** Narrows `bounds` by the conditions on heights. */
function heightRange(conditions: readonly Condition[], bounds: HeightRange): HeightRange {
  let { from, to } = bounds;
  for (const { tag, operator, operand } of conditions) {
    if (!HEIGHT_TAGS.has(tag) || operator === "EXISTS") continue;
    if (operand?.kind !== "number") throw new QueryError(`${tag} is compared with a number`);
    const height = wholeNumber(operand.number);
    if (operator === "=" || operator === ">=") from = height > from ? height : from;
    if (operator === "=" || operator === "<=") to = height < to ? height : to;
    if (operator === ">") from = height + 1n > from ? height + 1n : from;
    if (operator === "<") to = height - 1n < to ? height - 1n : to;
  }
  if (from < 0n) from = 0n;
  return { from, to: to < from ? from - 1n : to };
}
