// Reading JSON by path: every fault names where it stands and what was expected.

import { wrongGenesis } from "../chain/base/errors.ts";
import { MAX_INT64, parseUint } from "../chain/base/integers.ts";
import type { Json } from "../chain/codec/index.ts";

/** JSON of an object. */
export type JsonObject = { readonly [key: string]: Json };

/** The object at a path. Throws: sdk/18. */
export function objectAt(value: Json | undefined, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongGenesis(path, "an object is expected");
  }
  return value as JsonObject;
}

/** The text at a path. Throws: sdk/18. */
export function textAt(value: Json | undefined, path: string): string {
  if (typeof value !== "string") throw wrongGenesis(path, "a string is expected");
  return value;
}

/** The whole number (as text or number) at a path. Throws: sdk/18. */
export function numberAt(value: Json | undefined, path: string, max: bigint = MAX_INT64): bigint {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? value.toString() : value;
  const number = typeof text === "string" ? parseUint(text, max) : undefined;
  if (number === undefined) throw wrongGenesis(path, `a whole number up to ${max} is expected`);
  return number;
}
