// What mutations found once: each input stands here by itself, with what it must come to.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { AddressBytesToStringRequest } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { QueryDeploymentsRequest } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  QueryLeasesRequest,
  QueryOffersRequest,
  QueryOrdersRequest,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { QueryProvidersRequest } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Json, MessageType } from "../../chain/codec/index.ts";
import { utf8 } from "../../chain/base/bytes.ts";
import { CliFailure } from "../../chain/cli/failure.ts";
import { Keyring } from "../../chain/cli/keyring.ts";
import { claimedBy } from "../../chain/node/claim.ts";
import { readSignState } from "../../chain/node/embedded/signer.ts";
import { decodeState, encodeState } from "../../chain/node/embedded/state.ts";
import { RECORD } from "../../chain/store/index.ts";
import type { TreeMultiStore } from "../../chain/store/index.ts";
import { encodeLatest, heightKey } from "../../chain/store/records.ts";
import { inspectSdl } from "../../client/sdl/index.ts";
import { defaultAppState, leaseholdParts } from "../../chain/app/index.ts";
import { parseQuery } from "../../chain/node/index/query.ts";
import { validateAppState } from "../../chain/runtime/index.ts";
import { createRegistry } from "../../chain/codec/index.ts";
import { buildGenesis, formatGenesis, parseGenesis, preset } from "../../genesis/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import type { TestDisk } from "../support/disk.ts";
import { testPlatform } from "../support/platform.ts";
import { NAMES, STATE, writeDisk } from "./targets/disk.ts";
import { TestChain } from "../support/chain.ts";
import { msg } from "../support/signing.ts";

const parts = leaseholdParts(testPlatform, "test");
const registry = createRegistry(parts.modules.flatMap((module) => module.types ?? []));
/** The genesis that `init` makes. */
const STARTER = buildGenesis(
  {
    ...preset("local"),
    genesisTime: { seconds: 1_800_000_000n, nanos: 0 },
    accounts: [],
    validators: [],
  },
  defaultAppState(parts),
);

test("addresses of up to 255 bytes have a text, and hold coins like others", () => {
  const chain = TestChain.create();
  const alice = chain.account("alice");
  for (const length of [1, 20, 32, 52, 53, 60, 255]) {
    const bytes = new Uint8Array(length).fill(length) as Address;
    const codec = new AddressCodec(chain.prefix);
    const toAddress = codec.format(bytes);
    assert.equal(codec.parse(toAddress), bytes, `${length} bytes`);
    const amount = [{ denom: "ulease", amount: "5" }];
    chain.must(alice, [msg(MsgSend, { fromAddress: alice.address, toAddress, amount })]);
    assert.is(chain.balance(bytes), 5n, `${length} bytes`);
  }
  const text = JSON.stringify(chain.client.app.exportGenesis());
  assert.match(text, new AddressCodec(chain.prefix).format(new Uint8Array(255).fill(255)));
  assert.equal(chain.client.app.brokenInvariants(), []);
});

function refusal<Q>(
  chain: TestChain,
  path: string,
  type: MessageType<Q>,
  request: Partial<Q>,
): string {
  const { code, log } = chain.client.query(path, type.encode(type.create(request)));
  assert.is.not(code, 0, path);
  return log;
}

test("queries by what cannot stand in a key are refused with a sentence", () => {
  const chain = TestChain.create();
  const owner = chain.account("alice").address;
  const state = -2;
  const market = "/leasehold.market.v1.Query";
  const deployments = "/leasehold.deployment.v1.Query/Deployments";
  for (const log of [
    refusal(chain, deployments, QueryDeploymentsRequest, { state }),
    refusal(chain, deployments, QueryDeploymentsRequest, { state, owner }),
    refusal(chain, `${market}/Orders`, QueryOrdersRequest, { state }),
    refusal(chain, `${market}/Leases`, QueryLeasesRequest, { state }),
    refusal(chain, `${market}/Leases`, QueryLeasesRequest, { state, provider: owner }),
    refusal(chain, "/leasehold.provider.v1.Query/Providers", QueryProvidersRequest, { state }),
  ])
    assert.match(log, /there is no state -2/);
  const provider = "\0";
  assert.match(
    refusal(chain, `${market}/Offers`, QueryOffersRequest, { provider }),
    /is not a bech32 address/,
  );
  const path = "/cosmos.auth.v1beta1.Query/AddressBytesToString";
  const addressBytes = new Uint8Array(256);
  assert.match(
    refusal(chain, path, AddressBytesToStringRequest, { addressBytes }),
    /max length is 255, got 256/,
  );
});

function loadDamaged(damage: (records: TestDisk["records"]) => void): () => TreeMultiStore {
  const { disk } = writeDisk();
  damage(disk.records);
  return () => disk.load(NAMES);
}

/** A chain whose genesis says this of a module. */
function chainWith(module: string, change: (part: JsonObject) => JsonObject): () => unknown {
  const appState = (state: JsonObject): JsonObject => ({
    ...state,
    [module]: change(state[module] as JsonObject),
  });
  return () => TestChain.create({ appState });
}

test("a genesis that no state can hold is refused with the module", () => {
  const most = (2n ** 64n - 1n).toString();
  assert.throws(
    chainWith("chain", (part) => ({ ...part, uptime_lag: most })),
    /app_state\.chain: .*uptime_lag/,
  );
  assert.throws(
    chainWith("market", (part) => ({ ...part, last_offer: most })),
    /app_state\.market: cannot be taken/,
  );
  const accounts = (part: JsonObject): Record<string, Json>[] => {
    const [first, ...rest] = part["accounts"] as Record<string, Json>[];
    return [{ ...first, account_number: most }, ...rest];
  };
  assert.throws(
    chainWith("auth", (part) => ({ ...part, accounts: accounts(part) })),
    /app_state\.auth: .*no number follows/,
  );
});

