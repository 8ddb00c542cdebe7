// The whole application in memory for the simulator: a genesis goes in, blocks follow.

import { toBase64, utf8 } from "../../chain/base/bytes.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { RequestFinalizeBlock, RequestInitChain } from "../../chain/codec/gen/tendermint/abci.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import type { ConsensusParams } from "../../chain/codec/gen/tendermint/types.ts";
import type { Json, MessageType } from "../../chain/codec/index.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { Application } from "../../chain/runtime/index.ts";
import type { AppParts } from "../../chain/runtime/index.ts";
import type { TreeMultiStore } from "../../chain/store/index.ts";
import { TreeMultiStore as Stores } from "../../chain/store/index.ts";
import { AbciClient } from "../support/abci_client.ts";
import { TestDisk } from "../support/disk.ts";

const platform = fastPlatform((sentence) => console.warn(sentence));
const VALIDATOR_KEY = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

/** What a machine is told besides its genesis. */
export interface MachineOptions {
  readonly memoSize?: number;
  /** Changes the application before it is made. */
  readonly parts?: (parts: AppParts) => AppParts;
  /** Hears of contained bugs; without it they stop the simulation. */
  readonly reportBug?: (error: unknown, where: string) => void;
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

function make(
  options: MachineOptions,
  load: (names: readonly string[]) => TreeMultiStore,
): Application {
  const parts = (options.parts ?? ((same: AppParts) => same))(leaseholdParts(platform, "sim"));
  const { memoSize, reportBug } = options;
  return new Application(parts, {
    store: load(storeNames(parts)),
    platform,
    ...(memoSize === undefined ? {} : { memoSize }),
    ...(reportBug === undefined ? {} : { reportBug }),
  });
}

/** An application that is driven as an engine drives it. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #disk: TestDisk | undefined;
  client: AbciClient;

  constructor(genesis: MachineGenesis, options: MachineOptions = {}) {
    this.#options = options;
    this.#disk = options.disk === true ? new TestDisk() : undefined;
    this.client = this.#client(
      make(options, (names) => new Stores(Machine.platform, names, { provableHeights: 4 })),
    );
    this.client.initChain(
      RequestInitChain.create({
        time: { seconds: genesis.time, nanos: 0 },
        chainId: genesis.chainId,
        initialHeight: genesis.initialHeight,
        consensusParams: genesis.consensusParams,
        validators: [{ pubKey: { ed25519: VALIDATOR_KEY }, power: 1n }],
        appStateBytes: utf8(JSON.stringify(genesis.appState)),
      }),
    );
  }

  static get platform(): Platform {
    return platform;
  }

  #client(app: Application): AbciClient {
    const disk = this.#disk;
    const client = new AbciClient(app, (batch) => disk?.write(batch.writes));
    client.info();
    return client;
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

  /** Forgets everything in memory and reads the disk, as a process that starts again. */
  restart(): void {
    const disk = this.#disk;
    if (disk === undefined) throw new Error("a machine without disk cannot restart");
    this.client = this.#client(make(this.#options, (names) => disk.load(names)));
  }

  /** Runs and commits one block. */
  block(
    txs: readonly Uint8Array[],
    time: bigint,
    height = this.height + 1n,
  ): ResponseFinalizeBlock {
    const request = RequestFinalizeBlock.create({ txs, height, time: { seconds: time, nanos: 0 } });
    const response = this.client.finalizeBlock(request);
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
