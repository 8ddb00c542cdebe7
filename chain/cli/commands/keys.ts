// keys add | list | show | delete | export | import: the keyring of this home.

import { Bip39, EnglishMnemonic, Random } from "@cosmjs/crypto";
import { UsageFailure, CliFailure } from "../failure.ts";
import type { Call, CommandCode } from "../command.ts";
import { Keyring } from "../keyring.ts";
import type { Backend, KeyRecord, KeySecret } from "../keyring.ts";
import { table, toJsonText } from "../output.ts";
import { readClientSettings } from "../settings.ts";
import { addressOf, DEFAULT_PATH, multisigRecord, recordFromSecret } from "../signers.ts";

/** The keyring that a call means. */
export function keyringOf(call: Call): Keyring {
  const backend =
    call.args.value("keyring-backend") ?? readClientSettings(call.home).keyringBackend;
  if (backend !== "test" && backend !== "file") {
    throw new UsageFailure(`--keyring-backend is test or file, got ${backend}`);
  }
  return new Keyring(call.home, backend satisfies Backend);
}

function prefixOf(call: Call): string {
  return call.args.value("prefix") ?? readClientSettings(call.home).prefix;
}

interface ShownKey {
  readonly name: string;
  readonly type: string;
  readonly address: string;
  readonly pubkey: unknown;
}

function shown(record: KeyRecord, prefix: string): ShownKey {
  return {
    name: record.name,
    type: record.type,
    address: addressOf(record, prefix),
    pubkey: record.publicKey,
  };
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8").trim();
}

async function secretOf(call: Call): Promise<KeySecret> {
  const path = call.args.value("hd-path") ?? DEFAULT_PATH;
  const hex = call.args.value("private-key");
  if (hex !== undefined) {
    if (!/^[0-9a-fA-F]{64}$/.test(hex))
      throw new UsageFailure("--private-key must be 64 hex digits");
    return { kind: "private", hex: hex.toLowerCase() };
  }
  if (!call.args.has("recover")) {
    return { kind: "mnemonic", mnemonic: Bip39.encode(Random.getBytes(32)).toString(), path };
  }
  call.out.note("Type or pipe the words of the key:");
  const mnemonic = (await readAll()).split(/\s+/).join(" ");
  try {
    return { kind: "mnemonic", mnemonic: new EnglishMnemonic(mnemonic).toString(), path };
  } catch {
    throw new CliFailure(
      "these words are not a mnemonic (12 or 24 English words with a valid checksum)",
    );
  }
}

function printKey(call: Call, key: ShownKey): void {
  if (call.out.json) call.out.line(toJsonText(key));
  else call.out.line(table(["NAME", "TYPE", "ADDRESS"], [[key.name, key.type, key.address]]));
}

/** keys add NAME: makes a key, recovers one from words, or puts a multisig together. */
export const add: CommandCode = {
  async run(call) {
    const keyring = keyringOf(call);
    const name = call.args.word(0, "the name of the key");
    const members = call.args.value("multisig");
    if (members !== undefined) {
      const threshold = Number(call.args.integer("multisig-threshold") ?? 1n);
      const record = multisigRecord(
        name,
        keyring,
        members.split(","),
        threshold,
        !call.args.has("nosort"),
      );
      await keyring.add(record);
      return printKey(call, shown(record, prefixOf(call)));
    }
    const secret = await secretOf(call);
    const record = await recordFromSecret(name, secret);
    await keyring.add(record);
    const key = shown(record, prefixOf(call));
    const made = secret.kind === "mnemonic" && !call.args.has("recover");
    if (call.out.json)
      return call.out.line(toJsonText(made ? { ...key, mnemonic: secret.mnemonic } : key));
    printKey(call, key);
    if (made)
      call.out.note(
        `\nWrite these words down; they are the only way to recover the key:\n\n${secret.mnemonic}`,
      );
  },
};

/** keys list: all keys with their addresses. */
export const list: CommandCode = {
  async run(call) {
    const keys = keyringOf(call)
      .list()
      .map((record) => shown(record, prefixOf(call)));
    if (call.out.json) return call.out.line(toJsonText(keys));
    if (keys.length === 0)
      return call.out.note("There are no keys. Add one with: leasehold keys add NAME");
    call.out.line(
      table(
        ["NAME", "TYPE", "ADDRESS"],
        keys.map((key) => [key.name, key.type, key.address]),
      ),
    );
  },
};

/** keys show NAME: one key; `--address` prints the address alone. */
export const show: CommandCode = {
  async run(call) {
    const record = keyringOf(call).need(call.args.word(0, "the name of the key"));
    const key = shown(record, prefixOf(call));
    if (call.args.has("address")) return call.out.line(key.address);
    if (call.args.has("pubkey")) return call.out.line(toJsonText(key.pubkey));
    printKey(call, key);
  },
};

/** keys delete NAME: removes a key for good. */
export const remove: CommandCode = {
  async run(call) {
    const name = call.args.word(0, "the name of the key");
    const keyring = keyringOf(call);
    keyring.need(name);
    if (!call.args.has("yes")) {
      throw new CliFailure(`deleting ${name} cannot be undone`, { remedy: "Repeat with --yes" });
    }
    keyring.remove(name);
    call.out.note(`Deleted ${name}.`);
  },
};

/** keys export NAME: prints the secret; asks for `--unsafe`. */
export const exportKey: CommandCode = {
  async run(call) {
    if (!call.args.has("unsafe")) {
      throw new CliFailure("this prints the secret of the key", { remedy: "Repeat with --unsafe" });
    }
    const secret = await keyringOf(call).secret(call.args.word(0, "the name of the key"));
    call.out.line(
      call.out.json ? toJsonText(secret) : secret.kind === "private" ? secret.hex : secret.mnemonic,
    );
  },
};
