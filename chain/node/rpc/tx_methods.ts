// Methods about transactions: sending them, waiting for them, finding them.

import { toBase64 } from "../../base/bytes.ts";
import type { Platform } from "../../base/platform.ts";
import type { ResponseCheckTx } from "../../codec/gen/tendermint/abci.ts";
import { CheckTxType } from "../../codec/gen/tendermint/abci.ts";
import type { ExecTxResult } from "../../codec/gen/tendermint/abci.ts";
import type { Block } from "../../codec/gen/tendermint/types.ts";
import { txProofs } from "../comet/header.ts";
import { upperHex } from "../embedded/blocks.ts";
import type { CommittedBlock } from "../events.ts";
import { parseQuery } from "../index/query.ts";
import type { Condition } from "../index/query.ts";
import type { TxPlace } from "../index/indexer.ts";
import { method, pageOfFound, PageSize } from "./methods.ts";
import type { RpcMethod, RpcParts } from "./methods.ts";
import type { RpcArguments } from "./protocol.ts";
import { internalError } from "./protocol.ts";
import { checkTxShape, txProofShape, txResultShape } from "./shapes.ts";

/** Clients that may wait for a block at one time. */
const MAX_WAITING = 2000;
/** Most transactions of `unconfirmed_txs`. */
const MAX_UNCONFIRMED = 100n;

function broadcastShape(response: ResponseCheckTx, hash: Uint8Array): unknown {
  return {
    code: response.code,
    data: upperHex(response.data),
    log: response.log,
    codespace: response.codespace,
    hash: upperHex(hash),
  };
}

async function broadcastSync(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  const tx = args.bytes("tx");
  const hash = parts.platform.sha256(tx);
  return broadcastShape(await parts.admission.submit(tx, hash), hash);
}

function broadcastAsync(parts: RpcParts, args: RpcArguments): unknown {
  const tx = args.bytes("tx");
  const hash = parts.platform.sha256(tx);
  parts.admission.submit(tx, hash).catch(() => undefined);
  return { code: 0, data: "", log: "", codespace: "", hash: upperHex(hash) };
}

/** A transaction in a block. */
interface Landed {
  readonly height: bigint;
  readonly result: ExecTxResult;
}

/** Places by hash in blocks that somebody waited for: thousands may wait for one block. */
const PLACES = new WeakMap<CommittedBlock, ReadonlyMap<string, number>>();

/** Index of a transaction in a block. */
function placeIn(platform: Platform, block: CommittedBlock, hash: Uint8Array): number | undefined {
  let places = PLACES.get(block);
  if (places === undefined) {
    places = new Map(block.hashes.map((one, index) => [platform.latin1(one), index]));
    PLACES.set(block, places);
  }
  return places.get(platform.latin1(hash));
}

let waiting = 0;

/** Waits until a transaction stands in a durable block. Rejects after `timeoutMs`. */
function waitForTx(
  parts: RpcParts,
  hash: Uint8Array,
): { found: Promise<Landed>; stop: () => void } {
  if (waiting >= MAX_WAITING) throw internalError("too many clients wait for a block; try again");
  waiting++;
  let stop = (): void => undefined;
  const found = new Promise<Landed>((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(internalError("timed out waiting for tx to be included in a block"));
    }, parts.commitTimeoutMs);
    const forget = parts.bus.listen((block) => {
      const index = placeIn(parts.platform, block, hash);
      const result = index === undefined ? undefined : block.response.txResults[index];
      if (result === undefined) return;
      stop();
      resolve({ height: block.block.header.height, result });
    });
    let stopped = false;
    stop = () => {
      if (stopped) return;
      stopped = true;
      waiting--;
      clearTimeout(timer);
      forget();
    };
  });
  found.catch(() => undefined);
  return { found, stop };
}

async function broadcastCommit(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  const tx = args.bytes("tx");
  const hash = parts.platform.sha256(tx);
  const { found, stop } = waitForTx(parts, hash);
  try {
    const check = await parts.admission.submit(tx, hash);
    const none = { code: 0, data: null, log: "", info: "", gas_wanted: "0", gas_used: "0" };
    const empty = { ...none, events: [], codespace: "" };
    const answer = { check_tx: checkTxShape(check), tx_result: empty, hash: upperHex(hash) };
    if (check.code !== 0) return { ...answer, height: "0" };
    const { height, result } = await found;
    return { ...answer, tx_result: txResultShape(result), height: height.toString() };
  } finally {
    stop();
  }
}

async function checkTx(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  const tx = args.bytes("tx");
  const check = (): ResponseCheckTx => parts.app.checkTx({ tx, type: CheckTxType.NEW });
  return checkTxShape(await parts.turns.run(check));
}

type Proofs = ReturnType<typeof txProofs>;

/** The block of the places that are being read, with its proofs when they are asked for. */
interface Held {
  readonly height: bigint;
  readonly block: Block | undefined;
  readonly proofs: Proofs | undefined;
}

