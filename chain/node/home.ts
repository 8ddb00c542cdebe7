// A node's home directory: configuration, keys of the node, genesis. Written whole or not at all.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { AddressCodec } from "../base/address.ts";
import type { Coin } from "../base/coins.ts";
import type { Platform } from "../base/platform.ts";
import { fromNanos } from "../base/time.ts";
import { defaultAppState, leaseholdParts } from "../app/index.ts";
import { createRegistry } from "../codec/index.ts";
import type { Json } from "../codec/index.ts";
import { validateAppState } from "../runtime/index.ts";
import {
  buildGenesis,
  cometGenesis,
  formatGenesis,
  parseGenesis,
  preset,
  renameDenoms,
} from "../../genesis/index.ts";
import type { GenesisDocument, GenesisValidator, PresetName } from "../../genesis/index.ts";
import { claimedBy } from "./claim.ts";
import type { EngineKind } from "./claim.ts";
import { writeConfig } from "./config/config.ts";
import type { Overrides } from "./config/config.ts";
import { generateKeyPair, writeNodeKey, writeValidatorKey } from "./embedded/keys.ts";
import type { KeyPair } from "./embedded/keys.ts";
import { writeEmptySignState } from "./embedded/signer.ts";
import { isThere, makeFolder, readBytes, writeDurably } from "./files.ts";

/** What a new home is to be. */
export interface HomeSpec {
  readonly home: string;
  readonly moniker: string;
  readonly preset: PresetName;
  /** Default: the preset's. */
  readonly chainId?: string | undefined;
  readonly prefix?: string | undefined;
  /** Base denom first; default: the preset's. */
  readonly denoms?: readonly string[] | undefined;
  readonly accounts: readonly {
    readonly address: Uint8Array | string;
    readonly coins: readonly Coin[];
  }[];
  /** A genesis to use instead of building one. */
  readonly genesis?: GenesisDocument | undefined;
  readonly rpcPort: number;
  /** Local chains only: dev commands and fast blocks. */
  readonly dev: boolean;
  readonly keyringBackend: "test" | "file";
  /** What is to make the blocks; default embedded. */
  readonly engine?: EngineKind | undefined;
}

/** Where the genesis of a home lies. */
export function genesisPath(home: string): string {
  return join(home, "config", "genesis.json");
}

/** Where the genesis in CometBFT's form lies, below a home of that engine. */
export const COMET_GENESIS = "config/genesis.comet.json";

/** A genesis and the bytes that it was read from. */
export interface GenesisFile {
  readonly document: GenesisDocument;
  readonly bytes: Uint8Array;
}

