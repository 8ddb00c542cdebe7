// Files of a home that are read at start: the genesis, keys, what was signed last, the engine's claim.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AddressCodec } from "../../../chain/base/address.ts";
import { equalBytes, utf8 } from "../../../chain/base/bytes.ts";
import { ChainError } from "../../../chain/base/errors.ts";
import { createRegistry } from "../../../chain/codec/index.ts";
import type { Json } from "../../../chain/codec/index.ts";
import { RequestInitChain } from "../../../chain/codec/gen/tendermint/abci.ts";
import { defaultAppState, leaseholdParts, storeNames } from "../../../chain/app/index.ts";
import { CliFailure } from "../../../chain/cli/failure.ts";
import { Keyring } from "../../../chain/cli/keyring.ts";
import { claimedBy, dataPaths } from "../../../chain/node/claim.ts";
import {
  keyPairOf,
  nodeKeyPath,
  readNodeKey,
  readValidatorKey,
  validatorKeyPath,
  writeNodeKey,
  writeValidatorKey,
} from "../../../chain/node/embedded/keys.ts";
import { readSignState, Signer, signStatePath } from "../../../chain/node/embedded/signer.ts";
import { prefixOf } from "../../../chain/node/home.ts";
import { fastPlatform } from "../../../chain/node/platform.ts";
import { Application, validateAppState } from "../../../chain/runtime/index.ts";
import { TreeMultiStore } from "../../../chain/store/index.ts";
import { buildGenesis, formatGenesis, parseGenesis, preset } from "../../../genesis/index.ts";
import { defaultConsensusParams } from "../../../modules/consensus/index.ts";
import { makeSigner } from "../../support/signing.ts";
import { attempt, isPlainError, must } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { mutateJson, mutateJsonText } from "../json.ts";
import type { Value } from "../json.ts";
import { playScene } from "../scene.ts";

const platform = fastPlatform(() => undefined);
const parts = leaseholdParts(platform, "fuzz");
const registry = createRegistry(parts.modules.flatMap((module) => module.types ?? []));

/** A folder of its own, in memory where the machine has that. */
function makeFolder(): string {
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  return mkdtempSync(join(parent, "leasehold-fuzz-"));
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChainError || error instanceof CliFailure || isPlainError(error);
}

// ---- genesis ----------------------------------------------------------------------------------------

/** A genesis with accounts, and one exported from a chain on which much has happened. */
function genesisDocuments(): Value[] {
  const { denoms, params } = preset("local");
  const coins = denoms.map(({ denom }) => ({ denom, amount: 5n }));
  const fresh = buildGenesis(
    {
      chainId: "fuzz-1",
      genesisTime: { seconds: 1_800_000_000n, nanos: 0 },
      prefix: "lease",
      denoms,
      accounts: ["a", "b"].map((name) => ({ address: makeSigner(name, "lease").address, coins })),
      validators: [{ key: new Uint8Array(32).fill(9), power: 10n, name: "one" }],
      params,
    },
    defaultAppState(),
  );
  const scene = playScene(12, 10);
  const appState = scene.machine.app.exportGenesis();
  return [fresh, { ...fresh, appState }].map((one) => formatGenesis(platform, one) as Value);
}

/** Documents with one module's part each: parts are checked one by one, and whole ones are long. */
function shortDocuments(): Value[] {
  return genesisDocuments().flatMap((document) => {
    const { app_state: state, ...others } = document as { readonly app_state: Value };
    return Object.entries(state as object).map(
      ([name, part]) => ({ ...others, app_state: { [name]: part as Value } }) as Value,
    );
  });
}

function genesisTarget(): Target<string> {
  const documents = shortDocuments();
  return {
    make: (random) => mutateJsonText(random.of(documents), random, random.of(documents)),
    run: (text) => {
      const json = attempt(
        () => JSON.parse(text) as Json,
        (error) => error instanceof SyntaxError,
      );
      const read = json && attempt(() => parseGenesis(json.value), isRefusal);
      if (read === undefined) return false;
      const printed = JSON.stringify(formatGenesis(platform, read.value));
      const again = formatGenesis(platform, parseGenesis(JSON.parse(printed) as Json));
      must(JSON.stringify(again) === printed, () => `comes back as ${JSON.stringify(again)}`);
      const { modules } = parts;
      const env = { addresses: new AddressCodec(prefixOf(read.value)) };
      const validate = (): unknown => validateAppState(modules, read.value.appState, registry, env);
      return attempt(validate, isRefusal) !== undefined;
    },
    show: (text) => text,
  };
}

/** InitChain with a state that was checked or not: it is taken or refused, and no bug stops it. */
function initTarget(): Target<Value> {
  const states = genesisDocuments().map((json) => (json as { app_state: Value }).app_state);
  const app = new Application(parts, {
    store: new TreeMultiStore(platform, storeNames(parts)),
    platform,
  });
  return {
    make: (random) => mutateJson(random.of(states), random, random.of(states)),
    run: (state) => {
      const request = RequestInitChain.create({
        time: { seconds: 1_800_000_000n, nanos: 0 },
        chainId: "fuzz-1",
        initialHeight: 1n,
        consensusParams: defaultConsensusParams(),
        validators: [{ pubKey: { ed25519: new Uint8Array(32).fill(1) }, power: 1n }],
        appStateBytes: utf8(JSON.stringify(state)),
      });
      return attempt(() => app.initChain(request), isRefusal) !== undefined;
    },
    show: (state) => JSON.stringify(state),
  };
}

