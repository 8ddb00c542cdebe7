// genesis.json in both forms, the presets through the pure builder, and the JSON path of what is wrong.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec } from "../../chain/base/address.ts";
import { defaultAppState, leaseholdParts, servedMessages } from "../../chain/app/index.ts";
import { createRegistry } from "../../chain/codec/index.ts";
import type { Json } from "../../chain/codec/index.ts";
import { validateAppState } from "../../chain/runtime/index.ts";
import {
  buildGenesis,
  cometGenesis,
  formatGenesis,
  parseGenesis,
  preset,
  PRESETS,
  renameDenoms,
} from "../../genesis/index.ts";
import type { GenesisDocument, PresetName } from "../../genesis/index.ts";
import { testPlatform } from "../support/platform.ts";
import { makeSigner } from "../support/signing.ts";

const parts = leaseholdParts(testPlatform, "test");
const registry = createRegistry([
  ...servedMessages(),
  ...parts.modules.flatMap((module) => module.types ?? []),
]);

function build(name: PresetName, prefix?: string, denoms?: readonly string[]): GenesisDocument {
  const kind = preset(name);
  const owner = makeSigner("owner", prefix ?? kind.prefix).address;
  const named = denoms === undefined ? kind.denoms : renameDenoms(kind.denoms, denoms);
  return buildGenesis(
    {
      chainId: kind.chainId,
      genesisTime: { seconds: 1_800_000_000n, nanos: 5 },
      prefix: prefix ?? kind.prefix,
      denoms: named,
      accounts: [{ address: owner, coins: named.map(({ denom }) => ({ denom, amount: 5n })) }],
      validators: [{ key: new Uint8Array(32).fill(9), power: 1000n, name: "one" }],
      params: kind.params,
    },
    defaultAppState(parts),
  );
}

function validate(state: Json, prefix = "lease"): void {
  const env = { addresses: new AddressCodec(prefix) };
  validateAppState(parts.modules, state as { readonly [name: string]: Json }, registry, env);
}

/** A deep copy of a document as JSON, to be spoilt. */
function copy(document: GenesisDocument): Record<string, Json> {
  return JSON.parse(JSON.stringify(formatGenesis(testPlatform, document))) as Record<string, Json>;
}

/** Sets a value at a path of names and indexes. */
function spoil(json: Json, path: readonly (string | number)[], value: Json | undefined): void {
  let at = json as unknown as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  if (value === undefined) delete at[last];
  else at[last] = value;
}

for (const name of PRESETS)
  test(`preset ${name} builds, validates, and reads back as it was written`, () => {
    const document = build(name);
    validate(document.appState);
    const again = parseGenesis(formatGenesis(testPlatform, document));
    assert.equal(again, document);
    assert.is(document.chainId, `leasehold-${name}-1`);
    const bank = document.appState["bank"] as {
      denom_metadata: { base: string; display: string }[];
    };
    assert.equal(
      [bank.denom_metadata[0]?.base, bank.denom_metadata[0]?.display],
      ["ulease", "LEASE"],
    );
  });

test("another prefix and other denoms come from the spec alone", () => {
  const document = build("local", "cosmos", ["ustake", "uatom"]);
  validate(document.appState, "cosmos");
  const chain = document.appState["chain"] as { identity: object };
  assert.equal(chain.identity, { bech32_prefix: "cosmos", base_denom: "ustake" });
  assert.throws(() => validate(document.appState, "lease"), /genesis app_state\.(auth|bank)/);
});

test("the older form with parameters and validators at the top is read alike", () => {
  const document = build("local");
  const old = copy(document);
  const consensus = old["consensus"] as { params: Json; validators: Json };
  delete old["consensus"];
  old["consensus_params"] = consensus.params;
  old["validators"] = consensus.validators;
  old["initial_height"] = "1";
  assert.equal(parseGenesis(old), document);
  assert.is(cometGenesis(testPlatform, document)["initial_height"], "1");
});

test("what is wrong is named by its JSON path", () => {
  const document = build("local");
  for (const [path, value, expected] of [
    [["genesis_time"], "yesterday", /genesis_time/],
    [["chain_id"], "", /chain_id/],
    [["surprise"], 1, /surprise/],
    [["consensus", "validators", 0, "pub_key", "value"], "AA==", /validators\[0\]\.pub_key\.value/],
    [["consensus", "validators", 0, "power"], "0", /validators\[0\]\.power/],
    [["consensus", "params", "block", "max_bytes"], "many", /params\.block\.max_bytes/],
    [["app_state"], [], /app_state/],
  ] as const) {
    const json = copy(document);
    spoil(json, path, value as Json);
    assert.throws(() => parseGenesis(json), expected, path.join("."));
  }
});

test("app state is checked module by module before anything is written", () => {
  const document = build("local");
  const cases: readonly (readonly [readonly (string | number)[], Json, RegExp])[] = [
    [["stranger"], {}, /app_state\.stranger: no module/],
    [["bank", "balances", 0, "coins", 0, "amount"], "-5", /app_state\.bank/],
    [["bank", "balances", 0, "address"], "lease1", /app_state\.bank/],
    [["bank", "supply", 0, "amount"], "6", /supply is incorrect/],
    [["bank", "denom_metadata", 0, "display"], "ELSE", /denom_metadata\[0\]/],
    [["auth", "params", "tx_sig_limit"], "0", /app_state\.auth: invalid tx signature limit/],
    [["auth", "accounts", 0, "@type"], "/cosmos.bank.v1beta1.MsgSend", /accounts\[0\]/],
    [["chain", "params", "max_block_gap"], "0", /max_block_gap is 0, must be 1 to 86400/],
    [["chain", "identity", "bech32_prefix"], "UPPER", /identity\.bech32_prefix/],
    [["chain", "params", "unknown"], "1", /app_state\.chain/],
  ];
  for (const [path, value, expected] of cases) {
    const state = copy(document)["app_state"] as Json;
    spoil(state, path, value);
    assert.throws(() => validate(state), expected, path.join("."));
  }
});

test.run();
