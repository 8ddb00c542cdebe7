// Gas: the meter, the SDK's table of store costs, and the store that charges them. Numbers and
// location names are the SDK's (store/types/gas.go, store/gaskv): clients see both in the text of
// an out-of-gas error, and usual limits of usual clients suffice only while the costs agree.

import { ChainError, sdkErrors } from "../base/errors.ts";
import type { KVStore, StoreEntry } from "../store/types.ts";
import type { GasMeter } from "./types.ts";

/** Costs of one store operation, gas. Source: SDK KVGasConfig. */
export const STORE_COSTS = {
  hasFlat: 1000,
  deleteFlat: 1000,
  readFlat: 1000,
  readPerByte: 3,
  writeFlat: 2000,
  writePerByte: 30,
  iterateFlat: 30,
} as const;

/** The limit of a meter that never runs out, as results report it (2^64 - 1). */
export const UNLIMITED_GAS = (1n << 64n) - 1n;

/** Out of gas: a ChainError that no `attempt` catches. */
export class OutOfGasError extends ChainError {
  constructor(location: string, limit: number, used: number) {
    const text = `out of gas in location: ${location}; gasWanted: ${limit}, gasUsed: ${used}`;
    super(sdkErrors.outOfGas.codespace, sdkErrors.outOfGas.code, `${text}: out of gas`);
  }
}

/** Counts gas up to a limit. What crosses the limit is still counted: results report it. */
export class LimitedMeter implements GasMeter {
  readonly limit: number;
  used = 0;

  /** `limit` in gas; above 2^53-1 it is treated as that. */
  constructor(limit: bigint | number) {
    this.limit = limit > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(limit);
  }

  consume(amount: number, location: string): void {
    this.used += amount;
    if (this.used > this.limit) throw new OutOfGasError(location, this.limit, this.used);
  }
}

/** Counts without a limit: blocks, genesis, queries without a bound, uncharged work. */
export class OpenMeter implements GasMeter {
  readonly limit: number = Number.POSITIVE_INFINITY;
  used = 0;

  consume(amount: number): void {
    this.used += amount;
  }
}

/** A store that charges its meter before acting, a read's bytes as soon as they are known. */
export class GasStore implements KVStore {
  readonly #inner: KVStore;
  readonly #meter: GasMeter;

  constructor(inner: KVStore, meter: GasMeter) {
    this.#inner = inner;
    this.#meter = meter;
  }

  get(key: Uint8Array, text?: string): Uint8Array | undefined {
    this.#meter.consume(STORE_COSTS.readFlat, "ReadFlat");
    const value = this.#inner.get(key, text);
    this.#meter.consume(STORE_COSTS.readPerByte * key.length, "ReadPerByte");
    if (value !== undefined)
      this.#meter.consume(STORE_COSTS.readPerByte * value.length, "ReadPerByte");
    return value;
  }

  has(key: Uint8Array, text?: string): boolean {
    this.#meter.consume(STORE_COSTS.hasFlat, "Has");
    return this.#inner.has(key, text);
  }

  set(key: Uint8Array, value: Uint8Array, text?: string): void {
    this.#meter.consume(STORE_COSTS.writeFlat, "WriteFlat");
    this.#meter.consume(STORE_COSTS.writePerByte * key.length, "WritePerByte");
    this.#meter.consume(STORE_COSTS.writePerByte * value.length, "WritePerByte");
    this.#inner.set(key, value, text);
  }

  delete(key: Uint8Array, text?: string): void {
    this.#meter.consume(STORE_COSTS.deleteFlat, "Delete");
    this.#inner.delete(key, text);
  }

  iterate(start?: Uint8Array, end?: Uint8Array, reverse?: boolean): IterableIterator<StoreEntry> {
    return new GasIterator(this.#inner.iterate(start, end, reverse), this.#meter);
  }
}

/**
 * Charges as the SDK's iterator does: opening charges the first entry, each step charges the entry
 * it leaves; so a whole walk over n entries pays n + 1 steps and the first entry twice.
 */
class GasIterator implements IterableIterator<StoreEntry> {
  readonly #inner: IterableIterator<StoreEntry>;
  readonly #meter: GasMeter;
  #current: StoreEntry | undefined;
  #given = false;

  constructor(inner: IterableIterator<StoreEntry>, meter: GasMeter) {
    this.#inner = inner;
    this.#meter = meter;
    this.#advance();
    this.#charge();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<StoreEntry> {
    if (this.#given && this.#current !== undefined) {
      this.#charge();
      this.#advance();
    }
    this.#given = true;
    if (this.#current === undefined) return { done: true, value: undefined };
    return { done: false, value: this.#current };
  }

  return(): IteratorResult<StoreEntry> {
    this.#current = undefined;
    this.#inner.return?.();
    return { done: true, value: undefined };
  }

  #advance(): void {
    const step = this.#inner.next();
    this.#current = step.done === true ? undefined : step.value;
  }

  #charge(): void {
    if (this.#current !== undefined) {
      const [key, value] = this.#current;
      this.#meter.consume(STORE_COSTS.readPerByte * key.length, "ValuePerByte");
      this.#meter.consume(STORE_COSTS.readPerByte * value.length, "ValuePerByte");
    }
    this.#meter.consume(STORE_COSTS.iterateFlat, "IterNextFlat");
  }
}
