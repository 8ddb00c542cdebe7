// The query language of searches and subscriptions: conditions on event attributes joined by AND.
// Grammar and meaning: CometBFT libs/pubsub/query, spec of tx_search.

import { parseTime, toNanos } from "../../base/time.ts";
import type { Timestamp } from "../../base/time.ts";

/** Longest query text, characters. Source: CometBFT's limit. */
export const MAX_QUERY_LENGTH = 512;

/** How an attribute is compared. */
export type Operator = "=" | "<" | "<=" | ">" | ">=" | "CONTAINS" | "EXISTS";

/** What it is compared with. */
export type Operand =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: Decimal }
  | { readonly kind: "time"; readonly time: Timestamp };

/** One condition; EXISTS has no operand. */
export interface Condition {
  readonly tag: string;
  readonly operator: Operator;
  readonly operand?: Operand;
}

/** A number without rounding: digits / 10^scale. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** A query that does not follow the grammar, with the place where it stops. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

/** Reads plain digits with an optional fraction; undefined when it is not that. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > 80 || !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
  const dot = text.indexOf(".");
  return {
    digits: BigInt(text.replace(".", "")),
    scale: dot < 0 ? 0 : text.length - dot - 1,
  };
}

/** Order of two decimals. */
export function compareDecimal(a: Decimal, b: Decimal): number {
  const left = a.digits * 10n ** BigInt(b.scale);
  const right = b.digits * 10n ** BigInt(a.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

const OPERATORS: readonly Operator[] = ["<=", ">=", "=", "<", ">", "CONTAINS", "EXISTS"];

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes what `pattern` (sticky) matches after spaces; undefined when it does not. */
  take(pattern: RegExp): string | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match[0];
  }

  get ended(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    throw new QueryError(`expected ${expected} at position ${this.#at}, found "${rest}"`);
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }
}

function readOperator(scanner: Scanner): Operator {
  const word = scanner.take(/<=|>=|=|<|>|CONTAINS\b|EXISTS\b/y);
  return OPERATORS.find((operator) => operator === word) ?? scanner.fail("an operator");
}

function readOperand(scanner: Scanner): Operand {
  const quoted = scanner.take(/'[^']*'/y);
  if (quoted !== undefined) return { kind: "text", text: quoted.slice(1, -1) };
  const date = scanner.take(/DATE\s+\d{4}-\d{2}-\d{2}/y);
  const stamp = date === undefined ? scanner.take(/TIME\s+[0-9TtZz:.+-]+/y) : undefined;
  if (date !== undefined || stamp !== undefined) {
    const text = (date ?? stamp ?? "").slice(4).trim();
    const time = parseTime(date === undefined ? text : `${text}T00:00:00Z`);
    return time === undefined ? scanner.fail("a valid time before this") : { kind: "time", time };
  }
  const number = parseDecimal(scanner.take(/-?\d+(?:\.\d+)?/y) ?? "");
  return number === undefined
    ? scanner.fail("'text', a number, TIME or DATE")
    : { kind: "number", number };
}

function readCondition(scanner: Scanner): Condition {
  const tag = scanner.take(/[^\s=<>'"()]+/y) ?? scanner.fail("an attribute name");
  const operator = readOperator(scanner);
  if (operator === "EXISTS") return { tag, operator };
  const operand = readOperand(scanner);
  if (operator === "CONTAINS" && operand.kind !== "text") scanner.fail("'text' after CONTAINS");
  if (operator !== "=" && operator !== "CONTAINS" && operand.kind === "text")
    scanner.fail(`a number or a time after ${operator}`);
  return { tag, operator, operand };
}

/** Parses a query. Throws: QueryError. */
export function parseQuery(text: string): readonly Condition[] {
  if (text.length > MAX_QUERY_LENGTH)
    throw new QueryError(
      `maximum query length is ${MAX_QUERY_LENGTH}, this one has ${text.length}`,
    );
  if (!text.isWellFormed()) throw new QueryError("a query is Unicode text without lone surrogates");
  const scanner = new Scanner(text);
  const conditions = [readCondition(scanner)];
  while (!scanner.ended) {
    if (scanner.take(/AND\b/y) === undefined) scanner.fail("AND");
    conditions.push(readCondition(scanner));
  }
  return conditions;
}

function compares(order: number, operator: Operator): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return false;
  }
}

/** The leading number of a value, as amounts with a denom have it (`100ulease`). */
function leadingNumber(value: string): Decimal | undefined {
  return parseDecimal(/^-?\d+(?:\.\d+)?/.exec(value.slice(0, 81))?.[0] ?? "");
}

/** Whether one attribute value satisfies a condition on its tag. */
export function matchesValue(condition: Condition, value: string): boolean {
  const { operator, operand } = condition;
  if (operand === undefined) return true;
  switch (operand.kind) {
    case "text":
      return operator === "CONTAINS" ? value.includes(operand.text) : value === operand.text;
    case "number": {
      const number = leadingNumber(value);
      return number !== undefined && compares(compareDecimal(number, operand.number), operator);
    }
    case "time": {
      const time = parseTime(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value);
      if (time === undefined) return false;
      const difference = toNanos(time) - toNanos(operand.time);
      return compares(difference < 0n ? -1 : difference > 0n ? 1 : 0, operator);
    }
  }
}

/** Whether a flat set of attributes (`type.key` -> values) satisfies every condition. */
export function matchesAll(
  conditions: readonly Condition[],
  attributes: ReadonlyMap<string, readonly string[]>,
): boolean {
  return conditions.every((condition) =>
    (attributes.get(condition.tag) ?? []).some((value) => matchesValue(condition, value)),
  );
}
