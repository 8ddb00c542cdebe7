// The short version of `make crash`: some kills at named steps, some at random moments.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EMBEDDED, EMBEDDED_PRUNED } from "./embedded.ts";
import { ROLLBACK } from "./rollback.ts";

const test = suite("crash");
const options = {
  seed: Number(process.env["SEED"] ?? Date.now() % 1_000_000),
  tell: (sentence: string) => console.log(sentence),
};

test("a home lives through kills at named steps and at random moments", async () => {
  const rows = await EMBEDDED.run({ ...options, kills: 10 });
  assert.is(rows.find(({ what }) => what === "kills in all")?.count, 10);
});

test("so does one that prunes what it can", async () => {
  const rows = await EMBEDDED_PRUNED.run({ ...options, kills: 20 });
  assert.is(rows.find(({ what }) => what === "kills in all")?.count, 3);
});

test("the command rollback may be killed too", async () => {
  const rows = await ROLLBACK.run({ ...options, kills: 30 });
  assert.is(rows.find(({ what }) => what === "rollbacks in all")?.count, 3);
});

test.run();
