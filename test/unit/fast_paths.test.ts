// Fast paths against their plain twins: addresses against the general bech32 library, base64 and
// copies against the host, remembered keys against keys built anew, short amounts against parsed text.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bech32 } from "@scure/base";
import * as fc from "fast-check";
import { AddressCodec } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { Bech32 } from "../../chain/base/bech32.ts";
import { copyBytes, readU64BigEndian, toBase64, u64BigEndian } from "../../chain/base/bytes.ts";
import { KeyMemo } from "../../chain/store/keymemo.ts";
import { textOfBytes } from "../../chain/store/ordered.ts";
import { encodeKey } from "../../chain/store/ranges.ts";
import {
  addressKey,
  bytesKey,
  prefixedAddressKey,
  stringKey,
  tuple,
  u64Key,
} from "../../chain/store/index.ts";
import { balances } from "../../modules/bank/state.ts";

const test = suite("fast paths");
const RUNS = { numRuns: 2000 };
const prefix = "lease";
const fast = new Bech32(prefix);

function plainText(bytes: Uint8Array): string {
  return bech32.encode(prefix, bech32.toWords(bytes), 1023);
}

/** What the library reads, if it is an address of this prefix in lower case. */
function plainBytes(text: string): Uint8Array | undefined {
  const found = bech32.decodeUnsafe(text, 1023);
  if (found === undefined || found.prefix !== prefix || text !== text.toLowerCase())
    return undefined;
  const bytes = bech32.fromWordsUnsafe(found.words);
  return bytes instanceof Uint8Array && bytes.length > 0 && bytes.length <= 64 ? bytes : undefined;
}

test("an address is written and read as the library does", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(bytes, (value) => {
      const text = plainText(value);
      assert.is(fast.encode(value), text);
      assert.equal(fast.decode(text), value);
    }),
    RUNS,
  );
  assert.is(fast.encode(new Uint8Array(0)), undefined);
  assert.is(fast.encode(new Uint8Array(65)), undefined);
});

test("what the library refuses is not read", () => {
  const change = fc.record({
    value: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    at: fc.nat(200),
    put: fc.constantFrom(..."qpzry9x8gf2tvdw0s3jn54khce6mua7lb1io QZ\u00e9\u0100"),
    kind: fc.constantFrom("replace", "insert", "cut", "upper", "word"),
  });
  let accepted = 0;
  fc.assert(
    fc.property(change, ({ value, at, put, kind }) => {
      const words = bech32.toWords(value);
      const last = words.length - 1;
      if (kind === "word") words[last] = ((words[last] ?? 0) ^ (at + 1)) & 31;
      let text: string = bech32.encode(prefix, words, 1023);
      const place = at % text.length;
      if (kind === "replace") text = text.slice(0, place) + put + text.slice(place + 1);
      if (kind === "insert") text = text.slice(0, place) + put + text.slice(place);
      if (kind === "cut") text = text.slice(0, place) + text.slice(place + 1);
      if (kind === "upper") text = text.toUpperCase();
      const found = fast.decode(text);
      assert.equal(found, plainBytes(text), text);
      if (found !== undefined) accepted += 1;
    }),
    RUNS,
  );
  assert.ok(accepted > 20, `${accepted} accepted`);
});

test("a codec gives one array for one text and the lower-case text for that array", () => {
  const codec = new AddressCodec(prefix);
  const own = new Uint8Array(20).fill(7);
  const text = plainText(own);
  const parsed = codec.parse(text);
  assert.equal(parsed, own);
  assert.ok(codec.parse(text) === parsed);
  assert.is(codec.format(parsed), text);
  const upper = codec.parse(text.toUpperCase());
  assert.is(codec.format(upper), text);
  own[0] = 9;
  assert.is(
    codec.format(own),
    plainText(own),
    "an array that is not the codec's is read each time",
  );
  assert.throws(() => codec.parse(text.replace("1", "2")), /not a bech32 address/);
  assert.throws(
    () => codec.parse(bech32.encode("other", bech32.toWords(own))),
    /invalid Bech32 prefix/,
  );
});

test("base64, copies and 64-bit numbers are the host's", () => {
  const bytes = fc.uint8Array({ maxLength: 2400 });
  fc.assert(
    fc.property(bytes, fc.nat(100), (value, from) => {
      assert.is(toBase64(value), Buffer.from(value).toString("base64"));
      const start = Math.min(from, value.length);
      const copy = copyBytes(value, start, value.length);
      assert.equal(copy, value.slice(start));
      value.fill(1);
      const next = copyBytes(value, start, value.length);
      copy.fill(2);
      assert.ok(
        next.every((byte) => byte === 1),
        "copies do not overlap",
      );
    }),
    RUNS,
  );
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (value) => {
      assert.is(readU64BigEndian(u64BigEndian(value)), value);
      assert.is(Buffer.from(u64BigEndian(value)).readBigUInt64BE(), value);
    }),
  );
});

test("a remembered key is the key built anew", () => {
  const start = Uint8Array.of(2);
  const addresses = Array.from({ length: 7 }, (_, i) => new Uint8Array(20).fill(i) as Address);
  const pair = tuple<readonly [Address, string]>(addressKey, stringKey);
  const turned = tuple<readonly [string, Address]>(stringKey, prefixedAddressKey);
  const pairs = new KeyMemo(pair, start);
  const turnedPairs = new KeyMemo(turned, start);
  const numbers = new KeyMemo(u64Key, start);
  fc.assert(
    fc.property(fc.nat(6), fc.constantFrom("ulease", "uusd"), fc.bigInt(0n, 5n), (at, denom, n) => {
      const address = addresses[at] as Address;
      const made = pairs.of([address, denom]);
      assert.equal(made.bytes, encodeKey(pair, start, [address, denom]));
      assert.is(made.text, textOfBytes(made.bytes));
      const other = turnedPairs.of([denom, address]).bytes;
      assert.equal(other, encodeKey(turned, start, [denom, address]));
      assert.equal(numbers.of(n).bytes, encodeKey(u64Key, start, n));
    }),
    RUNS,
  );
  const raw = new KeyMemo(bytesKey, start);
  const changing = Uint8Array.of(1, 2);
  raw.of(changing);
  changing[0] = 5;
  assert.equal(raw.of(changing).bytes, Uint8Array.of(2, 5, 2), "bytes of others may change");
});

test("amounts are read as text and number", () => {
  const { value } = balances;
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 256n) - 1n), fc.nat(250), (large, shift) => {
      const amount = large >> BigInt(shift);
      assert.equal(value.encode(amount), new TextEncoder().encode(amount.toString()));
      assert.is(value.decode(value.encode(amount)), amount);
    }),
    RUNS,
  );
  for (const text of ["", "00", "01", "-1", "1a", "1 ", "+1", "1e3"])
    assert.throws(() => value.decode(new TextEncoder().encode(text)), /stored amount/, text);
});

test.run();
