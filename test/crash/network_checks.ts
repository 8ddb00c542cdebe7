// What must hold on a network after its nodes were killed: the same block and app hash at every height on
// every node, and everything that was answered found by its hash everywhere.

import { createHash } from "node:crypto";
import { callRpc } from "../support/node.ts";
import type { Answer } from "./network_load.ts";

/** Headers that CometBFT gives at once. */
const PAGE = 20n;

interface Headers {
  readonly block_metas: readonly {
    readonly block_id: { readonly hash: string };
    readonly header: { readonly height: string; readonly app_hash: string };
  }[];
}

/** Block hash and app hash of every height from 1, by height. */
async function hashesOf(url: string, to: bigint): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (let from = 1n; from <= to; from += PAGE) {
    const last = from + PAGE - 1n < to ? from + PAGE - 1n : to;
    const range = { minHeight: from.toString(), maxHeight: last.toString() };
    const { block_metas } = await callRpc<Headers>(url, "blockchain", range);
    for (const { block_id, header } of block_metas)
      hashes.set(header.height, `${block_id.hash} ${header.app_hash}`);
  }
  return hashes;
}

/** Throws: Error naming the height at which two nodes differ, or that a node lacks. Gives the heights. */
export async function checkEqualHashes(urls: readonly string[], to: bigint): Promise<bigint> {
  const all = await Promise.all(urls.map((url) => hashesOf(url, to)));
  for (let height = 1n; height <= to; height++) {
    const told = all.map((hashes) => hashes.get(height.toString()) ?? "nothing");
    if (new Set(told).size !== 1 || told[0] === "nothing")
      throw new Error(`height ${height} is not the same everywhere: ${told.join(", ")}`);
  }
  return to;
}

interface Found {
  readonly height: string;
  readonly tx_result: { readonly code?: number };
}

/** Throws: Error naming an answered transaction that a node does not have so. Gives how many were found. */
export async function checkFound(
  urls: readonly string[],
  answers: ReadonlyMap<string, Answer>,
): Promise<number> {
  let found = 0;
  for (const url of urls) {
    for (const [hash, { height, code }] of answers) {
      const tx = await callRpc<Found>(url, "tx", {
        hash: Buffer.from(hash, "hex").toString("base64"),
      }).catch((error: unknown) => {
        throw new Error(`${hash} of height ${height} is not on ${url}: ${String(error)}`);
      });
      if (BigInt(tx.height) !== height || (tx.tx_result.code ?? 0) !== code)
        throw new Error(
          `${hash} was answered height ${height} code ${code}; ${url} has height ${tx.height}`,
        );
      found++;
    }
  }
  return found;
}

/**
 * Throws: Error naming a transaction of a block that a node does not find by its hash, answered or not.
 * Gives how many stand in the blocks.
 */
export async function checkIndexed(url: string, to: bigint): Promise<number> {
  interface Block {
    readonly block: { readonly data: { readonly txs: readonly string[] } };
  }
  let count = 0;
  for (let height = 1n; height <= to; height++) {
    const { block } = await callRpc<Block>(url, "block", { height: height.toString() });
    for (const tx of block.data.txs) {
      const hash = createHash("sha256").update(Buffer.from(tx, "base64")).digest();
      await callRpc(url, "tx", { hash: hash.toString("base64") }).catch((error: unknown) => {
        const name = hash.toString("hex").toUpperCase();
        throw new Error(`${name} of block ${height} is not found on ${url}: ${String(error)}`);
      });
      count++;
    }
  }
  return count;
}

/** Throws: Error when the application of a node is not at the hash that a later header names. */
export async function checkApplication(url: string): Promise<void> {
  interface Info {
    readonly response: {
      readonly last_block_height?: string;
      readonly last_block_app_hash?: string;
    };
  }
  const { response } = await callRpc<Info>(url, "abci_info");
  const height = BigInt(response.last_block_height ?? "0");
  const hash = Buffer.from(response.last_block_app_hash ?? "", "base64").toString("hex");
  for (let tries = 0; tries < 100; tries++) {
    const next = { height: (height + 1n).toString() };
    const header = await callRpc<{ readonly header: { readonly app_hash: string } }>(
      url,
      "header",
      next,
    ).catch(() => undefined);
    if (header === undefined) {
      await new Promise((resume) => setTimeout(resume, 100));
      continue;
    }
    if (header.header.app_hash.toLowerCase() === hash) return;
    throw new Error(
      `${url} has app hash ${hash} at ${height}, the chain ${header.header.app_hash}`,
    );
  }
  throw new Error(`${url} makes no block after ${height}`);
}
