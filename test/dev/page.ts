// `make page`: bundles the client library with the example page and serves it to a browser.

import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./local_chain.ts";

/** A served page. */
export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

interface PageFile {
  readonly type: string;
  readonly body: string | Uint8Array;
}

async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const bundled = await build({
    absWorkingDir: ROOT,
    entryPoints: ["build/client/examples/browser/page.js"],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    logLevel: "error",
  });
  const file = (path: string): string =>
    readFileSync(join(ROOT, "client/examples", path), { encoding: "utf8" });
  const [script] = bundled.outputFiles;
  if (script === undefined) throw new Error("the bundler wrote no file");
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: file("browser/index.html") }],
    ["/page.js", { type: "text/javascript; charset=utf-8", body: script.contents }],
    ["/inference.yaml", { type: "text/plain; charset=utf-8", body: file("inference.yaml") }],
  ]);
}

/** Bundles the page and serves it on a port of the loopback address; 0 takes a free one. */
export async function servePage(port: number): Promise<ServedPage> {
  const files = await pageFiles();
  const server = createServer((request, response) => {
    const found = files.get(new URL(request.url ?? "/", "http://page").pathname);
    if (found === undefined) response.writeHead(404).end("not found\n");
    else response.writeHead(200, { "content-type": found.type }).end(found.body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url, close };
}

if (process.argv[1]?.endsWith("dev/page.js") === true) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "8080" } } });
  try {
    const page = await servePage(Number(values.port));
    console.log(
      `The page is at ${page.url}; it talks to the chain of \`make start\`. Ctrl-C stops it.`,
    );
  } catch (error) {
    console.error(`make page: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
