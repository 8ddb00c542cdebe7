// Drives our application through a recorded chain of the SDK, and puts results of both into one form.

import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { parseTime } from "../../chain/base/time.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import { baseParts, storeNames } from "../../chain/app/base.ts";
import type { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import type { AppModule } from "../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import { defaultConsensusParams } from "../../modules/consensus/index.ts";
import { AbciClient } from "./abci_client.ts";
import { bytesOfHex } from "./recorded.ts";
import type { RecordedBlock, RecordedChain, RecordedTx } from "./recorded.ts";

/** Hashes and signatures of the machine. */
export const platform = fastPlatform((sentence) => console.warn(sentence));

function timeOf(text: string): Timestamp {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`not a time: ${text}`);
  return time;
}

/** Our base modules and `later` at the genesis of a recorded chain. */
export function startRecorded(chain: RecordedChain, later: readonly AppModule[]): AbciClient {
  const parts = baseParts(platform, "test", later);
  const store = new TreeMultiStore(platform, storeNames(parts));
  const client = new AbciClient(new Application(parts, { store, platform }));
  client.info();
  const identity = { bech32_prefix: "cosmos", base_denom: "stake" };
  const state = { ...chain.app_state, chain: { identity, params: { max_block_gap: "60" } } };
  client.initChain(
    RequestInitChain.create({
      time: timeOf(chain.genesis_time),
      chainId: chain.chain_id,
      initialHeight: 1n,
      consensusParams: defaultConsensusParams(),
      validators: [
        { pubKey: { ed25519: bytesOfHex(chain.validator.consensus_pubkey) }, power: 1n },
      ],
      appStateBytes: utf8(JSON.stringify(state)),
    }),
  );
  return client;
}

/** The request that makes a recorded block. */
export function requestOf(block: RecordedBlock): RequestFinalizeBlock {
  return RequestFinalizeBlock.create({
    txs: block.txs.map((tx) => bytesOfHex(tx.bytes)),
    height: BigInt(block.height),
    time: timeOf(block.time),
  });
}

/** Root of a store after a block, in hex; empty when there is no such store. */
export function rootOf(client: AbciClient, block: RecordedBlock, store: string): string {
  const roots = client.app.store.commitInfo(BigInt(block.height))?.roots ?? [];
  return toHex(roots.find(({ name }) => name === store)?.hash ?? new Uint8Array());
}

/** What is compared of a result. */
export interface PlainResult {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly data: string;
  readonly gas: readonly [wanted: bigint, used: bigint];
  readonly events: readonly (readonly string[])[];
}

/** Our result in the form in which results are compared. */
export function plainResult(result: ExecTxResult): PlainResult {
  return {
    code: result.code,
    codespace: result.codespace,
    log: result.log,
    data: toHex(result.data),
    gas: [result.gasWanted, result.gasUsed],
    events: result.events.map(({ type, attributes }) => [
      type,
      ...attributes.map(({ key, value }) => `${key}=${value}`),
    ]),
  };
}

/** The largest gas limits are rounded in the record's numbers. */
function gasOf(value: number): bigint {
  return value >= 2 ** 63 ? (1n << 63n) - 1n : BigInt(value);
}

/** The recorded result of a transaction. */
export function recordedResult(tx: RecordedTx): PlainResult {
  return {
    code: tx.code,
    codespace: tx.codespace ?? "",
    log: tx.log ?? "",
    data: tx.data ?? "",
    gas: [gasOf(tx.gas_wanted), BigInt(tx.gas_used)],
    events: (tx.events ?? []).map(({ type, attributes }) => [
      type,
      ...attributes.map(([key, value]) => `${key}=${value}`),
    ]),
  };
}
