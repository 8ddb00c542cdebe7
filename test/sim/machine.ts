// The whole application in memory for the simulator: a genesis goes in, blocks follow. With a disk it
// can also stop at any point of a block and start again from what was written.

import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import type { ConsensusParams } from "../../chain/codec/gen/tendermint/types.ts";
import type { Json, MessageType } from "../../chain/codec/index.ts";
import { Application } from "../../chain/runtime/index.ts";
import type { AppParts } from "../../chain/runtime/index.ts";
import type { ArchiveOptions, MultiStoreOptions, TreeMultiStore } from "../../chain/store/index.ts";
import { TreeMultiStore as Stores } from "../../chain/store/index.ts";
import { AbciClient } from "../support/abci_client.ts";
import { TestDisk } from "../support/disk.ts";
import { simPlatform } from "./platform.ts";
import { recover, rollBack } from "./recovery.ts";

const VALIDATOR_KEY = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

/** What a machine is told besides its genesis. */
export interface MachineOptions {
  readonly memoSize?: number;
  /** Default: the fast one. */
  readonly platform?: Platform;
  /** Heights that stay readable, when snapshots are made. Default: four heights. */
  readonly store?: MultiStoreOptions;
  /** Heights that stay on disk beyond those; undefined heights = all. */
  readonly archive?: Omit<ArchiveOptions, "read">;
  /** Changes the application before it is made. */
  readonly parts?: (parts: AppParts) => AppParts;
  /** Hears of contained bugs and their height; without it they stop the simulation. */
  readonly reportBug?: (error: unknown, where: string, height: bigint) => void;
  /** Whether commits are written to a disk in memory, from which `restart` reads. */
  readonly disk?: boolean;
}

/** Where a chain begins. */
export interface MachineGenesis {
  readonly chainId: string;
  /** Seconds since 1970. */
  readonly time: bigint;
  readonly initialHeight: bigint;
  readonly consensusParams: ConsensusParams;
  readonly appState: { readonly [module: string]: Json };
}

/** How far a block got when the process stopped. */
export type Stop = "before the write" | "after the write";

function initRequest(genesis: MachineGenesis): RequestInitChain {
  return RequestInitChain.create({
    time: { seconds: genesis.time, nanos: 0 },
    chainId: genesis.chainId,
    initialHeight: genesis.initialHeight,
    consensusParams: genesis.consensusParams,
    validators: [{ pubKey: { ed25519: VALIDATOR_KEY }, power: 1n }],
    appStateBytes: utf8(JSON.stringify(genesis.appState)),
  });
}

