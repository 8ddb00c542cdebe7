// How many requests one remote address may send in a second. Loopback is not counted: there the
// machine's owner calls, or a proxy that has its own limits.

/** Addresses that are remembered in one second; more than that means everybody is new. */
const MAX_ADDRESSES = 100_000;

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}

/** Counts requests per address and second. */
export class RateLimiter {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  /** `limit` requests a second; 0 = no limit. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#timer = setInterval(() => this.#counts.clear(), 1000);
    this.#timer.unref();
  }

  /** Whether one more request of this address may be served. */
  allow(address: string): boolean {
    if (this.#limit === 0 || isLoopback(address)) return true;
    const count = (this.#counts.get(address) ?? 0) + 1;
    if (this.#counts.size >= MAX_ADDRESSES) this.#counts.clear();
    this.#counts.set(address, count);
    return count <= this.#limit;
  }

  /** Stops the clock. */
  close(): void {
    clearInterval(this.#timer);
  }
}
