// Mutations of JSON values: a place is drawn, and the path to it is copied. The rest is shared.

import type { Random } from "../sim/random.ts";
import { mutateText } from "./text.ts";

/** JSON that may also hold what only a program can make of it. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [key: string]: Value };

const LEAVES: readonly Value[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  1.5,
  1e21,
  1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 63),
  "",
  "0",
  "1",
  "-1",
  "1.5",
  "9".repeat(30),
  "9".repeat(1000),
  "18446744073709551615",
  "AA==",
  "AA=",
  "\u0000",
  "\ud800",
  "0001-01-01T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "1s",
  "-1s",
  "99999999999999999999s",
  "/cosmos.bank.v1beta1.MsgSend",
  [],
  {},
  [null],
  [[]],
];
const KEYS = ["@type", "value", "__proto__", "constructor", "toString", "", "params", "id", "a"];

function isObject(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nestedBy(value: Value, random: Random): Value {
  const isList = random.chance(50);
  let out = value;
  for (let levels = random.of([1, 2, 40, 200]); levels > 0; levels--)
    out = isList ? [out] : { [random.of(KEYS)]: out };
  return out;
}

/** The same number in another form. */
function otherForm(value: Value): Value {
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) return Number(value);
  return Array.isArray(value) ? ((value as readonly Value[])[0] ?? null) : [value];
}

function mutateLeaf(value: Value, random: Random, donor: Value): Value {
  switch (random.int(0, 5)) {
    case 0:
      return random.of(LEAVES);
    case 1:
      return typeof value === "string" ? mutateText(value, random, value) : otherForm(value);
    case 2:
      return somewhere(donor, random);
    case 3:
      return random.chance(20) ? nestedBy(value, random) : otherForm(value);
    default:
      return retouched(value, random);
  }
}

/** A small change that often leaves it right. */
function retouched(value: Value, random: Random): Value {
  if (typeof value === "number") return value + random.int(-2, 2);
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string" || value === "") return random.of(LEAVES);
  const at = random.int(0, value.length - 1);
  const isDigit = /\d/.test(value[at] as string);
  const by = isDigit ? String(random.int(0, 9)) : String.fromCharCode(random.int(97, 122));
  return value.slice(0, at) + by + value.slice(at + 1);
}

/** A part of a value. */
function somewhere(value: Value, random: Random): Value {
  let at = value;
  for (let depth = 0; depth < 20 && random.chance(80); depth++) {
    const inside: readonly Value[] = Array.isArray(at)
      ? (at as readonly Value[])
      : isObject(at)
        ? Object.values(at)
        : [];
    if (inside.length === 0) return at;
    at = random.of(inside);
  }
  return at;
}

function mutateList(list: readonly Value[], random: Random, donor: Value): Value {
  const out = [...list];
  const at = random.int(0, Math.max(0, out.length - 1));
  switch (random.int(0, 3)) {
    case 0:
      out.splice(at, 1);
      return out;
    case 1:
      out.splice(at, 0, out[random.int(0, out.length - 1)] ?? null);
      return out;
    case 2:
      out.splice(at, 0, somewhere(donor, random));
      return out;
    default:
      return mutateLeaf(list, random, donor);
  }
}

function mutateObject(
  object: { readonly [key: string]: Value },
  random: Random,
  donor: Value,
): Value {
  const entries = Object.entries(object);
  const at = random.int(0, Math.max(0, entries.length - 1));
  const chosen = entries[at];
  switch (random.int(0, 4)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([random.of(KEYS), somewhere(donor, random)]);
      break;
    case 2:
      if (chosen !== undefined) entries[at] = [mutateText(chosen[0], random, "a"), chosen[1]];
      break;
    case 3: {
      const other = isObject(donor) ? random.maybe(Object.entries(donor)) : undefined;
      if (other !== undefined) entries.push(other);
      break;
    }
    default:
      return mutateLeaf(object, random, donor);
  }
  return Object.fromEntries(entries);
}

function mutateAt(value: Value, random: Random, donor: Value, depth: number): Value {
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    if (list.length === 0 || random.chance(12)) return mutateList(list, random, donor);
    const at = random.int(0, list.length - 1);
    const out = [...list];
    out[at] = mutateAt(out[at] as Value, random, donor, depth + 1);
    return out;
  }
  if (!isObject(value)) return mutateLeaf(value, random, donor);
  const key = random.maybe(Object.keys(value));
  if (key === undefined || random.chance(depth === 0 ? 5 : 10))
    return mutateObject(value, random, donor);
  return { ...value, [key]: mutateAt(value[key] as Value, random, donor, depth + 1) };
}

/** Damages JSON at some place, once or twice. `donor` is another valid value. */
export function mutateJson(value: Value, random: Random, donor: Value): Value {
  const once = mutateAt(value, random, donor, 0);
  return random.chance(25) ? mutateAt(once, random, donor, 0) : once;
}

/** Damages the text of JSON: mostly its values, sometimes its characters. */
export function mutateJsonText(value: Value, random: Random, donor: Value): string {
  const text = JSON.stringify(random.chance(85) ? mutateJson(value, random, donor) : value);
  if (random.chance(80)) return text;
  return mutateText(text, random, JSON.stringify(donor));
}
