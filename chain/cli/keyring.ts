// Keys on disk. One JSON file per key below `keyring-test` (plain, for tests and local chains) or
// `keyring-file` (secret sealed with scrypt and AES-256-GCM under one password).

import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { isThere, makeFolder } from "../node/files.ts";
import { CliFailure } from "./failure.ts";

/** How secrets are kept. */
export type Backend = "test" | "file";

/** What a key is made from. Hex of 32 bytes, or words with their derivation path. */
export type KeySecret =
  | { readonly kind: "mnemonic"; readonly mnemonic: string; readonly path: string }
  | { readonly kind: "private"; readonly hex: string };

/** A stored key. A multisig has members and no secret. */
export interface KeyRecord {
  readonly name: string;
  readonly type: "local" | "multi" | "offline";
  /** Amino JSON of the public key: {type, value}. */
  readonly publicKey: unknown;
  readonly secret?: KeySecret;
}

interface Sealed {
  readonly salt: string;
  readonly nonce: string;
  readonly text: string;
}

type StoredKey = Omit<KeyRecord, "secret"> & {
  readonly secret?: KeySecret;
  readonly sealed?: Sealed;
};

/** scrypt cost: 2^15 rounds, about 100 ms. */
const SCRYPT = { N: 32768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** Tag of AES-256-GCM, behind the sealed text. */
const TAG_BYTES = 16;

/** What a key may be called: its name is the name of a file. */
const NAME = /^[a-zA-Z0-9][\w.-]{0,63}$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHex(value: unknown, least: number): boolean {
  return typeof value === "string" && /^(?:[0-9a-f]{2})*$/.test(value) && value.length >= 2 * least;
}

function isSecret(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value["kind"] === "private") return isHex(value["hex"], 32);
  const { mnemonic, path } = value;
  return value["kind"] === "mnemonic" && typeof mnemonic === "string" && typeof path === "string";
}

function isSealed(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isHex(value["salt"], 1) && isHex(value["nonce"], 12) && isHex(value["text"], TAG_BYTES);
}

/** Whether a file holds the key of a name in the form that `add` writes. */
function isStoredKey(value: unknown, name: string): value is StoredKey {
  if (!isObject(value) || value["name"] !== name) return false;
  const { type, publicKey, secret, sealed } = value;
  const known = type === "local" || type === "multi" || type === "offline";
  return (
    known &&
    isObject(publicKey) &&
    typeof publicKey["type"] === "string" &&
    (secret === undefined || isSecret(secret)) &&
    (sealed === undefined || isSealed(sealed))
  );
}

function seal(secret: KeySecret, password: string): Sealed {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", scryptSync(password, salt, 32, SCRYPT), nonce);
  const body = Buffer.concat([
    cipher.update(JSON.stringify(secret), "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { salt: salt.toString("hex"), nonce: nonce.toString("hex"), text: body.toString("hex") };
}

function open(sealed: Sealed, password: string): KeySecret {
  const key = scryptSync(password, Buffer.from(sealed.salt, "hex"), 32, SCRYPT);
  const body = Buffer.from(sealed.text, "hex");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(sealed.nonce, "hex"));
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString("utf8")) as KeySecret;
  } catch {
    throw new CliFailure("the password of the keyring is wrong");
  }
}

/** Asks for a line without showing it on a terminal; reads a piped line otherwise. */
async function askPassword(question: string): Promise<string> {
  const given = process.env["LEASEHOLD_KEYRING_PASSWORD"];
  if (given !== undefined) return given;
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal });
  for await (const line of lines) {
    lines.close();
    if (terminal) process.stderr.write("\n");
    return line;
  }
  throw new CliFailure("no password was given");
}

/** The keys of one home directory and backend. */
export class Keyring {
  readonly #folder: string;
  readonly #backend: Backend;
  #password: string | undefined;

  constructor(home: string, backend: Backend) {
    this.#folder = join(home, `keyring-${backend}`);
    this.#backend = backend;
  }

  /** All keys, by name, without their secrets. */
  list(): KeyRecord[] {
    if (!isThere(this.#folder)) return [];
    const names = readdirSync(this.#folder).filter((file) => file.endsWith(".json"));
    return names.sort((a, b) => (a < b ? -1 : 1)).map((file) => this.#read(file.slice(0, -5)));
  }

  /** One key without its secret; undefined when there is none of that name. */
  find(name: string): KeyRecord | undefined {
    return NAME.test(name) && isThere(this.#path(name)) ? this.#read(name) : undefined;
  }

  /** One key, or a failure that names the ones there are. */
  need(name: string): KeyRecord {
    const found = this.find(name);
    if (found !== undefined) return found;
    const names = this.list().map((key) => key.name);
    const remedy =
      names.length === 0
        ? "Add one with: leasehold keys add NAME"
        : `There are: ${names.join(", ")}`;
    throw new CliFailure(
      `there is no key ${JSON.stringify(name)} in the ${this.#backend} keyring`,
      { remedy },
    );
  }

  /** The secret of a local key; asks for the password where the backend has one. */
  async secret(name: string): Promise<KeySecret> {
    const stored = this.#stored(this.need(name).name);
    if (stored.secret !== undefined) return stored.secret;
    if (stored.sealed === undefined)
      throw new CliFailure(`key ${name} has no secret here (${stored.type})`);
    this.#password ??= await askPassword("Password of the keyring: ");
    return open(stored.sealed, this.#password);
  }

  /** Stores a key. Refuses a name that is taken. */
  async add(record: KeyRecord): Promise<void> {
    if (!NAME.test(record.name)) {
      throw new CliFailure(
        `${JSON.stringify(record.name)} is not a key name; use letters, digits, dot, dash`,
      );
    }
    if (this.find(record.name) !== undefined) {
      throw new CliFailure(`there is a key ${record.name} already`, {
        remedy: "Delete it first, or choose another name",
      });
    }
    makeFolder(this.#folder, 0o700);
    const { secret, ...open } = record;
    const stored: StoredKey =
      secret === undefined || this.#backend === "test"
        ? record
        : { ...open, sealed: seal(secret, await this.#newPassword()) };
    const path = this.#path(record.name);
    writeFileSync(`${path}.new`, `${JSON.stringify(stored, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** Removes a key for good. */
  remove(name: string): void {
    rmSync(this.#path(this.need(name).name));
  }

  async #newPassword(): Promise<string> {
    const sealed = this.list()
      .map((key) => this.#stored(key.name))
      .find((key) => key.sealed !== undefined);
    this.#password ??= await askPassword(
      sealed === undefined
        ? "Choose a password for the keyring (8 characters at least): "
        : "Password of the keyring: ",
    );
    if (sealed?.sealed !== undefined) open(sealed.sealed, this.#password);
    if (this.#password.length < 8)
      throw new CliFailure("the password must have 8 characters at least");
    return this.#password;
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  #read(name: string): KeyRecord {
    const { secret: _secret, sealed: _sealed, ...open } = this.#stored(name);
    return open;
  }

  #stored(name: string): StoredKey {
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(this.#path(name), "utf8"));
    } catch {
      throw new CliFailure(`the key file ${this.#path(name)} cannot be read`);
    }
    if (isStoredKey(json, name)) return json;
    throw new CliFailure(`the key file ${this.#path(name)} does not hold the key ${name}`);
  }
}
