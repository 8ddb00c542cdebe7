// The one source of choices of a simulation: a small generator whose state can be read and set.

const TWO32 = 0x1_0000_0000;

/** A pseudo-random generator (mulberry32). The same seed gives the same choices for ever. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0;
  }

  /** Where the generator stands, for a run that is to go on later. */
  get state(): number {
    return this.#state;
  }

  set state(state: number) {
    this.#state = state >>> 0;
  }

  /** 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** A whole number in low..high, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((this.next() / TWO32) * (high - low + 1));
  }

  /** As int, for amounts. */
  big(low: number, high: number): bigint {
    return BigInt(this.int(low, high));
  }

  /** A number whose size, not value, is even: small ones come as often as large ones. */
  size(low: number, high: number): bigint {
    const exponent = Math.log(low) + (this.next() / TWO32) * (Math.log(high) - Math.log(low));
    return BigInt(Math.min(high, Math.max(low, Math.round(Math.exp(exponent)))));
  }

  /** True in `percent` of all cases. */
  chance(percent: number): boolean {
    return this.next() < (TWO32 / 100) * percent;
  }

  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T {
    const found = this.maybe(list);
    if (found === undefined) throw new Error("choice from an empty list");
    return found;
  }

  /** One of a list; undefined when it is empty. */
  maybe<T>(list: readonly T[]): T | undefined {
    return list[this.int(0, list.length - 1)];
  }

  /** One of a list, by weight. */
  weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T {
    const sum = list.reduce((before, [weight]) => before + weight, 0);
    let at = (this.next() / TWO32) * sum;
    for (const [weight, value] of list) {
      at -= weight;
      if (at < 0) return value;
    }
    throw new Error("choice without weights");
  }
}
