// A node's home directory: configuration, keys of the node, genesis. Written whole or not at all.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
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
  formatGenesis,
  parseGenesis,
  preset,
  renameDenoms,
} from "../../genesis/index.ts";
import type { GenesisDocument, GenesisValidator, PresetName } from "../../genesis/index.ts";
import { writeConfig } from "./config/config.ts";
import { generateKeyPair, writeNodeKey, writeValidatorKey } from "./embedded/keys.ts";
import { writeEmptySignState } from "./embedded/signer.ts";
import { writeDurably } from "./files.ts";

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
}

/** Where the genesis of a home lies. */
export function genesisPath(home: string): string {
  return join(home, "config", "genesis.json");
}

/** A genesis and the bytes that it was read from. */
export interface GenesisFile {
  readonly document: GenesisDocument;
  readonly bytes: Uint8Array;
}

/** Reads the genesis of a home. Throws: Error that names the file; sdk/18 with the JSON path. */
export function readGenesis(home: string): GenesisFile {
  const path = genesisPath(home);
  if (!existsSync(path)) throw new Error(`there is no genesis at ${path}; run init first`);
  const bytes = readFileSync(path);
  let json: Json;
  try {
    json = JSON.parse(bytes.toString("utf8")) as Json;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${String(error)}`, { cause: error });
  }
  return { document: parseGenesis(json), bytes };
}

function makeGenesis(spec: HomeSpec, validator: GenesisValidator): GenesisDocument {
  const kind = preset(spec.preset);
  const prefix = spec.prefix ?? kind.prefix;
  const codec = new AddressCodec(prefix);
  const accounts = spec.accounts.map(({ address, coins }) => ({
    address:
      typeof address === "string" ? codec.format(codec.parse(address)) : codec.format(address),
    coins,
  }));
  return buildGenesis(
    {
      chainId: spec.chainId ?? kind.chainId,
      genesisTime: fromNanos(BigInt(Date.now()) * 1_000_000n),
      prefix,
      denoms: renameDenoms(kind.denoms, spec.denoms ?? kind.denoms.map((one) => one.denom)),
      accounts,
      validators: [validator],
      params: kind.params,
    },
    defaultAppState(),
  );
}

/** Power of the only validator of a home that builds its own genesis. */
const SOLE_POWER = 1000n;

/** REST's usual port beside RPC's usual one, a neighbour of any other, a free one beside a free one. */
export function restPort(rpcPort: number): number {
  if (rpcPort === 0) return 0;
  return rpcPort === 26657 || rpcPort > 65525 ? 1317 : rpcPort + 10;
}

/** Time between blocks of a dev home; elsewhere CometBFT's usual second. */
const DEV_BLOCK_TIME = "500ms";

/**
 * Makes a home. Everything is checked before anything is written.
 * Throws: Error when the home is in use; sdk/18 with the JSON path when the genesis is wrong.
 */
export function initHome(platform: Platform, spec: HomeSpec, overwrite = false): GenesisDocument {
  if (existsSync(genesisPath(spec.home)) && !overwrite) {
    throw new Error(
      `${spec.home} is a home already; choose another --home, or replace it with --overwrite`,
    );
  }
  const pair = generateKeyPair(platform);
  const validator = { key: pair.publicKey, power: SOLE_POWER, name: spec.moniker };
  const genesis = spec.genesis ?? makeGenesis(spec, validator);
  checkAppState(platform, genesis);
  const text = `${JSON.stringify(formatGenesis(platform, genesis), undefined, 2)}\n`;
  if (overwrite) rmSync(join(spec.home, "data"), { recursive: true, force: true });
  mkdirSync(join(spec.home, "config"), { recursive: true });
  const laddr = `tcp://127.0.0.1:${spec.rpcPort}`;
  const minimum = spec.genesis === undefined ? preset(spec.preset).minGasPrices : "";
  writeConfig(spec.home, "config.toml", {
    moniker: spec.moniker,
    "rpc.laddr": laddr,
    ...(spec.dev ? { "consensus.timeout_commit": DEV_BLOCK_TIME } : {}),
  });
  writeConfig(spec.home, "app.toml", {
    "minimum-gas-prices": minimum,
    dev: spec.dev,
    "api.enable": true,
    "api.address": `tcp://127.0.0.1:${restPort(spec.rpcPort)}`,
  });
  writeConfig(spec.home, "client.toml", {
    "chain-id": genesis.chainId,
    node: laddr.replace("127.0.0.1", "localhost"),
    prefix: prefixOf(genesis),
    "keyring-backend": spec.keyringBackend,
  });
  writeValidatorKey(spec.home, pair);
  writeNodeKey(spec.home, generateKeyPair(platform));
  writeEmptySignState(spec.home);
  writeDurably(genesisPath(spec.home), text);
  return genesis;
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
export function prefixOf(genesis: GenesisDocument): string {
  const chain = genesis.appState["chain"] as { identity?: { bech32_prefix?: string } } | undefined;
  return chain?.identity?.bech32_prefix ?? preset("local").prefix;
}
