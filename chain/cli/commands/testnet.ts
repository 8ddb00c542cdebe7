// testnet init: homes of a network of validators on this machine.

import { Bip39, Random } from "@cosmjs/crypto";
import { resolve } from "node:path";
import { preset } from "../../../genesis/index.ts";
import { makeTestnet } from "../../node/cometbft/testnet.ts";
import { parseDuration } from "../../node/config/config.ts";
import { fastPlatform } from "../../node/platform.ts";
import type { Call, CommandCode } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import { Keyring } from "../keyring.ts";
import type { KeyRecord } from "../keyring.ts";
import { table, toJsonText } from "../output.ts";
import { addressOf, DEFAULT_PATH, recordFromSecret } from "../signers.ts";
import { accountsOf, presetOf } from "./init.ts";

const MAX_VALIDATORS = 100;
/** Names of the keys that are funded unless the call names accounts of its own. */
const FUNDED = ["alice", "bob"];
/** Of each denom of the preset. */
const FUNDS = 1_000_000_000_000n;
const FIRST_PORT = 26657n;

function countOf(call: Call): number {
  const count = call.args.integer("validators") ?? 4n;
  if (count < 1n || count > BigInt(MAX_VALIDATORS))
    throw new UsageFailure(`--validators is a number from 1 to ${MAX_VALIDATORS}, got ${count}`);
  return Number(count);
}

function blockTimeOf(call: Call): string | undefined {
  const text = call.args.value("block-time");
  if (text === undefined || parseDuration(text) !== undefined) return text;
  throw new UsageFailure(`--block-time is a time such as 1s or 500ms, got ${text}`);
}

/** Keys that every home of the network gets in its test keyring. */
async function makeKeys(): Promise<readonly KeyRecord[]> {
  const records: KeyRecord[] = [];
  for (const name of FUNDED) {
    const mnemonic = Bip39.encode(Random.getBytes(32)).toString();
    records.push(await recordFromSecret(name, { kind: "mnemonic", mnemonic, path: DEFAULT_PATH }));
  }
  return records;
}

/** testnet init --validators N. */
export const testnetInit: CommandCode = {
  async run(call) {
    const { args, out } = call;
    const keys = await makeKeys();
    const kind = presetOf(call);
    const { prefix, denoms } = preset(kind);
    const coins = denoms.map(({ denom }) => ({ denom, amount: FUNDS }));
    const spec = {
      folder: resolve(args.value("output-dir") ?? "testnet"),
      validators: countOf(call),
      preset: kind,
      chainId: args.value("chain-id"),
      startingPort: Number(args.integer("starting-port") ?? FIRST_PORT),
      blockTime: blockTimeOf(call),
      accounts: [
        ...keys.map((key) => ({ address: addressOf(key, prefix), coins })),
        ...accountsOf(call, prefix),
      ],
    };
    const nodes = makeTestnet(
      fastPlatform((sentence) => out.note(sentence)),
      spec,
    );
    for (const { home } of nodes) for (const key of keys) await new Keyring(home, "test").add(key);
    if (out.json) return out.line(toJsonText({ folder: spec.folder, nodes }));
    out.line(
      table(
        ["NODE", "RPC", "REST", "P2P", "ABCI"],
        nodes.map(({ name, ...ports }) => [
          name,
          ...[ports.rpc, ports.rest, ports.p2p, ports.abci].map(String),
        ]),
      ),
    );
    out.line(
      `\nKeys ${FUNDED.join(" and ")} are funded and lie in the test keyring of every home.\n` +
        `Start all:  ${spec.folder}/start.sh  (LEASEHOLD names the program: default leasehold)\n` +
        `Start one:  leasehold start --home ${nodes[0]?.home ?? ""}`,
    );
  },
};
