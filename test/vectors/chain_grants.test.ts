// The 235 transactions of the recorded chain `grants` through our application: grants, allowances,
// fees that others pay, multisigs, and every branch of the ante chain. Of each: code, codespace, gas,
// data, events and log; of each block: the results hash, and the roots of stores acc, bank, authz and
// feegrant. Where ours differs on purpose stands below, with why; what stands there and agrees all
// the same fails the test.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec } from "../../chain/base/address.ts";
import { toHex } from "../../chain/base/bytes.ts";
import { resultsHash } from "../../chain/runtime/index.ts";
import { foreignModule } from "../support/foreign.ts";
import { bytesOfHex, readRecorded, replayModule } from "../support/recorded.ts";
import type { RecordedTx } from "../support/recorded.ts";
import {
  plainResult,
  platform,
  recordedResult,
  requestOf,
  rootOf,
  startRecorded,
} from "../support/replay.ts";
import type { PlainResult } from "../support/replay.ts";

const chain = readRecorded("txs-grants");
const addresses = new AddressCodec("cosmos");

/** Transactions whose result differs: `height/index`, and why. Their blocks are brought to the recorded end. */
const DIFFERENT = new Map([
  ["55/6", "a memo that is not UTF-8 does not decode"],
  ["56/6", "the account of gov is blocked for direct sends"],
]);

/** Transactions of which only the log differs, and why. */
const OTHER_LOG = new Map([
  ["52/0", "the text of Go's nil pointer"],
  ["55/4", "the text of Go's nil pointer"],
  ["57/2", "the reason why an address is none"],
  ["57/4", "the reason why an address is none"],
]);

/** Transactions whose messages belong to modules that we do not have: gas and events of the message
 * itself are the record's; the ante chain, the authorization and what surrounds them are judged. */
const PLAYED = new Map([
  ["6/0", "staking: delegate under authz"],
  ["6/4", "staking: undelegate under authz"],
  ["7/0", "staking: cancel unbonding under authz"],
  ["7/1", "staking: redelegate under authz"],
  ["7/3", "staking: delegate under authz"],
  ["46/7", "staking: delegate"],
  ["47/2", "staking: undelegate"],
  ["57/1", "gov: vote"],
]);

/** Blocks whose end is the record's, because of DIFFERENT. */
const MENDED = [...new Set([...DIFFERENT.keys()].map((name) => Number(name.split("/")[0])))];

/** Go prints addresses and keys in these logs as raw bytes; ours say who it is. */
function readable(hex: string): string {
  const text = (part = ""): string => Buffer.from(part, "hex").toString();
  const address = (part = ""): string => addresses.format(bytesOfHex(part));
  const hexOf = (part: string): string => Buffer.from(part).toString("hex");
  const payer = hexOf(" does not allow to pay fees for ");
  const refused = new RegExp(`^(.{40})${payer}(.{40})(.*)$`).exec(hex);
  if (refused !== null)
    return `${address(refused[1])}${text(payer)}${address(refused[2])}${text(refused[3])}`;
  const missing = new RegExp(`^(.*)${hexOf(" with key ")}0114(.{40})14(.{40})(.*)$`).exec(hex);
  if (missing === null) throw new Error(`a log of another form: ${text(hex)}`);
  const [type, ...rest] = text(missing[4]).split(": ");
  const whose = `granter: ${address(missing[2])}, grantee: ${address(missing[3])} & msgType: ${type} `;
  return [`${text(missing[1])} with given ${whose}`, ...rest].join(": ");
}

function expected(tx: RecordedTx): PlainResult {
  const result = recordedResult(tx);
  return tx.log_hex === undefined ? result : { ...result, log: readable(tx.log_hex) };
}

function agrees(ours: PlainResult, theirs: PlainResult): boolean {
  try {
    assert.equal(ours, theirs);
    return true;
  } catch {
    return false;
  }
}

/** Compares one transaction as the lists above say. */
function compare(name: string, ours: PlainResult, tx: RecordedTx): void {
  const theirs = expected(tx);
  const what = `${name} ${tx.note}`;
  if (DIFFERENT.has(name)) {
    assert.not.ok(agrees(ours, theirs), `${what}: agrees, though listed as different`);
    return;
  }
  if (!OTHER_LOG.has(name)) return assert.equal(ours, theirs, what);
  assert.is.not(ours.log, theirs.log, `${what}: the log agrees, though listed as different`);
  assert.equal({ ...ours, log: "" }, { ...theirs, log: "" }, what);
}

test("every transaction, and the roots of every block", () => {
  const foreign = foreignModule(chain);
  const client = startRecorded(chain, [replayModule(chain, MENDED), foreign.module]);
  let count = 0;
  for (const block of chain.blocks) {
    const { txResults } = client.finalizeBlock(requestOf(block));
    for (const [index, tx] of block.txs.entries()) {
      const result = txResults[index];
      if (result === undefined) throw new Error("no result");
      compare(`${block.height}/${index}`, plainResult(result), tx);
      count++;
    }
    if (!MENDED.includes(block.height)) {
      const hash = toHex(resultsHash(platform, txResults));
      assert.is(hash, block.last_results_hash, `results hash of block ${block.height}`);
    }
    client.commit();
    for (const store of ["acc", "bank", "authz", "feegrant", "consensus"])
      assert.is(rootOf(client, block, store), block.roots[store], `${store} at ${block.height}`);
    assert.equal(client.app.brokenInvariants(), [], `invariants after block ${block.height}`);
  }
  assert.is(count, 235);
  assert.equal([...foreign.taken].sort(), [...PLAYED.keys()].sort(), "what the record played");
  const state = client.app.exportGenesis();
  assert.equal(state["authz"], chain.export?.["authz"], "genesis of authz");
  assert.equal(state["feegrant"], chain.export?.["feegrant"], "genesis of feegrant");
});

test.run();