// ---- files in a folder ------------------------------------------------------------------------------

/** One file of a home with other text. */
interface FileInput {
  readonly path: string;
  readonly text: string;
}

/** Reads files of a folder that begins with these; `read` throws a refusal or gives what it took. */
function fileTarget(
  write: (home: string) => readonly string[],
  read: (home: string, path: string) => void,
): Target<FileInput> {
  const home = makeFolder();
  const paths = write(home);
  const right = new Map(paths.map((path) => [path, readFileSync(path, "utf8")] as const));
  const values = [...right.values()].map((text) => JSON.parse(text) as Value);
  return {
    make: (random) => {
      const path = random.of(paths);
      const value = JSON.parse(right.get(path) ?? "") as Value;
      return { path, text: mutateJsonText(value, random, random.of(values)) };
    },
    run: ({ path, text }) => {
      writeFileSync(path, text);
      const taken = attempt(() => read(home, path), isRefusal) !== undefined;
      writeFileSync(path, right.get(path) ?? "");
      return taken;
    },
    show: ({ path, text }) => `${path} ${text}`,
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

function writeKeys(home: string): readonly string[] {
  const pair = keyPairOf(platform, new Uint8Array(32).fill(7));
  writeValidatorKey(home, pair);
  writeNodeKey(home, keyPairOf(platform, new Uint8Array(32).fill(8)));
  new Signer(home, pair).sign(5n, 0, utf8("bytes"));
  writeFileSync(dataPaths(home).engine, JSON.stringify({ engine: "embedded" }));
  return [validatorKeyPath(home), nodeKeyPath(home), signStatePath(home), dataPaths(home).engine];
}

function readKeyFiles(home: string, path: string): void {
  if (path === validatorKeyPath(home)) {
    const { seed, publicKey } = readValidatorKey(platform, home);
    must(equalBytes(keyPairOf(platform, seed).publicKey, publicKey), () => "another public key");
  } else if (path === nodeKeyPath(home)) readNodeKey(platform, home);
  else if (path === signStatePath(home)) {
    const { height, round, step } = readSignState(home);
    must(height >= 0n && round >= 0 && step >= 0, () => `height ${height}, ${round}, ${step}`);
  } else must(/^[a-z]+$/.test(claimedBy(home) ?? "none"), () => "an engine without a name");
}

const KEYS: readonly Value[] = [
  {
    name: "alice",
    type: "local",
    publicKey: { type: "tendermint/PubKeySecp256k1", value: "AhqusObN" },
    secret: { kind: "mnemonic", mnemonic: "a b c", path: "m/44'/118'/0'/0/0" },
  },
  {
    name: "bob",
    type: "local",
    publicKey: { type: "tendermint/PubKeySecp256k1", value: "AhqusObN" },
    secret: { kind: "private", hex: "07".repeat(32) },
  },
  {
    name: "team",
    type: "multi",
    publicKey: {
      type: "tendermint/PubKeyMultisigThreshold",
      value: { threshold: "1", pubkeys: [] },
    },
  },
];

async function readKeyring(home: string, name: string): Promise<void> {
  const keyring = new Keyring(home, "test");
  for (const key of keyring.list()) must(key.name.length > 0, () => "a key without a name");
  const { type } = keyring.need(name);
  if (type === "local") await keyring.secret(name);
}

/** The keyring asks for its password when it must, so that its reader is asynchronous. */
function keyringTarget(): Target<FileInput> {
  const home = makeFolder();
  const pathOf = (name: string): string => join(home, "keyring-test", `${name}.json`);
  const names = KEYS.map((key) => (key as { name: string }).name);
  mkdirSync(dirname(pathOf("a")), { recursive: true });
  const put = (name: string): void =>
    writeFileSync(pathOf(name), JSON.stringify(KEYS[names.indexOf(name)]));
  for (const name of names) put(name);
  return {
    make: (random) => {
      const value = random.of(KEYS);
      const path = (value as { name: string }).name;
      return { path, text: mutateJsonText(value, random, random.of(KEYS)) };
    },
    run: async ({ path: name, text }) => {
      writeFileSync(pathOf(name), text);
      try {
        await readKeyring(home, name);
        return true;
      } catch (error) {
        if (!(error instanceof CliFailure)) throw error;
        return false;
      } finally {
        put(name);
      }
    },
    show: ({ path, text }) => `${path} ${text}`,
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Decoders of this file. */
export const FILE_DECODERS: readonly Decoder[] = [
  { name: "genesis", what: "genesis documents, checked module by module", open: genesisTarget },
  { name: "initchain", what: "InitChain with a mutated app state", share: 0.05, open: initTarget },
  {
    name: "home",
    what: "validator key, node key, last-sign state, engine of a home",
    share: 0.2,
    open: () => fileTarget(writeKeys, readKeyFiles),
  },
  { name: "keyring", what: "key files of the command line", share: 0.2, open: keyringTarget },
];
