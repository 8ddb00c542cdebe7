// Goal: the pages of docs/spec say what the code says, and the program its own version.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VERSION } from "../../chain/cli/commands/version.ts";
import { specPages } from "../docs/pages.ts";

const docs = suite("documents");

function committed(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
}

for (const [name, text] of specPages()) {
  docs(`docs/spec/${name} is fresh (make docs)`, () => {
    assert.is(committed(`docs/spec/${name}`), text);
  });
}

docs("version is that of package.json", () => {
  assert.is((JSON.parse(committed("package.json")) as { version: string }).version, VERSION);
});

docs.run();
