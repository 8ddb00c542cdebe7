// Load through RPC from a process of its own: bank sends, signed before the clock starts, by
// broadcast_tx_sync or broadcast_tx_async over plain sockets; then what the chain tells about the blocks
// that came of it. It knows nothing of the node but its URL: ours on either engine, or the SDK's.
//
//   node build/test/bench/rpc_load.js --url URL --chain ours|sdk [--seconds 60] [--rate 5000]
//     [--method broadcast_tx_sync] [--accounts 100000] [--connections 64] [--label NAME]
//
// A transaction that the mempool has no room for is sent again 20 ms later. Every transaction that was
// accepted must be committed with code 0: of a sample each one is looked up.

import { parseArgs } from "node:util";
import { fromBase64, toHex } from "../../chain/base/bytes.ts";
import {
  QueryAccountInfoRequest,
  QueryAccountInfoResponse,
} from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { platform } from "./chain.ts";
import { figure, quantile, summary } from "./figures.ts";
import { OURS, People, SDK, SendLoad } from "./load.ts";
import { RpcSocket } from "./rpc_socket.ts";
import { blocksBetween, callRpc, codesOf, height, mempoolSize, rpcTime } from "./rpc_reads.ts";
import type { BlockLine } from "./rpc_reads.ts";

const { values: flags } = parseArgs({
  options: {
    url: { type: "string" },
    chain: { type: "string", default: "ours" },
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "5000" },
    method: { type: "string", default: "broadcast_tx_sync" },
    accounts: { type: "string", default: "100000" },
    connections: { type: "string", default: "64" },
    label: { type: "string", default: "node" },
  },
});
const { label } = flags;
if (flags.url === undefined) throw new Error("usage: rpc_load.js --url URL --chain ours|sdk");
const url = new URL(flags.url);
const SECONDS = Number(flags.seconds);
const TOTAL = Math.ceil(SECONDS * Number(flags.rate));
const FULL_WAIT_MS = 20;
/** Transactions that lie together in memory. */
const SHEAF = 10_000;
/** After the load: longest wait for an empty mempool. */
const DRAIN_MS = 60_000;
/** Characters at the end of a transaction's base64 that tell it from others: its signature. */
const TAIL = 40;
/** Transactions whose way into a block is followed, blocks whose codes are read. */
const FOLLOWED = 5000;
const READ_BLOCKS = 5;

/** Signed transactions, one behind the other outside of the heap. */
class Signed {
  readonly count: number;
  readonly #bytes: Buffer[] = [];
  readonly #head: string;

  constructor(people: People, count: number) {
    this.count = count;
    const load = new SendLoad(people);
    const json = "Content-Type: application/json";
    this.#head = `POST / HTTP/1.1\r\nHost: ${url.host}\r\n${json}\r\nContent-Length: `;
    for (let at = 0; at < count; at += SHEAF) {
      const txs = Array.from({ length: Math.min(SHEAF, count - at) }, () => load.next());
      const table = Buffer.alloc(4 * (txs.length + 1));
      let end = table.length;
      for (const [i, tx] of txs.entries()) {
        table.writeUInt32LE(end, 4 * i);
        end += tx.length;
      }
      table.writeUInt32LE(end, 4 * txs.length);
      this.#bytes.push(Buffer.concat([table, ...txs]));
    }
  }

  /** Transaction number `at` in base64. */
  text(at: number): string {
    const sheaf = this.#bytes[Math.floor(at / SHEAF)];
    const place = 4 * (at % SHEAF);
    if (sheaf === undefined) throw new Error(`no transaction ${at}`);
    return sheaf.toString("base64", sheaf.readUInt32LE(place), sheaf.readUInt32LE(place + 4));
  }

  /** The HTTP request that brings it. */
  request(at: number): string {
    const params = `{"tx":"${this.text(at)}"}`;
    const body = `{"jsonrpc":"2.0","id":1,"method":"${flags.method}","params":${params}}`;
    return `${this.#head}${body.length}\r\n\r\n${body}`;
  }
}

/** The load counts sequences from 0: it wants a chain that nobody has used. */
async function requireFresh(people: People): Promise<void> {
  const [one] = people.keyed;
  if (one === undefined) throw new Error("no account");
  const request = QueryAccountInfoRequest.encode({ address: one.address });
  const answer = await callRpc<{ response: { code: number; log: string; value: string } }>(
    url,
    "abci_query",
    { path: "/cosmos.auth.v1beta1.Query/AccountInfo", data: toHex(request) },
  );
  const { code, log, value } = answer.response;
  const bytes = fromBase64(value ?? "");
  if (code !== 0 || bytes === undefined) throw new Error(`account ${one.address}: ${log}`);
  const { info } = QueryAccountInfoResponse.decodeLenient(bytes);
  if (info?.accountNumber !== 0n || info.sequence !== 0n)
    throw new Error(`account 0 has number ${info?.accountNumber}, sequence ${info?.sequence}`);
}

/** What the sending of all requests gave. */
class Sending {
  readonly sentAt: Float64Array;
  readonly tookMs: number[] = [];
  readonly refused = new Map<string, number>();
  accepted = 0;
  full = 0;
  #next = 0;
  readonly #signed: Signed;
  readonly #until: number;

  constructor(txs: Signed, until: number) {
    this.#signed = txs;
    this.#until = until;
    this.sentAt = new Float64Array(txs.count);
  }