/** Proofs of all transactions of a block: made once for a block, not once for a transaction. */
function proofsOf(parts: RpcParts, block: Block | undefined): Proofs | undefined {
  return block === undefined ? undefined : txProofs(parts.platform, block.data.txs);
}

/** One found transaction; with proof when asked. */
function foundShape(
  parts: RpcParts,
  place: TxPlace,
  tx: Uint8Array,
  result: ExecTxResult,
  proofs: Proofs | undefined,
): unknown {
  const proof = proofs?.proofs[place.index];
  return {
    hash: upperHex(parts.platform.sha256(tx)),
    height: place.height.toString(),
    index: place.index,
    tx_result: txResultShape(result),
    tx: toBase64(tx),
    ...(proofs === undefined || proof === undefined
      ? {}
      : { proof: txProofShape(proofs.root, tx, proof) }),
  };
}

function tx(parts: RpcParts, args: RpcArguments): unknown {
  const { indexer, blocks } = parts;
  if (indexer === undefined) throw internalError("transaction indexing is disabled");
  const hash = args.bytes("hash");
  const found = indexer.find(hash);
  if (found === undefined) throw internalError(`tx (${upperHex(hash)}) not found`);
  const block = args.flag("prove") ? blocks.block(found.height) : undefined;
  return foundShape(parts, found, found.tx, found.result, proofsOf(parts, block));
}

/** The transaction at a place, from the index, or from the log when its hash occurs twice. */
function txAt(parts: RpcParts, place: TxPlace, block: Block, proofs: Proofs | undefined): unknown {
  const bytes = block.data.txs[place.index];
  if (bytes === undefined) return undefined;
  const indexed = parts.indexer?.find(parts.platform.sha256(bytes));
  const result =
    indexed?.height === place.height
      ? indexed.result
      : parts.blocks.response(place.height)?.txResults[place.index];
  if (result === undefined) return undefined;
  return foundShape(parts, place, bytes, result, proofs);
}

/** Searches, and makes the page, when those before are done: pages of many callers would add up. */
async function txSearch(parts: RpcParts, args: RpcArguments): Promise<unknown> {
  if (parts.indexer === undefined) throw internalError("transaction indexing is disabled");
  const conditions = parseQuery(args.text("query"));
  return parts.searches.run(() => searchPage(parts, args, conditions));
}

async function searchPage(
  parts: RpcParts,
  args: RpcArguments,
  conditions: readonly Condition[],
): Promise<unknown> {
  const { indexer, blocks, engine } = parts;
  const bounds = { from: blocks.base, to: engine.state.height };
  const found = (await indexer?.searchTxs(conditions, bounds)) ?? [];
  const wanted = pageOfFound(args, found);
  const page = new PageSize();
  const prove = args.flag("prove");
  const txs: unknown[] = [];
  let held: Held = { height: -1n, block: undefined, proofs: undefined };
  for (const place of wanted) {
    if (held.height !== place.height) {
      // A large block takes milliseconds: between two of them others get their turn.
      await new Promise((resume) => setImmediate(resume));
      const block = blocks.block(place.height);
      const proofs = prove ? proofsOf(parts, block) : undefined;
      held = { height: place.height, block, proofs };
    }
    const { block, proofs } = held;
    page.add(block?.data.txs[place.index]?.length ?? 0);
    const shape = block === undefined ? undefined : txAt(parts, place, block, proofs);
    if (shape !== undefined) txs.push(shape);
  }
  return { txs, total_count: found.length.toString() };
}

function unconfirmed(parts: RpcParts, args: RpcArguments): unknown {
  const { mempool } = parts;
  const asked = args.integer("limit") ?? 30n;
  const limit = asked < 1n ? 30n : asked > MAX_UNCONFIRMED ? MAX_UNCONFIRMED : asked;
  const txs = mempool.list(Number(limit));
  return { ...unconfirmedCounts(parts), n_txs: txs.length.toString(), txs: txs.map(toBase64) };
}

function unconfirmedCounts(parts: RpcParts): object {
  const { size, bytes } = parts.mempool;
  return { n_txs: size.toString(), total: size.toString(), total_bytes: bytes.toString() };
}

/** Methods about transactions. */
export const TX_METHODS: readonly RpcMethod[] = [
  method("broadcast_tx_sync", ["tx"], broadcastSync),
  method("broadcast_tx_async", ["tx"], broadcastAsync),
  method("broadcast_tx_commit", ["tx"], broadcastCommit),
  method("check_tx", ["tx"], checkTx),
  method("tx", ["hash", "prove"], tx),
  method("tx_search", ["query", "prove", "page", "per_page", "order_by"], txSearch),
  method("unconfirmed_txs", ["limit"], unconfirmed),
  method("num_unconfirmed_txs", [], unconfirmedCounts),
];
