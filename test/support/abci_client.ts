// The in-process ABCI client: drives an application as CometBFT does and refuses a call that the
// grammar of ABCI 2.0 does not allow at that point. What the application must write to disk is
// handed to `disk` between finalizeBlock and commit, as an engine does.

import type {
  RequestFinalizeBlock,
  RequestInitChain,
  RequestPrepareProposal,
  ResponseCheckTx,
  ResponseFinalizeBlock,
  ResponseInitChain,
  ResponseQuery,
} from "../../chain/codec/gen/tendermint/abci.ts";
import {
  RequestPrepareProposal as PrepareProposal,
  RequestProcessProposal as ProcessProposal,
} from "../../chain/codec/gen/tendermint/abci.ts";
import type { Application } from "../../chain/runtime/index.ts";
import type { CommitBatch } from "../../chain/store/index.ts";

type Phase = "start" | "height" | "finalized";

/** One application behind the call grammar. */
export class AbciClient {
  readonly app: Application;
  readonly #disk: (batch: CommitBatch) => void;
  #phase: Phase = "start";

  constructor(app: Application, disk: (batch: CommitBatch) => void = () => undefined) {
    this.app = app;
    this.#disk = disk;
  }

  /** First call of a run: tells where the application stands. With a height the chain goes on. */
  info(): ReturnType<Application["info"]> {
    const info = this.app.info();
    if (this.#phase === "start" && info.lastBlockHeight > 0n) this.#phase = "height";
    return info;
  }

  /** Only before any height; again after a crash before the first commit. */
  initChain(request: RequestInitChain): ResponseInitChain {
    this.#need("InitChain", ["start", "height", "finalized"]);
    if (this.app.store.height > 0n) throw new Error("InitChain after a commit");
    const response = this.app.initChain(request);
    this.#phase = "height";
    return response;
  }

  /** A proposer's round: prepare, then process what was prepared. */
  propose(txs: readonly Uint8Array[], height: bigint, maxTxBytes: bigint): readonly Uint8Array[] {
    this.#need("PrepareProposal", ["height"]);
    const request: RequestPrepareProposal = PrepareProposal.create({ txs, height, maxTxBytes });
    const taken = this.app.prepareProposal(request).txs;
    const { status } = this.app.processProposal(ProcessProposal.create({ txs: taken, height }));
    if (status !== 1) throw new Error(`own proposal is refused with status ${status}`);
    return taken;
  }

  /** The block of a height; may come again with the same height, never after its commit. */
  finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock {
    this.#need("FinalizeBlock", ["height", "finalized"]);
    const response = this.app.finalizeBlock(request);
    if (response.txResults.length !== request.txs.length)
      throw new Error(`${response.txResults.length} results of ${request.txs.length} transactions`);
    this.#phase = "finalized";
    return response;
  }

  /** Writes and promotes. */
  commit(): void {
    this.#need("Commit", ["finalized"]);
    this.#disk(this.app.commitBatch());
    this.app.commit();
    this.#phase = "height";
  }

  /** Allowed at any time after InitChain. */
  checkTx(tx: Uint8Array, recheck = false): ResponseCheckTx {
    this.#need("CheckTx", ["height", "finalized"]);
    return this.app.checkTx({ tx, type: recheck ? 1 : 0 });
  }

  /** Allowed at any time. */
  query(path: string, data: Uint8Array, height = 0n, prove = false): ResponseQuery {
    return this.app.query({ path, data, height, prove });
  }

  #need(call: string, phases: readonly Phase[]): void {
    if (!phases.includes(this.#phase)) throw new Error(`${call} while in phase ${this.#phase}`);
  }
}
