// Flags before and behind the words of a command.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { leadingFlagsLast } from "../../chain/cli/args.ts";
import { COMMON_FLAGS } from "../../chain/cli/command.ts";

const moved = (line: string): string => leadingFlagsLast(line.split(" "), COMMON_FLAGS).join(" ");

test("flags of every command may stand before it", () => {
  assert.is(moved("--home DIR tx bank send"), "tx bank send --home DIR");
  assert.is(moved("--home=DIR -o json status"), "status --home=DIR -o json");
  assert.is(moved("--home DIR tx run -- --home x"), "tx run --home DIR -- --home x");
  assert.is(moved("--help tx"), "tx --help");
});

test("other words stay where they are", () => {
  for (const line of ["status --home DIR", "--nope status", "- status", "--", "-x --home DIR"])
    assert.is(moved(line), line);
  assert.equal(leadingFlagsLast([], COMMON_FLAGS), []);
  assert.equal(leadingFlagsLast(["--home"], COMMON_FLAGS), ["--home"]);
});

test.run();
