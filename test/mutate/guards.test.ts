// The table of guards does not rot: every guard's text stands in its file exactly once, changes
// something, and names tests that exist.

import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { GUARDS } from "./guards.ts";
import { mutated } from "./mutants.ts";

const test = suite("guards");

test("each stands in its file exactly once and can be switched off", () => {
  for (const guard of GUARDS) {
    const text = readFileSync(guard.file, "utf8");
    const times = text.split(guard.source).length - 1;
    assert.is(times, 1, `${guard.name}: its text stands ${times} times in ${guard.file}`);
    assert.is.not(mutated(guard, text), text, guard.name);
  }
});

test("each has a name of its own and tests that exist", () => {
  assert.is(new Set(GUARDS.map(({ name }) => name)).size, GUARDS.length);
  assert.ok(GUARDS.length >= 30, `${GUARDS.length} guards`);
  for (const { name, tests } of GUARDS) {
    assert.ok(tests.length > 0, name);
    for (const one of tests) assert.ok(existsSync(`test/${one}.test.ts`), `${name}: ${one}`);
  }
});

test.run();
