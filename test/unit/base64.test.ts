// Base64 against the host's: every length, every form that is not the one that is written.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, fromBase64, toBase64 } from "../../chain/base/bytes.ts";

const test = suite("base64");
const RUNS = { numRuns: 2000 };

test("is written as the host writes it, short and long, and read back", () => {
  const lengths = [...Array.from({ length: 12 }, (_, i) => i), 767, 768, 769, 770, 5000, 1_000_001];
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + (i >> 8)) & 255);
    const text = toBase64(bytes);
    assert.ok(text === Buffer.from(bytes).toString("base64"), `${length} bytes`);
    const read = fromBase64(text);
    assert.ok(read !== undefined && equalBytes(read, bytes), `${length} bytes`);
  }
});

test("is read only in the one form in which it is written", () => {
  const odd = [
    "A",
    "AA",
    "AAA",
    "=",
    "====",
    "A===",
    "AB==",
    "AAB=",
    "AA=A",
    "=AAA",
    "AAA-",
    "AA A",
  ];
  for (const text of [...odd, "AAA_", "AAA\u00e9", "AAA\u0141", "AAAA\n", "AAAA====", "AA==AAAA"])
    assert.is(fromBase64(text), undefined, text);
  const characters = fc.constantFrom(..."AB/+z9-_= \u0141".split(""));
  const texts = fc.array(characters, { maxLength: 12 }).map((list) => list.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = Uint8Array.from(Buffer.from(text, "base64"));
      const canonical = Buffer.from(bytes).toString("base64") === text;
      const read = fromBase64(text);
      assert.is(read !== undefined, canonical, JSON.stringify(text));
      if (read !== undefined) assert.equal(read, bytes);
    }),
    RUNS,
  );
});

test.run();
