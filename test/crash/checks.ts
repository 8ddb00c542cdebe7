// What must hold of a home after a kill: of its blocks what a light client asks, of its state what
// verify-state asks, and of both together that a twin, given the same blocks from genesis, comes to the
// same hashes.

import * as assert from "uvu/assert";
import { leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { equalBytes, toHex } from "../../chain/base/bytes.ts";
import { checkStoreProof } from "../../chain/crypto/ics23.ts";
import { blockId, commitHash, dataHash } from "../../chain/node/comet/header.ts";
import { validatorsHash } from "../../chain/node/comet/validators.ts";
import { checkCommit, sameBlockId } from "../../chain/node/comet/votes.ts";
import type { BlockStore } from "../../chain/node/embedded/blocks.ts";
import { finalizeRequest } from "../../chain/node/embedded/proposal.ts";
import { genesisInput, initChainRequest } from "../../chain/node/embedded/start.ts";
import { NO_VALIDATORS } from "../../chain/node/embedded/state.ts";
import { readGenesis } from "../../chain/node/home.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { loadStopped, withStopped } from "../../chain/node/upkeep/stopped.ts";
import type { StoppedHome, UpkeepOptions } from "../../chain/node/upkeep/stopped.ts";
import { verifyStopped } from "../../chain/node/upkeep/verify.ts";
import { Application, resultsHash } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";

const platform = fastPlatform(() => undefined);

/** How a test calls what works on a stopped home. */
export function stopped(home: string): UpkeepOptions {
  return { home, compose: (found) => leaseholdParts(found, "test"), note: () => undefined };
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}

/** A light client's check of one block, and of what it says about the one before. */
function checkBlock(blocks: BlockStore, height: bigint): void {
  const block = must(blocks.block(height), `block ${height}`);
  const bytes = must(blocks.blockBytes(height), `block ${height}`);
  const { blockId: id } = must(blocks.meta(height), `name of block ${height}`);
  const commit = must(blocks.commit(height), `commit of ${height}`);
  const validators = must(blocks.validators(height), `validators of ${height}`);
  const { header } = block;
  assert.ok(sameBlockId(blockId(platform, block, bytes), id), `id of ${height}`);
  assert.ok(equalBytes(header.dataHash, dataHash(platform, block.data.txs)));
  assert.ok(equalBytes(header.validatorsHash, validatorsHash(platform, validators)));
  assert.is(checkCommit(platform, header.chainId, validators, id, commit), undefined);
  if (height === blocks.base) return;
  const before = must(blocks.meta(height - 1n), `name of block ${height - 1n}`);
  const response = must(blocks.response(height - 1n), `answer to ${height - 1n}`);
  const last = must(block.lastCommit, `last commit in ${height}`);
  assert.ok(sameBlockId(header.lastBlockId, before.blockId), `chain at ${height}`);
  assert.ok(equalBytes(header.lastCommitHash, commitHash(platform, last)));
  assert.ok(equalBytes(header.appHash, response.appHash), `app hash in ${height}`);
  assert.ok(equalBytes(header.lastResultsHash, resultsHash(platform, response.txResults)));
  assert.equal(header.time, last.signatures[0]?.timestamp, "BFT time");
}

/** The application hash that the chain knows of a height: in the next header, else in its answer. */
function knownHash(blocks: BlockStore, height: bigint): Uint8Array {
  const next = blocks.meta(height + 1n)?.header.appHash;
  return next ?? must(blocks.response(height), `answer to ${height}`).appHash;
}

/** Checks a dead node's home: its blocks after `from`, its state. Gives the newest block. */
export function checkHome(home: string, from: bigint): Promise<bigint> {
  return withStopped(stopped(home), async (found) => {
    const blocks = must(found.blocks, "block log");
    const first = from > blocks.base ? from : blocks.base;
    for (let height = first; height <= blocks.height; height++) checkBlock(blocks, height);
    const { height, appHash, faults } = await verifyStopped(found);
    assert.equal(faults, [], `state at ${height}`);
    assert.is(toHex(appHash), toHex(knownHash(blocks, height)), `app hash at ${height}`);
    return blocks.height;
  });
}

/** What a whole log holds. */
export interface Replayed {
  readonly blocks: number;
  readonly txs: number;
  readonly succeeded: number;
}

/** Gives all blocks to a fresh application from genesis and compares every application hash. */
export function checkTwin(home: string): Promise<Replayed> {
  return withStopped(stopped(home), async (found) => {
    const blocks = must(found.blocks, "block log");
    const twin = freshApplication();
    twin.initChain(initChainRequest(genesisInput(readGenesis(home).document)));
    let [txs, succeeded] = [0, 0];
    for (let height = blocks.base; height <= found.height; height++) {
      const block = must(blocks.block(height), `block ${height}`);
      const { blockId: id } = must(blocks.meta(height), `name of ${height}`);
      const before = height === blocks.base ? NO_VALIDATORS : blocks.validators(height - 1n);
      const request = finalizeRequest(block, id, must(before, "validators"));
      const { appHash, txResults } = twin.finalizeBlock(request);
      twin.commit();
      assert.is(toHex(appHash), toHex(knownHash(blocks, height)), `twin at ${height}`);
      txs += txResults.length;
      succeeded += txResults.filter(({ code }) => code === 0).length;
    }
    return { blocks: Number(found.height - blocks.base + 1n), txs, succeeded };
  });
}

/** Settings of its own: it keeps two heights and remembers few signatures. */
function freshApplication(): Application {
  const parts = leaseholdParts(platform, "twin");
  const store = new TreeMultiStore(platform, storeNames(parts), { provableHeights: 2 });
  return new Application(parts, { store, platform, memoSize: 100 });
}

/** Reads and proves every height that the settings promise. Gives their number. */
export function checkHeights(home: string): Promise<number> {
  return withStopped(stopped(home), async (found) => {
    const { store } = await loadStopped(found);
    let count = 0;
    for (let height = store.oldestHeight; height <= store.height; height++, count++)
      checkHeight(found, store, height);
    return count;
  });
}

function checkHeight(found: StoppedHome, store: TreeMultiStore, height: bigint): void {
  const view = must(store.at(height), `height ${height}`);
  assert.is(toHex(view.appHash), toHex(knownHash(must(found.blocks, "log"), height)));
  const [entry] = view.store("chain").iterate();
  const [key, value] = must(entry, "an entry of store chain");
  const claim = { appHash: view.appHash, store: "chain", key, value };
  assert.is(checkStoreProof(platform, view.prove("chain", key), claim), undefined, `${height}`);
}
