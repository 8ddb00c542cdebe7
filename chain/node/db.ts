// The disk: one LevelDB per purpose, bytes in, bytes out. Writes are one atomic batch, fsynced when
// asked; point reads are synchronous; ranges are pushed to whoever loads them.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { Level } from "level";
import { makeFolder } from "./files.ts";

/** One record to write: an absent value deletes. */
export type DatabaseWrite = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** Which part of the key space a scan covers: gte <= key < lt; an absent bound is open. */
export interface ScanRange {
  readonly gte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly reverse?: boolean;
}

/** Rows that one read of an iterator brings: enough to hide the crossing, little to hold. */
const SCAN_ROWS = 1000;
const MEBIBYTE = 1024 * 1024;

interface Compactable {
  compactRange(from: Uint8Array, to: Uint8Array): Promise<void>;
}

/** An opened database. */
export class Database {
  readonly path: string;
  /** Hears how many milliseconds each synced write took. */
  onSynced: ((ms: number) => void) | undefined;
  readonly #level: Level<Uint8Array, Uint8Array>;
  readonly #owner: string;

  private constructor(path: string, level: Level<Uint8Array, Uint8Array>, owner: string) {
    this.path = path;
    this.#level = level;
    this.#owner = owner;
  }

  /**
   * Opens or creates the database in folder `path`. `bufferMebibytes` is what LevelDB gathers
   * before it writes a table: the default of 4 stalls for a second under load.
   * Throws: Error with a sentence that says which process holds it when it is locked.
   */
  static async open(path: string, bufferMebibytes = 64): Promise<Database> {
    makeFolder(path);
    const level = new Level<Uint8Array, Uint8Array>(path, {
      keyEncoding: "view",
      valueEncoding: "view",
      writeBufferSize: bufferMebibytes * MEBIBYTE,
      maxFileSize: 32 * MEBIBYTE,
      cacheSize: 32 * MEBIBYTE,
    });
    const owner = `${path}.owner`;
    try {
      await level.open();
    } catch (error) {
      throw openFailure(path, owner, error);
    }
    writeFileSync(owner, `${process.pid} ${process.argv.slice(1).join(" ").slice(0, 200)}\n`);
    return new Database(path, level, owner);
  }

  /** Value of one key, read at once (3 to 8 us from a settled file). */
  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.#level.getSync(key);
    return value === undefined ? undefined : plainBytes(value);
  }

  /**
   * Writes all of `writes` or none. With `sync` the promise resolves only when the bytes have
   * reached the disk; without it a crash of the machine (not of the process) may lose them.
   */
  async write(
    writes: readonly DatabaseWrite[],
    options: { readonly sync: boolean },
  ): Promise<void> {
    const batch = this.#level.batch();
    for (const [key, value] of writes) {
      if (value === undefined) batch.del(key);
      else batch.put(key, value);
    }
    const began = performance.now();
    await batch.write({ sync: options.sync });
    if (options.sync) this.onSynced?.(performance.now() - began);
  }

  /** Pushes every record of the range, in order, into `push`; stops when it gives back false. */
  async scan(
    range: ScanRange,
    push: (key: Uint8Array, value: Uint8Array) => boolean | void,
  ): Promise<void> {
    const iterator = this.#level.iterator({
      ...(range.gte === undefined ? {} : { gte: range.gte }),
      ...(range.lt === undefined ? {} : { lt: range.lt }),
      reverse: range.reverse ?? false,
    });
    try {
      for (;;) {
        const rows = await iterator.nextv(SCAN_ROWS);
        if (rows.length === 0) return;
        for (const [key, value] of rows)
          if (push(plainBytes(key), plainBytes(value)) === false) return;
      }
    } finally {
      await iterator.close();
    }
  }

  /** Removes every record of the range. */
  async clear(range: Omit<ScanRange, "reverse">): Promise<void> {
    await this.#level.clear({
      ...(range.gte === undefined ? {} : { gte: range.gte }),
      ...(range.lt === undefined ? {} : { lt: range.lt }),
    });
  }

  /** Gives the room of removed records back to the file system. */
  async compact(): Promise<void> {
    // The face that all of `level` share does not name it; LevelDB itself has it.
    const native = this.#level as unknown as Compactable;
    await native.compactRange(Uint8Array.of(), new Uint8Array(64).fill(0xff));
  }

  /** Waits for running writes and releases the lock. */
  async close(): Promise<void> {
    await this.#level.close();
    rmSync(this.#owner, { force: true });
  }
}

/** LevelDB hands out Buffers, whose slice shares memory: everything above wants plain arrays. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : bytes;
}

/** A sentence for a database that does not open; names the holder of a lock. */
function openFailure(path: string, owner: string, error: unknown): Error {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  if (cause?.code !== "LEVEL_LOCKED") {
    const reason = String(cause instanceof Error ? cause.message : error);
    return new Error(`the database ${path} cannot be opened: ${reason}`, { cause: error });
  }
  let holder = "another process";
  try {
    const [pid, ...command] = readFileSync(owner, "utf8").trim().split(" ");
    holder = `process ${pid} (${command.join(" ")})`;
  } catch {
    holder = "a process that left no name";
  }
  return new Error(`the database ${path} is in use by ${holder}; stop it first`);
}
