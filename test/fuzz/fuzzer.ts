// The loop: makes mutations, hands them to a decoder, counts, measures, and keeps what must not be.
// Input number i of a seed is the same for ever, whatever ran before it.

import { Random } from "../sim/random.ts";

/** One decoder under fire. */
export interface Target<I> {
  /** A mutated valid input. */
  make(random: Random): I;
  /**
   * Whether the decoder takes it. Throws when it neither takes nor refuses it as declared, or when
   * what it took does not come back the same.
   */
  run(input: I): boolean | Promise<boolean>;
  /** The input for people. */
  show(input: I): string;
  /** Called once at the end; throws when something was left behind. */
  close?(): void | Promise<void>;
}

/** How a decoder is found and how much of it is run. */
export interface Decoder {
  readonly name: string;
  /** What is decoded, for the table. */
  readonly what: string;
  /** Inputs of a run in proportion to the others; 1 unless one input is a block or a password. */
  readonly share?: number;
  /** Longest time for one input, milliseconds; default 50. */
  readonly limitMs?: number;
  open(): Target<unknown> | Promise<Target<unknown>>;
}

/** An input that must not have this effect. */
export interface Finding {
  readonly index: number;
  readonly what: string;
  readonly input: string;
}

/** What a run came to. */
export interface Tally {
  readonly name: string;
  readonly what: string;
  readonly seed: number;
  readonly inputs: number;
  readonly accepted: number;
  readonly maxMicros: number;
  /** Input that took longest. */
  readonly slowest: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

/** Which inputs are run. */
export interface Run {
  readonly seed: number;
  readonly count: number;
  /** Only this one, and it is shown. */
  readonly index?: number | undefined;
}

const LIMIT_MS = 50;
/** More findings than this are not kept: the first ones tell. */
const MAX_FINDINGS = 20;
/** Characters of one input that are shown. */
const SHOWN = 4000;

/** The generator of one input. */
export function randomOf(seed: number, index: number): Random {
  return new Random(Math.imul(seed + 1, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca6b));
}

/** Refuses to take what a decoder said. */
export class Fault extends Error {
  override readonly name = "Fault";
}

/** Throws a Fault with a sentence unless `holds`. */
export function must(holds: boolean, sentence: () => string): asserts holds {
  if (!holds) throw new Fault(sentence());
}

/** Longest text of a refusal, characters: it must not repeat a whole input. */
const LONGEST_REFUSAL = 2000;

/** Runs a decoder: its value, or undefined when it refuses as declared. Rethrows everything else. */
export function attempt<T>(
  decode: () => T,
  isRefusal: (error: unknown) => boolean,
): { readonly value: T } | undefined {
  try {
    return { value: decode() };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    requireSentence((error as Error).message);
    return undefined;
  }
}

/** A refusal says something, and not too much. */
export function requireSentence(text: string): void {
  must(/[a-z]{2}/i.test(text), () => `a refusal without a sentence: ${JSON.stringify(text)}`);
  must(text.length <= LONGEST_REFUSAL, () => `a refusal of ${text.length} characters`);
}

/** A plain Error: what readers of files throw. A TypeError, RangeError or SyntaxError is none. */
export function isPlainError(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

class Loop {
  accepted = 0;
  maxMicros = 0;
  slowest = 0;
  readonly findings: Finding[] = [];
  readonly #target: Target<unknown>;
  readonly #limit: number;
  readonly #seed: number;

  constructor(target: Target<unknown>, limitMs: number, seed: number) {
    this.#target = target;
    this.#limit = limitMs * 1000;
    this.#seed = seed;
  }

  #input(index: number): unknown {
    return this.#target.make(randomOf(this.#seed, index));
  }

  async one(index: number): Promise<void> {
    const input = this.#input(index);
    const started = performance.now();
    try {
      const taken = this.#target.run(input);
      if (typeof taken === "boolean" ? taken : await taken) this.accepted += 1;
    } catch (error) {
      this.#add(index, textOf(error), input);
    }
    const micros = (performance.now() - started) * 1000;
    if (micros > this.maxMicros) await this.#measure(index, micros);
  }

  /**
   * A machine with other work stalls a process: what counts is the best of three, and of each the time
   * that the processor worked when that is less.
   */
  async #measure(index: number, first: number): Promise<void> {
    let best = first;
    for (let more = 0; more < 2 && best > this.maxMicros; more++) {
      const input = this.#input(index);
      const [started, worked] = [performance.now(), process.cpuUsage()];
      try {
        await this.#target.run(input);
      } catch {
        // The finding is kept already.
      }
      const { user, system } = process.cpuUsage(worked);
      best = Math.min(best, (performance.now() - started) * 1000, user + system);
    }
    if (best <= this.maxMicros) return;
    this.maxMicros = best;
    this.slowest = index;
    if (best > this.#limit)
      this.#add(
        index,
        `took ${Math.round(best)} us, ${this.#limit} us are allowed`,
        this.#input(index),
      );
  }

  #add(index: number, what: string, input: unknown): void {
    if (this.findings.length >= MAX_FINDINGS) return;
    this.findings.push({ index, what, input: this.#target.show(input).slice(0, 600) });
  }

  async end(): Promise<void> {
    try {
      await this.#target.close?.();
    } catch (error) {
      this.#add(-1, `at the end: ${textOf(error)}`, this.#input(0));
    }
  }

  show(index: number): string {
    return this.#target.show(this.#input(index));
  }
}

/** Runs one decoder. */
export async function fuzz(decoder: Decoder, run: Run): Promise<Tally> {
  const started = performance.now();
  const loop = new Loop(await decoder.open(), decoder.limitMs ?? LIMIT_MS, run.seed);
  const count = Math.max(1, Math.round(run.count * (decoder.share ?? 1)));
  if (run.index !== undefined) {
    const input = loop.show(run.index).slice(0, SHOWN);
    process.stdout.write(`${decoder.name} ${run.seed}/${run.index}: ${input}\n`);
    await loop.one(run.index);
  } else for (let index = 0; index < count; index++) await loop.one(index);
  await loop.end();
  return {
    name: decoder.name,
    what: decoder.what,
    seed: run.seed,
    inputs: run.index === undefined ? count : 1,
    accepted: loop.accepted,
    maxMicros: Math.round(loop.maxMicros),
    slowest: loop.slowest,
    seconds: (performance.now() - started) / 1000,
    findings: loop.findings,
  };
}