test("a genesis is refused without sending it back, and a module account has a base account", () => {
  const document = formatGenesis(testPlatform, STARTER);
  const refusal = (change: JsonObject): string => {
    try {
      const { appState } = parseGenesis({ ...document, ...change });
      validateAppState(parts.modules, appState, registry, { addresses: new AddressCodec("lease") });
    } catch (error) {
      assert.is((error as Error).name, "ChainError", String((error as Error).stack));
      return (error as Error).message;
    }
    throw new Error("it is taken");
  };
  const type = "tende".repeat(2000);
  const validator = { pub_key: { type, value: "AA==" }, power: "1" };
  assert.ok(refusal({ consensus: { validators: [validator] } }).length < 1500);
  assert.ok(refusal({ app_state: { ["a".repeat(9000)]: {} } }).length < 1500);
  const account = { "@type": "/cosmos.auth.v1beta1.ModuleAccount", name: "x", permissions: [] };
  assert.match(refusal({ app_state: { auth: { accounts: [account] } } }), /app_state\.auth: /);
});

test("an initial height beyond exact JSON numbers comes back", () => {
  const initialHeight = 2n ** 53n;
  const json = JSON.stringify(formatGenesis(testPlatform, { ...STARTER, initialHeight }));
  assert.is(parseGenesis(JSON.parse(json) as Json).initialHeight, initialHeight);
});

test("event queries with half a character are refused", () => {
  for (const query of ["block.height\udc00>1", "a='\ud800'"])
    assert.throws(
      () => parseQuery(query),
      (error: Error) => error.name === "QueryError",
    );
});

test("an SDL file is refused without sending it back", () => {
  const text = `%YAML 1.2${"version".repeat(900)}\n---\nversion: "2.0"\n`;
  const { errors } = inspectSdl("long.yaml", text);
  assert.ok(errors.length > 0);
  for (const { message } of errors) assert.ok(message.length < 500, `${message.length}`);
});

test("records on disk that a process cannot have left are named, not followed", () => {
  assert.is(loadDamaged(() => undefined)().height, 9n);
  const latest = Uint8Array.of(RECORD.latest);
  const lastChanges = heightKey(RECORD.changes, 8n, 0);
  for (const [expected, damage] of [
    [/commit record of height 1$/, (records) => records.delete(latest)],
    [/height 3, and has a commit record/, (records) => records.set(latest, encodeLatest(3n, 1n))],
    [/acc are not in order/, (records) => records.set(lastChanges, utf8("\u0000\u0001b\0\u0001a"))],
    [/acc are not in order/, (records) => records.set(lastChanges, Uint8Array.of(0, 0))],
  ] as readonly (readonly [RegExp, (records: TestDisk["records"]) => void])[])
    assert.throws(loadDamaged(damage), (error: Error) => {
      assert.is(error.name, "DamagedState", String(error.stack));
      return expected.test(error.message);
    });
});

test("the engine's record of its state is what was written, or is refused", () => {
  const right = encodeState(testPlatform, STATE);
  assert.is(encodeState(testPlatform, decodeState(testPlatform, right)), right);
  const old = `${right.slice(0, right.indexOf(',"digest"'))}}`;
  const older = decodeState(testPlatform, old);
  assert.is(encodeState(testPlatform, older), right, "homes of 0.1.0 have no digest");
  for (const text of [
    "",
    "null",
    "{}",
    right.replace('"height":"12"', '"height":"13"'),
    `${right} `,
  ])
    assert.throws(() => decodeState(testPlatform, text), /is not what was written/, text);
});

const KEY_FILES: readonly (readonly [text: string, expected: RegExp])[] = [
  ["null", /does not hold the key a/],
  ["{", /cannot be read/],
  ['{"name":"b","type":"local","publicKey":{"type":"x"}}', /does not hold the key a/],
  ['{"name":"a","type":"local","publicKey":null}', /does not hold the key a/],
  ['{"name":"a","type":"local","publicKey":{"type":"x"},"sealed":{}}', /does not hold the key a/],
  ['{"name":"a","type":"local","publicKey":{"type":"x"},"secret":5}', /does not hold the key a/],
];

test("a key file that somebody changed is named, whatever it holds", async () => {
  const home = mkdtempSync(join(tmpdir(), "leasehold-found-"));
  mkdirSync(join(home, "keyring-test"));
  for (const [text, expected] of KEY_FILES) {
    writeFileSync(join(home, "keyring-test", "a.json"), text);
    const keyring = new Keyring(home, "test");
    const failure: unknown = await keyring.secret("a").catch((error: unknown) => error);
    assert.instance(failure, CliFailure, text);
    assert.match((failure as Error).message, expected);
  }
  mkdirSync(join(home, "data"));
  for (const text of ["", "null", "{", '{"engine":5}', '{"engine":""}']) {
    writeFileSync(join(home, "data", "engine.json"), text);
    assert.throws(() => claimedBy(home), /does not name an engine/, text);
  }
  const state = (json: object): void =>
    writeFileSync(join(home, "data", "priv_validator_state.json"), JSON.stringify(json));
  for (const json of [
    { height: "1", round: -1, step: 3 },
    { height: "1", round: 2 ** 40, step: 3 },
  ]) {
    state(json);
    assert.throws(() => readSignState(home), /not a last-sign state/);
  }
  rmSync(home, { recursive: true, force: true });
});

test.run();
