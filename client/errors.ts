// Refusals of the chain as errors that a program can tell apart.

import { BroadcastTxError } from "@cosmjs/stargate";
import { errorCodes, remedies } from "./error_codes.ts";

/** Codespaces that have names here. */
export type Codespace = keyof typeof errorCodes;

/** The chain refused a transaction or query. */
export class ChainRefusal extends Error {
  override readonly name = "ChainRefusal";
  readonly codespace: string;
  readonly code: number;
  /** Name of the code such as `notFunded`; undefined when it is not known here. */
  readonly kind: string | undefined;
  /** What a person can do about it. */
  readonly remedy: string | undefined;
  /** The chain's own text. */
  readonly log: string;
  /** Of a transaction that was in a block. */
  readonly transactionHash: string | undefined;

  constructor(codespace: string, code: number, log: string, transactionHash?: string) {
    const kind = nameOfCode(codespace, code);
    const remedy = kind === undefined ? undefined : remedies[`${codespace}/${kind}`];
    const tail = remedy === undefined ? "" : ` (${remedy})`;
    super(`${log} [${codespace}/${code}]${tail}`);
    this.codespace = codespace;
    this.code = code;
    this.kind = kind;
    this.remedy = remedy;
    this.log = log;
    this.transactionHash = transactionHash;
  }

  /** Whether this is the refusal of that name. */
  is<Space extends Codespace>(codespace: Space, kind: keyof (typeof errorCodes)[Space]): boolean {
    return this.codespace === codespace && this.kind === kind;
  }
}

/** Name of a code, or undefined. */
export function nameOfCode(codespace: string, code: number): string | undefined {
  if (!Object.hasOwn(errorCodes, codespace)) return undefined;
  const codes: Readonly<Record<string, number>> = errorCodes[codespace as Codespace];
  return Object.keys(codes).find((name) => codes[name] === code);
}

/** `Query failed with (22): text`, as CosmJS throws it. */
const QUERY_FAILED = /^Query failed with \(([0-9]+)\): (.*)$/s;

/**
 * A ChainRefusal out of what CosmJS throws: a refused broadcast, a refused query or simulation. Of
 * the latter two only the gRPC code is left, so their codespace is `sdk`; the text says the rest.
 * Anything else comes back as it is.
 */
export function toRefusal(error: unknown): unknown {
  if (error instanceof ChainRefusal) return error;
  if (error instanceof BroadcastTxError) {
    return new ChainRefusal(error.codespace, error.code, error.log ?? "");
  }
  const match = error instanceof Error ? QUERY_FAILED.exec(error.message) : null;
  if (match === null) return error;
  return new ChainRefusal("sdk", Number(match[1]), match[2] as string);
}