  /** One connection: the next request when the last one was answered. */
  async run(socket: RpcSocket): Promise<void> {
    while (rpcTime() < this.#until) {
      const at = this.#next++;
      if (at >= this.#signed.count) return;
      await this.#send(socket, this.#signed.request(at), at);
    }
  }

  async #send(socket: RpcSocket, request: string, at: number): Promise<void> {
    for (;;) {
      const begin = rpcTime();
      const answer = await socket.send(request);
      const end = rpcTime();
      if (answer.includes('"code":0')) {
        this.sentAt[at] = begin;
        this.tookMs.push(end - begin);
        this.accepted += 1;
        return;
      }
      if (!answer.includes("mempool is full")) {
        const told = answer.replaceAll(/[0-9A-Fa-f]{16,}|\d+/g, "#").slice(0, 200);
        this.refused.set(told, (this.refused.get(told) ?? 0) + 1);
        return;
      }
      this.full += 1;
      if (end >= this.#until) return;
      await new Promise((resolve) => setTimeout(resolve, FULL_WAIT_MS));
    }
  }
}

/** Milliseconds from broadcast to commit of a sample. The header after a block carries its commit. */
async function commitTimes(lines: readonly BlockLine[], sending: Sending): Promise<number[]> {
  const step = Math.max(1, Math.floor(TOTAL / FOLLOWED));
  const followed = new Map<string, number>();
  for (let i = 0; i < TOTAL; i += step) {
    const sent = sending.sentAt[i] ?? 0;
    if (sent > 0) followed.set(signed.text(i).slice(-TAIL), sent);
  }
  const took: number[] = [];
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1];
    if (line.txs === 0 || next === undefined) continue;
    const { block } = await callRpc<{ block: { data: { txs: string[] } } }>(url, "block", {
      height: String(line.height),
    });
    for (const tx of block.data.txs) {
      const sent = followed.get(tx.slice(-TAIL));
      if (sent !== undefined) took.push(next.time - sent);
    }
  }
  figure(`rpc_lost_${label}`, "txs", summary([followed.size - took.length]));
  return took;
}

function report(lines: readonly BlockLine[], sending: Sending, tookSeconds: number): void {
  const filled = lines.filter((line) => line.txs > 0);
  const [first, last] = [filled[0], filled.at(-1)];
  if (first === undefined || last === undefined || first === last)
    throw new Error(`nothing was committed; refused: ${JSON.stringify([...sending.refused])}`);
  const inside = lines.filter((one) => one.height > first.height && one.height <= last.height);
  const count = inside.reduce((sum, line) => sum + line.txs, 0);
  const tps = (count * 1000) / (last.time - first.time);
  // Header times are those of the commits before them: one window each, moved by a block.
  const intervals = inside.map((line) => (line.time - timeBefore(lines, line)) / 1000);
  figure(`rpc_tps_${label}`, "TPS", summary([tps]));
  figure(`rpc_block_p50_${label}`, "s", summary([quantile(intervals, 0.5)]));
  figure(`rpc_block_p95_${label}`, "s", summary([quantile(intervals, 0.95)]));
  figure(`rpc_check_p50_${label}`, "ms", summary([quantile(sending.tookMs, 0.5)]));
  figure(`rpc_check_p95_${label}`, "ms", summary([quantile(sending.tookMs, 0.95)]));
  const { accepted, full, refused } = sending;
  const refusals = [...refused.values()].reduce((sum, one) => sum + one, 0);
  figure(`rpc_refused_${label}`, "txs", summary([refusals]));
  console.log(
    `${label}: ${tookSeconds.toFixed(1)} s, ${accepted} accepted, mempool full ${full} times, ` +
      `${count} committed in ${inside.length} blocks, refused ${JSON.stringify([...refused])}`,
  );
}

function timeBefore(lines: readonly BlockLine[], line: BlockLine): number {
  return lines.find((one) => one.height === line.height - 1)?.time ?? line.time;
}

/** Waits until nothing waits any more, and one block longer. */
async function drained(): Promise<number> {
  const until = rpcTime() + DRAIN_MS;
  while ((await mempoolSize(url)) > 0 && rpcTime() < until)
    await new Promise((resolve) => setTimeout(resolve, 200));
  const at = await height(url);
  while ((await height(url)) < at + 2 && rpcTime() < until)
    await new Promise((resolve) => setTimeout(resolve, 200));
  return height(url);
}

const people = new People(platform, flags.chain === "sdk" ? SDK : OURS, Number(flags.accounts));
await requireFresh(people);
const signed = new Signed(people, TOTAL);
console.log(`${signed.count} transactions of ${people.keyed.length} senders are signed`);
const before = await height(url);
const sockets = await Promise.all(
  Array.from({ length: Number(flags.connections) }, () => RpcSocket.open(url)),
);
process.send?.("begin");
const begin = rpcTime();
const sending = new Sending(signed, begin + SECONDS * 1000);
await Promise.all(sockets.map((socket) => sending.run(socket)));
const took = (rpcTime() - begin) / 1000;
process.send?.("end");
for (const socket of sockets) socket.close();
const lines = await blocksBetween(url, before, await drained());
report(lines, sending, took);
const commits = await commitTimes(lines, sending);
figure(`rpc_commit_p50_${label}`, "ms", summary([quantile(commits, 0.5)]));
figure(`rpc_commit_p95_${label}`, "ms", summary([quantile(commits, 0.95)]));
const full = lines.filter((line) => line.txs > 0);
const step = Math.max(1, Math.floor(full.length / READ_BLOCKS));
for (const line of full.filter((_, i) => i % step === 0)) {
  const bad = (await codesOf(url, line.height)).filter((code) => code !== 0);
  if (bad.length > 0) throw new Error(`block ${line.height}: ${bad.length} with code ${bad[0]}`);
}
