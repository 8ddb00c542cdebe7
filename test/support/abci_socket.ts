// An ABCI server over the tiny application, and a client that writes raw bytes to it.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes } from "../../chain/base/bytes.ts";
import { Request, Response } from "../../chain/codec/gen/tendermint/abci.ts";
import type { ResponseQuery } from "../../chain/codec/gen/tendermint/abci.ts";
import { AbciCalls } from "../../chain/node/abci/calls.ts";
import { frameOf, FrameReader, MAX_FRAME_BYTES } from "../../chain/node/abci/frames.ts";
import { Recorder } from "../../chain/node/abci/recorder.ts";
import { AbciServer } from "../../chain/node/abci/server.ts";
import type { AbciServerOptions } from "../../chain/node/abci/server.ts";
import type { AbciApplication } from "../../chain/node/application.ts";
import { Database } from "../../chain/node/db.ts";
import { SILENT } from "../../chain/node/log.ts";
import { INLINE_VERIFIER } from "../../chain/node/verify/verifier.ts";
import type { Verifier } from "../../chain/node/verify/verifier.ts";
import { KvApp, platform } from "./engine.ts";

/** The tiny application with the calls that only CometBFT makes. */
export class AbciKvApp extends KvApp implements AbciApplication {
  readonly initialHeight = 1n;
  /** What checks wait for: one signature per transaction where set. */
  signs = false;

  /** The very arrays that checks brought. */
  readonly checked: Uint8Array[] = [];

  override checkTx(request: { readonly tx: Uint8Array }): ReturnType<KvApp["checkTx"]> {
    this.checked.push(request.tx);
    return super.checkTx(request);
  }

  override signatureJobs(): readonly [] {
    const job = { key: new Uint8Array(33), digest: new Uint8Array(32) };
    return (this.signs ? [{ ...job, signature: new Uint8Array(64) }] : []) as unknown as [];
  }

  extendVote(): { voteExtension: Uint8Array } {
    return { voteExtension: new Uint8Array(0) };
  }

  verifyVoteExtension(): { status: number } {
    return { status: 1 };
  }

  listSnapshots(): { snapshots: [] } {
    return { snapshots: [] };
  }

  offerSnapshot(): { result: number } {
    return { result: 3 };
  }

  loadSnapshotChunk(): { chunk: Uint8Array } {
    return { chunk: new Uint8Array(0) };
  }

  applySnapshotChunk(): { result: number; refetchChunks: []; rejectSenders: [] } {
    return { result: 2, refetchChunks: [], rejectSenders: [] };
  }
}

/** What a test may set. */
export interface TestServerOptions {
  readonly maxConnections?: number;
  readonly maxFrameBytes?: number;
  readonly verifier?: Verifier;
  readonly query?: () => Promise<ResponseQuery>;
  readonly haltHeight?: bigint;
  readonly record?: boolean;
  readonly unix?: boolean;
}

/** A server in a temporary folder. */
export interface TestServer {
  readonly app: AbciKvApp;
  readonly server: AbciServer;
  readonly folder: string;
  /** Where the recording lies. */
  readonly recording: string;
  /** Makes writes wait until the returned function is called. */
  holdDisk(): () => void;
  /** Makes every write fail from now on. */
  breakDisk(): void;
  readonly halts: string[];
  connect(): Promise<RawClient>;
  close(): Promise<void>;
}

interface Disk {
  held: Promise<void>;
  broken: boolean;
}

function slowDisk(database: Database, disk: Disk): Database {
  const write: Database["write"] = async (writes, options) => {
    await disk.held;
    if (disk.broken) throw new Error("no space left on device");
    await database.write(writes, options);
  };
  return { write, clear: database.clear.bind(database) } as unknown as Database;
}

/** Starts a server on a free port, or on a unix socket. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-abci-"));
  const database = await Database.open(join(folder, "a.db"), 1);
  const app = new AbciKvApp(database);
  const disk: Disk = { held: Promise.resolve(), broken: false };
  const halts: string[] = [];
  const calls = new AbciCalls({
    platform,
    app,
    database: slowDisk(database, disk),
    verifier: options.verifier ?? INLINE_VERIFIER,
    query: options.query ?? (() => Promise.resolve(app.query())),
    chainId: "test-1",
    haltHeight: options.haltHeight ?? 0n,
    haltTime: 0n,
    log: SILENT,
  });
  calls.onHalt((reason) => halts.push(reason));
  const recording = join(folder, "recording");
  const recorder = options.record === true ? new Recorder(recording) : undefined;
  const path = join(folder, "abci.sock");
  const address: AbciServerOptions["address"] =
    options.unix === true ? { path } : { host: "127.0.0.1", port: 0 };
  const server = await AbciServer.listen(
    calls,
    {
      address,
      allowed: [],
      maxConnections: options.maxConnections ?? 16,
      maxFrameBytes: options.maxFrameBytes ?? MAX_FRAME_BYTES,
    },
    recorder,
    SILENT,
  );
  return {
    app,
    server,
    folder,
    recording,
    halts,
    holdDisk: () => {
      let release: () => void = () => undefined;
      disk.held = new Promise((resolve) => (release = resolve));
      return () => release();
    },
    breakDisk: () => void (disk.broken = true),
    connect: () => RawClient.connect(options.unix === true ? path : server.port),
    close: async () => {
      await server.close();
      recorder?.close();
      await database.close();
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A client that writes what it likes. */
export class RawClient {
  readonly socket: Socket;
  readonly #reader = new FrameReader(MAX_FRAME_BYTES);
  readonly #answers: Response[] = [];
  #wake: () => void = () => undefined;
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#reader.push(new Uint8Array(chunk));
      for (let one = this.#reader.next(); one !== undefined; one = this.#reader.next())
        this.#answers.push(Response.decode(one));
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Connects to a port or a unix socket. */
  static connect(where: number | string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket =
        typeof where === "string" ? connect(where) : connect({ host: "127.0.0.1", port: where });
      socket.once("error", reject);
      socket.once("connect", () => resolve(new RawClient(socket)));
    });
  }

  /** Writes requests as frames, all in one piece. */
  send(...requests: readonly Request[]): void {
    this.write(concatBytes(...requests.map((request) => frameOf(Request.encode(request)))));
  }

  /** Writes raw bytes. */
  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next answer. Throws: Error when the connection ends or nothing comes for 5 s. */
  async answer(): Promise<Response> {
    const end = performance.now() + 5000;
    for (;;) {
      const first = this.#answers.shift();
      if (first !== undefined) return first;
      if (this.isClosed) throw new Error("the connection is closed");
      if (performance.now() > end) throw new Error("no answer");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  }

  /** Sends one request with a Flush, as CometBFT does; gives its answer. */
  async call(request: Request): Promise<Response> {
    this.send(request, { flush: {} });
    const answer = await this.answer();
    if (answer.exception === undefined) await this.answer();
    return answer;
  }

  /** Waits until the other side has closed. */
  async closed(): Promise<void> {
    const end = performance.now() + 5000;
    while (!this.isClosed) {
      if (performance.now() > end) throw new Error("the connection is still open");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