/** An application that is driven as an engine drives it. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #genesis: RequestInitChain;
  readonly #disk: TestDisk | undefined;
  client: AbciClient;
  /** Height of the block that was begun last. */
  #running = 0n;
  /** Height of the snapshot that the last restart began with; 0: change sets alone. */
  startedFrom = 0n;

  constructor(genesis: MachineGenesis, options: MachineOptions = {}) {
    this.#options = options;
    this.#genesis = initRequest(genesis);
    this.#disk = options.disk === true ? new TestDisk() : undefined;
    this.client = this.#client((names) => this.#load(names));
    this.client.initChain(this.#genesis);
  }

  get #platform(): Platform {
    return this.#options.platform ?? simPlatform;
  }

  get #storeOptions(): MultiStoreOptions {
    const { store = { provableHeights: 4 }, archive } = this.#options;
    if (archive === undefined) return store;
    const read = (key: Uint8Array): Uint8Array | undefined => this.disk.records.get(key);
    return { ...store, archive: { ...archive, read } };
  }

  /** What is on disk; without one, nothing. */
  #load(names: readonly string[]): TreeMultiStore {
    const disk = this.#disk;
    if (disk === undefined) return new Stores(this.#platform, names, this.#storeOptions);
    const { store, start } = recover(disk, names, this.#storeOptions);
    this.startedFrom = start;
    return store;
  }

  #client(load: (names: readonly string[]) => TreeMultiStore): AbciClient {
    const parts = this.#parts();
    const disk = this.#disk;
    const app = this.#application(parts, load(storeNames(parts)));
    const client = new AbciClient(app, (batch) => disk?.write(batch.writes));
    client.info();
    return client;
  }

  #parts(): AppParts {
    const change = this.#options.parts ?? ((same: AppParts) => same);
    return change(leaseholdParts(this.#platform, "sim"));
  }

  #application(parts: AppParts, store: TreeMultiStore): Application {
    const { memoSize, reportBug } = this.#options;
    return new Application(parts, {
      store,
      platform: this.#platform,
      ...(memoSize === undefined ? {} : { memoSize }),
      ...(reportBug === undefined
        ? {}
        : { reportBug: (error, where) => reportBug(error, where, this.#running) }),
    });
  }

  get app(): Application {
    return this.client.app;
  }

  get height(): bigint {
    return this.app.store.height;
  }

  /** App hash of the last block, base64. */
  get appHash(): string {
    return toBase64(this.app.store.appHash);
  }

  /** What was written, for those who look at it or damage it. */
  get disk(): TestDisk {
    if (this.#disk === undefined) throw new Error("a machine without disk cannot restart");
    return this.#disk;
  }

  /** InitChain arrives once more: only before the first commit. */
  initAgain(): void {
    this.client.initChain(this.#genesis);
  }

  /**
   * Forgets everything in memory and reads the disk, as a process that starts again; before the
   * first commit the engine sends InitChain again.
   */
  restart(): void {
    this.client = this.#client((names) => this.#load(names));
    if (this.height === 0n) this.initAgain();
  }

  /** Makes an earlier height the last one on disk and starts again there. */
  goBack(height: bigint): void {
    const parts = this.#parts();
    rollBack(this.disk, height, storeNames(parts), this.#storeOptions, (store) =>
      this.#application(parts, store).rebuildSides(),
    );
    this.restart();
  }

  /** Lowest height to which the disk still leads. */
  get lowest(): bigint {
    const { snapshots } = this.app.store;
    if (snapshots.firstChange(this.height) <= 1n) return 1n;
    return snapshots.complete[0]?.height ?? this.height;
  }

  /** One step of the snapshot that is due, if any, onto the disk. Tells whether there was one. */
  snapshotStep(nodes: number): boolean {
    const step = this.app.store.snapshots.step(nodes);
    if (step !== undefined) this.disk.snapshotStep(step);
    return step !== undefined;
  }

  /** One step of the pruning of the archive. */
  pruneStep(): void {
    const writes = this.app.store.archive?.pruneStep();
    if (writes !== undefined) this.disk.write(writes);
  }

  /** Runs a block and stops the process before it is committed in memory. */
  stopIn(txs: readonly Uint8Array[], time: bigint, stop: Stop): ResponseFinalizeBlock {
    const response = this.finalize(txs, time);
    if (stop === "after the write") this.disk.write(this.app.commitBatch().writes);
    this.restart();
    return response;
  }

  /** Runs a block without committing it. */
  finalize(
    txs: readonly Uint8Array[],
    time: bigint,
    height = this.height + 1n,
  ): ResponseFinalizeBlock {
    this.#running = height;
    const request = RequestFinalizeBlock.create({ txs, height, time: { seconds: time, nanos: 0 } });
    return this.client.finalizeBlock(request);
  }

  /** Runs and commits one block. */
  block(txs: readonly Uint8Array[], time: bigint, height?: bigint): ResponseFinalizeBlock {
    const response = this.finalize(txs, time, height);
    this.client.commit();
    return response;
  }

  /** A query by gRPC path; undefined when there is no such thing. Throws on any other refusal. */
  find<Q, R>(
    path: string,
    request: MessageType<Q>,
    response: MessageType<R>,
    value: Partial<Q>,
  ): R | undefined {
    const answer = this.client.query(path, request.encode(request.create(value)));
    if (answer.code === 0) return response.decode(answer.value);
    if (/not found/i.test(answer.log)) return undefined;
    throw new Error(`${path}: ${answer.codespace}/${answer.code}: ${answer.log}`);
  }
}
