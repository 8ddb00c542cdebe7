// The generated code is what the generator makes of the .proto files and tables as they stand, and
// our .proto files keep their rules.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { generate, readSchema, staleFiles } from "../../proto/generate.ts";
import { brokenRules } from "../../proto/rules.ts";

test("generated code is fresh: run `node build/proto/generate.js` after a change", () => {
  assert.equal(staleFiles("."), []);
});

test("two runs give the same text", () => {
  const [first, second] = [generate(readSchema(".")), generate(readSchema("."))];
  assert.equal([...first], [...second]);
});

test("our .proto files keep the rules", () => {
  assert.equal(brokenRules(readSchema(".").own), []);
});

test.run();
