// What grants and fee allowances are, told once more in plain terms and without a line of modules/:
// the simulation holds the chain against it. Times are whole seconds, coins are of one denom.

/** What a random transaction asks for. Accounts are names. */
export type Ask =
  | { readonly do: "send"; readonly from: string; readonly to: string; readonly amount: bigint }
  | { readonly do: "exec"; readonly by: string; readonly asks: readonly Ask[] }
  | {
      readonly do: "grant";
      readonly from: string;
      readonly to: string;
      readonly what: Grant;
    }
  | { readonly do: "revoke"; readonly from: string; readonly to: string; readonly type: Kind }
  | { readonly do: "allow"; readonly from: string; readonly to: string; readonly what: Allowance }
  | { readonly do: "disallow"; readonly from: string; readonly to: string }
  | { readonly do: "prune"; readonly by: string };

/** Message types that are granted here. */
export type Kind = "send" | "exec";

/** An authorization. Without `limit` it is a generic one. */
export interface Grant {
  readonly type: Kind;
  readonly limit?: bigint;
  readonly only?: readonly string[];
  readonly end?: bigint;
}

/** An allowance; with `period` a limit for each period. */
export interface Allowance {
  readonly limit?: bigint;
  readonly end?: bigint;
  readonly period?: {
    readonly seconds: bigint;
    readonly limit: bigint;
    readonly left: bigint;
    readonly reset: bigint;
  };
  /** Only for these asks. */
  readonly only?: readonly Ask["do"][];
}

/** A transaction with who pays its fee. */
export interface Transaction {
  readonly signer: string;
  readonly ask: Ask;
  readonly fee: bigint;
  readonly payer?: string;
}

/** `codespace/code` of a refusal; thrown inside. */
class Refusal extends Error {}

function refuse(code: string): never {
  throw new Refusal(code);
}

function parts(keys: Iterable<string>): [string, string, string][] {
  return [...keys].map((key) => key.split(" ") as [string, string, string]);
}

/** The whole state of both modules. */
export class GrantsModel {
  /** By `from to type`. */
  grants = new Map<string, Grant>();
  /** By `from to`. */
  allowances = new Map<string, Allowance>();
  /** Ends of allowances that were given, whatever became of them: `from to` and second. */
  readonly #ends: { readonly pair: string; readonly end: bigint }[] = [];
  #now = 0n;

  /** A block begins: authorizations that ended before it are gone. */
  begin(now: bigint): void {
    this.#now = now;
    for (const [key, { end }] of this.grants)
      if (end !== undefined && end < now) this.grants.delete(key);
  }

