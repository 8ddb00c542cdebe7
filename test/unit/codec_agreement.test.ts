// The generated codec against the reference codec, for every generated message, ours included: the
// same bytes for random values, the same verdict and value for damaged bytes. What is accepted
// re-encodes to itself, but for absent messages that the encoder always writes.

import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../chain/base/bytes.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { CodecError } from "../../chain/codec/index.ts";
import type { MessageType } from "../../chain/codec/types.ts";
import { readSchema } from "../../proto/generate.ts";
import { randomValue } from "../support/random_values.ts";
import { tableCodecs } from "../support/table_codec.ts";

const { all } = readSchema(".");
const reference = tableCodecs(all.messages, all.enums);

function referenceOf(type: MessageType<unknown>): MessageType<unknown> {
  return reference.get(type.name) as MessageType<unknown>;
}

/** The value, or undefined when the bytes are refused. Anything but a CodecError is a bug. */
function attempt(type: MessageType<unknown>, bytes: Uint8Array): unknown {
  try {
    return type.decode(bytes);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** Whether the message holds, at some depth, a message that is written even when empty. */
function hasFilled(type: MessageType<unknown>, seen = new Set<string>()): boolean {
  if (seen.has(type.name)) return false;
  seen.add(type.name);
  return type.table.fields.some((field) => {
    if (field.kind !== "message") return false;
    if (field.nullable === false && field.repeated !== true) return true;
    const inner = type.refs().types.get(field.type);
    return inner !== undefined && hasFilled(inner, seen);
  });
}

test("random values: both codecs write the same bytes and read the same value", () => {
  for (const [seed, type] of allMessageTypes.entries()) {
    fc.assert(
      fc.property(randomValue(type), (value) => {
        const bytes = type.encode(value);
        assert.is(toHex(bytes), toHex(referenceOf(type).encode(value)), type.name);
        const decoded = type.decode(bytes);
        assert.equal(decoded, referenceOf(type).decode(bytes), type.name);
        assert.is(toHex(type.encode(decoded)), toHex(bytes), type.name);
      }),
      { numRuns: 12, seed },
    );
  }
});

interface Damage {
  readonly kind: number;
  readonly at: number;
  readonly byte: number;
}

/** One small change: a byte set, one put in, one taken out, a piece doubled, the end cut off. */
function damaged(bytes: Uint8Array, { kind, at, byte }: Damage): Uint8Array {
  const list = [...bytes];
  const place = list.length === 0 ? 0 : at % list.length;
  if (kind === 0) list[place] = byte;
  else if (kind === 1) list.splice(place, 0, byte);
  else if (kind === 2) list.splice(place, 1);
  else if (kind === 3) list.push(...list.slice(place));
  else if (kind === 4) list.length = place;
  else if (list.length > 0) list[place] = ((list[place] as number) ^ (1 << (byte & 7))) & 0xff;
  return Uint8Array.from(list);
}

test("damaged bytes: the same verdict, and what is accepted re-encodes to itself", () => {
  let tried = 0;
  let accepted = 0;
  const damage = fc.record({ kind: fc.nat(5), at: fc.nat(1000), byte: fc.nat(255) });
  for (const [seed, type] of allMessageTypes.entries()) {
    const filled = hasFilled(type);
    fc.assert(
      fc.property(
        randomValue(type),
        fc.array(damage, { minLength: 6, maxLength: 6 }),
        (v, list) => {
          const good = type.encode(v);
          for (const item of list) {
            const bytes = damaged(good, item);
            const value = attempt(type, bytes);
            tried++;
            assert.equal(value, attempt(referenceOf(type), bytes), `${type.name} ${toHex(bytes)}`);
            if (value === undefined) continue;
            accepted++;
            const again = type.encode(value);
            if (!filled) assert.is(toHex(again), toHex(bytes), type.name);
            else assert.equal(type.decode(again), value, type.name);
          }
        },
      ),
      { numRuns: 8, seed },
    );
  }
  const share = accepted / tried;
  assert.ok(share >= 0.1, `only ${(share * 100).toFixed(1)} % of ${tried} were accepted`);
});

test("random bytes never do anything but decode or be refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), (bytes, pick) => {
      const type = allMessageTypes[pick % allMessageTypes.length] as MessageType<unknown>;
      assert.equal(attempt(type, bytes), attempt(referenceOf(type), bytes));
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test.run();
