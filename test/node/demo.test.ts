// `make demo` on its own ports: its exit status says whether every amount agrees with the recount.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT } from "../dev/local_chain.ts";

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

test("the demo plays a whole life and every amount agrees", async () => {
  const args = [join(ROOT, "build/test/dev/demo.js"), "--rpc-port", String(await freePort())];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.is(code, 0, output);
  assert.match(output, /Every amount agrees with the recount\./);
  assert.ok((output.match(/^ {2}ok /gm) ?? []).length >= 10, output);
});

test.run();
