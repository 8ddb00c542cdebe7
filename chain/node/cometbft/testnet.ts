// Homes of a network of validators on one machine: one genesis, keys and ports of their own, everybody
// a persistent peer of everybody.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../base/bytes.ts";
import type { Coin } from "../../base/coins.ts";
import type { Platform } from "../../base/platform.ts";
import { preset } from "../../../genesis/index.ts";
import type { GenesisDocument, PresetName } from "../../../genesis/index.ts";
import { generateKeyPair } from "../embedded/keys.ts";
import type { KeyPair } from "../embedded/keys.ts";
import { isThere } from "../files.ts";
import { checkAppState, makeGenesis, writeHome } from "../home.ts";

/** Ports of one node, one after the other. */
const PORTS = ["rpc", "p2p", "abci", "rest"] as const;
/** Ports from one node to the next. */
export const PORT_STEP = 10;
/** Power of each validator. */
const POWER = 1000n;

/** What a network is to be. */
export interface TestnetSpec {
  readonly folder: string;
  /** 1 to 100. */
  readonly validators: number;
  readonly preset: PresetName;
  readonly chainId?: string | undefined;
  readonly accounts: readonly { readonly address: string; readonly coins: readonly Coin[] }[];
  /** RPC port of the first node; each node takes four, ten further on. */
  readonly startingPort: number;
  /** Time between blocks, as config.toml writes it; default 1s. */
  readonly blockTime?: string | undefined;
}

/** One node of a network that was made. */
export interface TestnetNode {
  readonly name: string;
  readonly home: string;
  readonly rpc: number;
  readonly p2p: number;
  readonly abci: number;
  readonly rest: number;
}

/** Where the nodes of a network lie, and their ports. */
export function testnetNodes(
  spec: Pick<TestnetSpec, "folder" | "validators" | "startingPort">,
): readonly TestnetNode[] {
  return Array.from({ length: spec.validators }, (_, index) => {
    const first = spec.startingPort + index * PORT_STEP;
    const [rpc = 0, p2p = 0, abci = 0, rest = 0] = PORTS.map((_name, at) => first + at);
    const name = `node${index}`;
    return { name, home: join(spec.folder, name), rpc, p2p, abci, rest };
  });
}

/**
 * Makes the homes and a script that runs them all. Everything is checked before anything is written.
 * Throws: Error when something lies in the folder, or a port would be beyond 65535.
 */
export function makeTestnet(platform: Platform, spec: TestnetSpec): readonly TestnetNode[] {
  const nodes = testnetNodes(spec);
  requireSound(spec, nodes);
  const keys = nodes.map(() => ({
    validator: generateKeyPair(platform),
    node: generateKeyPair(platform),
  }));
  const genesis = makeGenesis(
    { ...spec, prefix: undefined, denoms: undefined },
    nodes.map(({ name }, index) => ({ name, power: POWER, key: keyOf(keys, index) })),
  );
  checkAppState(platform, genesis);
  const peers = nodes.map(
    ({ p2p }, index) => `${toHex(keys[index]?.node.address ?? EMPTY)}@127.0.0.1:${p2p}`,
  );
  for (const [index, node] of nodes.entries()) {
    const pair = keys[index];
    if (pair === undefined) continue;
    const others = peers.filter((_, at) => at !== index).join(",");
    writeNode(platform, spec, genesis, node, pair, others);
  }
  writeFileSync(join(spec.folder, "start.sh"), startScript(nodes), { mode: 0o755 });
  return nodes;
}

const EMPTY = new Uint8Array(0);

function keyOf(keys: readonly { readonly validator: KeyPair }[], index: number): Uint8Array {
  return keys[index]?.validator.publicKey ?? EMPTY;
}

function requireSound(spec: TestnetSpec, nodes: readonly TestnetNode[]): void {
  const taken = nodes.find(({ home }) => isThere(home));
  if (taken !== undefined)
    throw new Error(`${taken.home} is there already; remove it, or choose another --output-dir`);
  const last = nodes.at(-1)?.rest ?? 0;
  if (spec.startingPort < 1 || last > 65535)
    throw new Error(`ports ${spec.startingPort} to ${last} are not all between 1 and 65535`);
}

function writeNode(
  platform: Platform,
  spec: TestnetSpec,
  genesis: GenesisDocument,
  node: TestnetNode,
  keys: { readonly validator: KeyPair; readonly node: KeyPair },
  peers: string,
): void {
  writeHome(platform, {
    home: node.home,
    engine: "comet",
    genesis,
    ...keys,
    config: {
      moniker: node.name,
      proxy_app: `tcp://127.0.0.1:${node.abci}`,
      "rpc.laddr": `tcp://127.0.0.1:${node.rpc}`,
      "p2p.laddr": `tcp://127.0.0.1:${node.p2p}`,
      "p2p.persistent_peers": peers,
      "p2p.persistent_peers_max_dial_period": "5s",
      // All nodes are on one host.
      "p2p.addr_book_strict": false,
      "p2p.allow_duplicate_ip": true,
      "consensus.timeout_commit": spec.blockTime ?? "1s",
    },
    app: {
      "minimum-gas-prices": preset(spec.preset).minGasPrices,
      "comet.supervise": true,
      "api.enable": true,
      "api.address": `tcp://127.0.0.1:${node.rest}`,
    },
    keyringBackend: "test",
  });
}

/** A shell script that runs every node, and starts again whichever ends, until it is stopped. */
function startScript(nodes: readonly TestnetNode[]): string {
  const names = nodes.map(({ name }) => name).join(" ");
  return `#!/bin/sh
# Made by leasehold testnet init. Runs every node of this folder with its CometBFT as a child, starts
# again whichever ends, and stops all on Ctrl-C. Lines of each node go to NODE.log beside its home.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
leasehold=\${LEASEHOLD:-leasehold}
run() {
  child=
  trap '[ -z "$child" ] || kill -TERM "$child"; wait; exit 0' INT TERM
  while :; do
    "$leasehold" start --home "$here/$1" >>"$here/$1.log" 2>&1 &
    child=$!
    wait "$child"
    child=
    sleep 1
  done
}
pids=
for name in ${names}; do
  run "$name" &
  pids="$pids $!"
done
trap 'trap "" INT TERM; kill -TERM $pids; wait; exit 0' INT TERM
wait
`;
}