  /** A block ends: so are allowances, and those that took the place of one that would end now. */
  end(): void {
    for (const entry of this.#ends.splice(0)) {
      if (entry.end < this.#now) this.allowances.delete(entry.pair);
      else this.#ends.push(entry);
    }
  }

  /** An export and import: ends of allowances that are gone are forgotten. */
  reborn(): void {
    this.#ends.length = 0;
    for (const [pair, { end }] of this.allowances)
      if (end !== undefined) this.#ends.push({ pair, end });
  }

  /** Who granted `to` messages of a type. */
  granters(to: string, type: Kind): string[] {
    return parts(this.grants.keys()).flatMap(([from, grantee, kind]) =>
      grantee === to && kind === type ? [from] : [],
    );
  }

  /** Who pays fees of `to`. */
  payers(to: string): string[] {
    return parts(this.allowances.keys()).flatMap(([from, grantee]) =>
      grantee === to ? [from] : [],
    );
  }

  /** What a transaction comes to: `0`, or `codespace/code`. */
  run(tx: Transaction): string {
    return this.#tried(() => {
      if (tx.payer !== undefined && tx.payer !== tx.signer) this.#pay(tx, tx.payer);
      return this.#tried(() => {
        this.#act(tx.ask);
        return "0";
      });
    });
  }

  /** Runs `body`; a refusal undoes what it did and is given back. */
  #tried(body: () => string): string {
    const [grants, allowances, ends] = [this.grants, this.allowances, [...this.#ends]];
    this.grants = new Map(grants);
    this.allowances = new Map(allowances);
    try {
      return body();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.grants = grants;
      this.allowances = allowances;
      this.#ends.splice(0, this.#ends.length, ...ends);
      return error.message;
    }
  }

  #pay({ signer, ask, fee }: Transaction, payer: string): void {
    const pair = `${payer} ${signer}`;
    const allowance = this.allowances.get(pair) ?? refuse("sdk/38");
    if (allowance.only !== undefined && !allowance.only.includes(ask.do)) refuse("feegrant/7");
    if (allowance.end !== undefined && allowance.end < this.#now) refuse("feegrant/3");
    let { limit, period } = allowance;
    if (period !== undefined) {
      if (this.#now >= period.reset) {
        const next = period.reset + period.seconds;
        const reset = this.#now > next ? this.#now + period.seconds : next;
        const left = limit !== undefined && limit < period.limit ? limit : period.limit;
        period = { ...period, left, reset };
      }
      if (fee > period.left) refuse("feegrant/2");
      period = { ...period, left: period.left - fee };
    }
    if (limit !== undefined) {
      if (fee > limit) refuse("feegrant/2");
      limit -= fee;
      if (limit === 0n) {
        this.allowances.delete(pair);
        return;
      }
    }
    const { end, only } = allowance;
    this.allowances.set(pair, {
      ...(limit !== undefined && { limit }),
      ...(end !== undefined && { end }),
      ...(period !== undefined && { period }),
      ...(only !== undefined && { only }),
    });
  }

  #act(ask: Ask): void {
    switch (ask.do) {
      case "send":
        return;
      case "exec":
        for (const inner of ask.asks) {
          this.#use(ask.by, inner);
          this.#act(inner);
        }
        return;
      case "grant":
        return this.#grant(ask.from, ask.to, ask.what);
      case "revoke":
        if (ask.from === ask.to) refuse("authz/7");
        if (!this.grants.delete(`${ask.from} ${ask.to} ${ask.type}`)) refuse("authz/2");
        return;
      case "allow":
        return this.#allow(ask.from, ask.to, ask.what);
      case "disallow":
        if (ask.from === ask.to) refuse("sdk/7");
        if (!this.allowances.delete(`${ask.from} ${ask.to}`)) refuse("sdk/38");
        return;
      case "prune":
        return this.end();
    }
  }

  #use(by: string, ask: Ask): void {
    const type: Kind = ask.do === "exec" ? "exec" : "send";
    const signer = ask.do === "exec" || ask.do === "prune" ? ask.by : ask.from;
    if (signer === by) return;
    const key = `${signer} ${by} ${type}`;
    const grant = this.grants.get(key) ?? refuse("authz/2");
    if (grant.limit === undefined || ask.do !== "send") return;
    const left = grant.limit - ask.amount;
    if (left < 0n) refuse("sdk/5");
    if (grant.only !== undefined && !grant.only.includes(ask.to)) refuse("sdk/4");
    if (left === 0n) this.grants.delete(key);
    else this.grants.set(key, { ...grant, limit: left });
  }

  #grant(from: string, to: string, what: Grant): void {
    if (from === to) refuse("authz/7");
    if (what.end !== undefined && what.end <= this.#now) refuse("authz/3");
    this.grants.set(`${from} ${to} ${what.type}`, what);
  }

  #allow(from: string, to: string, what: Allowance): void {
    const pair = `${from} ${to}`;
    if (from === to) refuse("sdk/7");
    if (this.allowances.has(pair)) refuse("sdk/18");
    if (what.end !== undefined && what.end < this.#now) refuse("sdk/18");
    this.allowances.set(pair, what);
    if (what.end !== undefined) this.#ends.push({ pair, end: what.end });
  }
}
