// CometBFT's own light client over our RPC: it decodes our JSON strictly and verifies our headers,
// commits, validator sets, parameters and results by hash and signature, in both directions.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findCometbft } from "../support/cometbft.ts";
import { callRpc, startTestNode } from "../support/node.ts";

const test = suite("CometBFT's light client");
const comet = findCometbft();

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    }),
  );
}

/** Calls until the proxy answers; fails with what it printed. */
async function whenReady(url: string, proxy: ChildProcess): Promise<void> {
  let printed = "";
  proxy.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  proxy.stderr?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  for (let tries = 0; tries < 100; tries++) {
    try {
      await callRpc(url, "status");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`the light client did not start: ${printed.slice(-2000)}`);
}

/** Heights on both sides of the trusted one; what the proxy answers later must have been verified first. */
const HEIGHTS = ["9", "8", "7", "6", "5", "4", "3", "2", "1"];
const CALLS: readonly (readonly [string, object])[] = [
  ...HEIGHTS.map((height) => ["commit", { height }] as const),
  ["block", { height: "8" }],
  ["validators", { height: "7" }],
  ["consensus_params", { height: "7" }],
  ["block_results", { height: "6" }],
  ["blockchain", { minHeight: "2", maxHeight: "9" }],
  ["header", { height: "1" }],
  ["commit", {}],
];

if ("missing" in comet) {
  test("is left out", () => {
    process.stdout.write(`left out: CometBFT's light client, because ${comet.missing}\n`);
  });
} else {
  test("verifies heights before and after the trusted one", async () => {
    const node = await startTestNode();
    const folder = mkdtempSync(join(tmpdir(), "leasehold-light-"));
    const port = await freePort();
    const rpc = node.rpcUrl.replace("http", "tcp");
    let proxy: ChildProcess | undefined;
    try {
      while (node.engine.state.height < 10n) await new Promise((next) => setTimeout(next, 50));
      const trusted = await callRpc<{ block_id: { hash: string } }>(node.rpcUrl, "block", {
        height: "5",
      });
      const where = ["--home", folder, "--home-dir", folder, "--laddr", `tcp://127.0.0.1:${port}`];
      const trust = ["--height", "5", "--hash", trusted.block_id.hash];
      const args = ["light", node.chainId, "-p", rpc, "-w", rpc, ...trust, ...where];
      proxy = spawn(comet.path, args, { stdio: ["ignore", "pipe", "pipe"] });
      const url = `http://127.0.0.1:${port}`;
      await whenReady(url, proxy);
      for (const [method, params] of CALLS)
        assert.ok(await callRpc(url, method, params), `${method} ${JSON.stringify(params)}`);
    } finally {
      proxy?.kill("SIGKILL");
      await node.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test.run();