/** Reads a file of JSON. Throws: Error that names it. */
export function readJson(path: string): { readonly json: Json; readonly bytes: Uint8Array } {
  const bytes = readBytes(path);
  if (bytes === undefined) throw new Error(`there is no genesis at ${path}; run init first`);
  try {
    return { json: JSON.parse(bytes.toString("utf8")) as Json, bytes };
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads the genesis of a home. Throws: Error that names the file; sdk/18 with the JSON path. */
export function readGenesis(home: string): GenesisFile {
  const { json, bytes } = readJson(genesisPath(home));
  return { document: parseGenesis(json), bytes };
}

/** Replaces the genesis of a home. Throws: Error when its chain has begun; sdk/18 when it is wrong. */
export function writeGenesis(platform: Platform, home: string, genesis: GenesisDocument): void {
  if (claimedBy(home) !== undefined)
    throw new Error(`the chain of ${home} has begun: its genesis cannot change any more`);
  checkAppState(platform, genesis);
  const text = JSON.stringify(formatGenesis(platform, genesis), undefined, 2);
  writeDurably(genesisPath(home), `${text}\n`);
}

/** Says that the genesis of a home is not the one that its chain began with; hashes as hex. */
export function otherGenesis(known: string, given: string): Error {
  return new Error(
    `config/genesis.json (SHA-256 ${given.slice(0, 16)}) is not the one that this chain began ` +
      `with (${known.slice(0, 16)}); put the old one back, or remove the data folder`,
  );
}

/** What a genesis is built from. */
export type GenesisWish = Pick<HomeSpec, "preset" | "chainId" | "prefix" | "denoms" | "accounts">;

/** Builds the genesis of a new chain that begins now. */
export function makeGenesis(
  wish: GenesisWish,
  validators: readonly GenesisValidator[],
): GenesisDocument {
  const kind = preset(wish.preset);
  const prefix = wish.prefix ?? kind.prefix;
  const codec = new AddressCodec(prefix);
  const accounts = wish.accounts.map(({ address, coins }) => ({
    address:
      typeof address === "string" ? codec.format(codec.parse(address)) : codec.format(address),
    coins,
  }));
  return buildGenesis(
    {
      chainId: wish.chainId ?? kind.chainId,
      genesisTime: fromNanos(BigInt(Date.now()) * 1_000_000n),
      prefix,
      denoms: renameDenoms(kind.denoms, wish.denoms ?? kind.denoms.map((one) => one.denom)),
      accounts,
      validators,
      params: kind.params,
    },
    defaultAppState(),
  );
}

/** Power of the only validator of a home that builds its own genesis. */
const SOLE_POWER = 1000n;

/** REST's usual port is as far from RPC's usual one as any REST port from its RPC port. */
const REST_DISTANCE = 26657 - 1317;

/** Address of REST in a new home, beside an address of RPC; a free port beside a free one. */
export function restAddress(rpcAddress: string): string {
  return rpcAddress.replace(/\d+$/, (port) => {
    const rpc = Number(port);
    if (rpc === 0) return port;
    return String(rpc > REST_DISTANCE + 1024 ? rpc - REST_DISTANCE : rpc + REST_DISTANCE);
  });
}

/** Time between blocks of a dev home; elsewhere CometBFT's usual second. */
const DEV_BLOCK_TIME = "500ms";

/**
 * Makes a home. Everything is checked before anything is written.
 * Throws: Error when the home is in use; sdk/18 with the JSON path when the genesis is wrong.
 */
export function initHome(platform: Platform, spec: HomeSpec, overwrite = false): GenesisDocument {
  requireNoHome(spec.home, overwrite);
  const validator = generateKeyPair(platform);
  const sole = { key: validator.publicKey, power: SOLE_POWER, name: spec.moniker };
  const genesis = spec.genesis ?? makeGenesis(spec, [sole]);
  checkAppState(platform, genesis);
  if (overwrite) rmSync(join(spec.home, "data"), { recursive: true, force: true });
  const minimum = spec.genesis === undefined ? preset(spec.preset).minGasPrices : "";
  const isComet = spec.engine === "comet";
  writeHome(platform, {
    home: spec.home,
    engine: spec.engine ?? "embedded",
    genesis,
    validator,
    node: generateKeyPair(platform),
    config: {
      moniker: spec.moniker,
      "rpc.laddr": `tcp://127.0.0.1:${spec.rpcPort}`,
      ...(spec.dev && !isComet ? { "consensus.timeout_commit": DEV_BLOCK_TIME } : {}),
    },
    app: { "minimum-gas-prices": minimum, dev: spec.dev && !isComet },
    keyringBackend: spec.keyringBackend,
  });
  return genesis;
}

/** Throws: Error when a home lies there that is not to be replaced. */
export function requireNoHome(home: string, overwrite: boolean): void {
  if (overwrite || !isThere(genesisPath(home))) return;
  throw new Error(
    `${home} is a home already; choose another --home, or replace it with --overwrite`,
  );
}

/** Everything that stands in a new home. */
export interface HomeFiles {
  readonly home: string;
  readonly engine: EngineKind;
  readonly genesis: GenesisDocument;
  readonly validator: KeyPair;
  readonly node: KeyPair;
  /** Settings that differ from the defaults; `rpc.laddr` is among them. */
  readonly config: Overrides;
  readonly app: Overrides;
  readonly keyringBackend: "test" | "file";
}

/** Writes a home; the genesis last, as it marks a home that is whole. */
export function writeHome(platform: Platform, files: HomeFiles): void {
  const { home, engine, genesis } = files;
  makeFolder(join(home, "config"));
  const genesisFile = engine === "comet" ? { genesis_file: COMET_GENESIS } : {};
  writeConfig(home, "config.toml", { ...genesisFile, ...files.config }, engine);
  const kind = engine === "comet" ? { "engine.kind": engine } : {};
  const rest = restAddress(String(files.config["rpc.laddr"]));
  const doors = { "api.enable": true, "api.address": rest };
  writeConfig(home, "app.toml", { ...kind, ...doors, ...files.app }, engine);
  writeConfig(home, "client.toml", {
    "chain-id": genesis.chainId,
    node: String(files.config["rpc.laddr"]).replace("127.0.0.1", "localhost"),
    prefix: prefixOf(genesis),
    "keyring-backend": files.keyringBackend,
  });
  writeValidatorKey(home, files.validator);
  writeNodeKey(home, files.node);
  writeEmptySignState(home);
  if (engine === "comet") {
    const text = JSON.stringify(cometGenesis(platform, genesis));
    writeDurably(join(home, COMET_GENESIS), text);
  }
  const text = `${JSON.stringify(formatGenesis(platform, genesis), undefined, 2)}\n`;
  writeDurably(genesisPath(home), text);
}

/** Checks every module's part of a genesis. Throws: sdk/18 with the JSON path. */
export function checkAppState(platform: Platform, genesis: GenesisDocument): void {
  const { modules } = leaseholdParts(platform, "");
  const registry = createRegistry(modules.flatMap((module) => module.types ?? []));
  validateAppState(modules, genesis.appState, registry, {
    addresses: new AddressCodec(prefixOf(genesis)),
  });
}

/** Address prefix that a genesis names. */
export function prefixOf(genesis: Pick<GenesisDocument, "appState">): string {
  const chain = genesis.appState["chain"] as { identity?: { bech32_prefix?: unknown } } | null;
  const prefix = chain?.identity?.bech32_prefix ?? preset("local").prefix;
  // What is no text has no address: the check of the module says what is wrong.
  return typeof prefix === "string" ? prefix : "";
}
