// The pages beside the queries: OpenAPI, the object for Keplr, metrics, health.

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rmSync } from "node:fs";
import { leaseholdParts } from "../../chain/app/index.ts";
import { servedQueries } from "../../chain/app/served.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { startCometNode } from "../../chain/node/cometbft/node.ts";
import { SILENT } from "../../chain/node/log.ts";
import { NodeMetrics } from "../../chain/node/metrics_node.ts";
import { Counter, Histogram, metricsText } from "../../chain/node/metrics.ts";
import { judgeHealth } from "../../chain/node/rest/pages.ts";
import type { PageParts } from "../../chain/node/rest/pages.ts";
import { SERVICES } from "../../chain/node/rpc/served.ts";
import { SourceError } from "../../chain/node/source.ts";
import type { SourceStatus } from "../../chain/node/source.ts";
import type { AppParts } from "../../chain/runtime/index.ts";
import { makeCometHome } from "../support/comet_node.ts";
import { callRpc, startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";
import { answerSchema, documentFaults, operationsOf, valueFaults } from "../support/openapi.ts";
import { restGet, restOf } from "../support/rest.ts";

const WORDS =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

interface World {
  readonly node: TestNode;
  readonly rest: string;
  readonly address: string;
  readonly hash: string;
}
const test = suite<World>("pages of REST");

test.before(async (context) => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: "gpu" });
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const coins = [{ denom: "ugpu", amount: 1_000_000_000n }];
  const node = await startTestNode({
    accounts: [{ address, coins }],
    prefix: "gpu",
    denoms: ["ugpu", "uusd"],
    app: { "minimum-gas-prices": '"0.0025ugpu"' },
  });
  const signing = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet, {
    broadcastPollIntervalMs: 50,
  });
  const fee = { amount: [{ denom: "ugpu", amount: "250" }], gas: "100000" };
  const send = (amount: string): ReturnType<typeof signing.sendTokens> =>
    signing.sendTokens(address, address, [{ denom: "ugpu", amount }], fee);
  const { transactionHash: hash } = await send("5");
  await send("999999999999");
  signing.disconnect();
  Object.assign(context, { node, rest: restOf(node), address, hash });
});
test.after(async ({ node }) => node?.remove());

test("the OpenAPI document is sound and has every query that is served", async ({ rest }) => {
  const document = (await restGet(rest, "/openapi.json")).json();
  assert.equal(documentFaults(document), []);
  const ids = new Set(operationsOf(document).map(({ node }) => node["operationId"]));
  const served = [...servedQueries().map(({ path }) => path), ...SERVICES.keys()];
  const absent = served.filter((path) => !ids.has(path.slice(1).replaceAll(/[./]/g, "_")));
  assert.equal(absent, ["/cosmos.auth.v1beta1.Query/AddressBytesToString"]);
  const text = JSON.stringify(document);
  assert.match(text, /"name":"pagination.limit","in":"query"/);
  assert.match(text, /Human-readable part of account addresses/);
});

test("a judge of documents finds what is wrong", () => {
  const operation = { operationId: "a", parameters: [], responses: { "200": {} } };
  const faults = documentFaults({
    openapi: "3.0.3",
    info: { title: "t", version: "1" },
    paths: { "/x/{a}": { get: operation }, "/x/{b}": { get: operation } },
    components: { schemas: { A: { $ref: "#/components/schemas/B" } } },
  });
  assert.is(faults.length, 5, faults.join("\n"));
});

test("answers have the form that the document says", async ({ rest, address, hash }) => {
  const document = (await restGet(rest, "/openapi.json")).json();
  const values: Readonly<Record<string, string>> = {
    address,
    hash,
    height: "2",
    denom: "ugpu",
    address_string: address,
    name: "escrow",
    id: "0",
    owner: address,
    payee: address,
    provider: address,
    grantee: address,
    granter: address,
  };
  const search: Readonly<Record<string, string>> = {
    "/cosmos/tx/v1beta1/txs": "?query=tx.height%3E0",
    "/cosmos/bank/v1beta1/denoms_metadata_by_query_string": "?denom=uusd",
    "/cosmos/bank/v1beta1/denom_owners_by_query": "?denom=ugpu",
    "/cosmos/base/tendermint/v1beta1/abci_query": "?path=/app/version",
    "/cosmos/auth/v1beta1/address_by_id/{id}": "?account_id=0",
    "/cosmos/authz/v1beta1/grants": `?granter=${address}&grantee=${address}`,
  };
  let judged = 0;
  for (const operation of operationsOf(document)) {
    if (operation.verb !== "get") continue;
    const path = operation.path.replace(/\{([^}]*)\}/g, (_, name: string) => values[name] ?? "1");
    const byDenom = path.endsWith("/by_denom") ? "?denom=ugpu" : "";
    const answer = await restGet(rest, path + (search[operation.path] ?? byDenom));
    const schema =
      answer.status === 200
        ? answerSchema(operation)
        : { $ref: "#/components/schemas/google.rpc.Status" };
    assert.equal(valueFaults(document, schema, answer.json()), [], operation.path);
    if (answer.status === 200) judged++;
    else {
      // The SDK says Internal of an allowance that is not there.
      const status = operation.path.includes("/feegrant/v1beta1/allowance/") ? 500 : 404;
      assert.is(answer.status, status, `${operation.path} ${answer.text}`);
    }
  }
  assert.ok(judged >= 45, `${judged} good answers`);
});

test("Keplr's object comes from the chain's state and the node's prices", async (world) => {
  const { rest, node } = world;
  const info = (await restGet(rest, "/chain-info/keplr")).json<Record<string, unknown>>();
  const gpu = { coinDenom: "GPU", coinMinimalDenom: "ugpu", coinDecimals: 6 };
  const usd = { coinDenom: "USD", coinMinimalDenom: "uusd", coinDecimals: 6 };
  const status = await callRpc<{ node_info: { network: string } }>(node.rpcUrl, "status");
  assert.equal(info["chainId"], status.node_info.network);
  assert.equal([info["rpc"], info["rest"]], [node.rpcUrl, rest]);
  assert.equal(info["bip44"], { coinType: 118 });
  assert.equal(info["bech32Config"], {
    bech32PrefixAccAddr: "gpu",
    bech32PrefixAccPub: "gpupub",
    bech32PrefixValAddr: "gpuvaloper",
    bech32PrefixValPub: "gpuvaloperpub",
    bech32PrefixConsAddr: "gpuvalcons",
    bech32PrefixConsPub: "gpuvalconspub",
  });
  assert.equal(info["stakeCurrency"], gpu);
  assert.equal(info["currencies"], [gpu, usd]);
  const gasPriceStep = { low: 0.0025, average: 0.005, high: 0.01 };
  assert.equal(info["feeCurrencies"], [{ ...gpu, gasPriceStep }]);
  const named = await fetch(`${rest}/chain-info/keplr`);
  assert.is(named.status, 200);
});

/** Values by name and labels; checks that every line has the form of the format. */
function readMetrics(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  const types = new Set<string>();
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("# HELP ")) continue;
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      assert.not(types.has(type[1] as string), `${line} occurs twice`);
      types.add(type[1] as string);
      continue;
    }
    const label = '[a-zA-Z_]+="(?:[^"\\\\\\n]|\\\\.)*"';
    const form = new RegExp(`^([a-z_]+)(\\{${label}(?:,${label})*\\})? (-?[0-9.e+-]+)$`);
    const match = form.exec(line);
    assert.ok(match !== null, line);
    const name = match[1] as string;
    assert.ok(types.has(name) || types.has(name.replace(/_(bucket|sum|count)$/, "")), line);
    values.set(`${name}${match[2] ?? ""}`, Number(match[3]));
  }
  return values;
}

test("metrics tell what the node did", async ({ rest, node }) => {
  const answer = await restGet(rest, "/metrics");
  assert.is(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const values = readMetrics(answer.text);
  const value = (name: string): number => values.get(name) ?? Number.NaN;
  assert.is(value('leasehold_transactions_total{codespace="",code="0"}'), 1);
  assert.is(value('leasehold_transactions_total{codespace="sdk",code="5"}'), 1);
  assert.ok(value("leasehold_height") >= 2);
  assert.ok(Math.abs(value("leasehold_height") - Number(node.engine.state.height)) < 20);
  assert.ok(value("leasehold_block_execution_seconds_count") >= 2);
  assert.ok(value("leasehold_block_interval_seconds_sum") > 0);
  assert.ok(value("leasehold_database_write_seconds_count") >= 2);
  assert.ok(value('leasehold_checked_total{kind="new",result="ok"}') >= 2);
  assert.ok(value('leasehold_requests_total{door="rest",status="200"}') > 40);
  assert.ok(value('leasehold_requests_total{door="rpc",status="200"}') > 2);
  assert.ok(value('leasehold_rpc_calls_total{method="abci_query",outcome="ok"}') >= 1);
  assert.ok(value('leasehold_signature_memo_total{result="hit"}') >= 2);
  assert.is(value("leasehold_quarantined_total"), 0);
  assert.is(value("leasehold_mempool_transactions"), 0);
  assert.ok(value('leasehold_memory_bytes{kind="rss"}') > 1e7);
  assert.ok(value('leasehold_event_loop_lag_seconds{quantile="0.99"}') >= 0);
});

test("the text of metrics: escapes, buckets add up", () => {
  const counter = new Counter("a_total", "h");
  counter.add({ x: 'q"\\\n' }, 2);
  counter.add({ x: 'q"\\\n' });
  const histogram = new Histogram("b", "h", [1, 2]);
  for (const one of [0.5, 1, 1.5, 7]) histogram.observe(one);
  const lines = metricsText([counter, histogram]).split("\n");
  assert.equal(lines, [
    "# HELP a_total h",
    "# TYPE a_total counter",
    'a_total{x="q\\"\\\\\\n"} 3',
    "# HELP b h",
    "# TYPE b histogram",
    'b_bucket{le="1"} 2',
    'b_bucket{le="2"} 3',
    'b_bucket{le="+Inf"} 4',
    "b_sum 10",
    "b_count 4",
    "",
  ]);
});

test("health: blocks advance, the node catches up, stalls, halts, cannot be asked", async () => {
  const base = { height: 5n, catchingUp: false, halted: undefined };
  const judge = async (
    status: object | Error,
    ageMs: number,
    maxBlockAge = 1000,
  ): Promise<readonly [boolean, string]> => {
    const metrics = new NodeMetrics();
    metrics.lastCommit = { height: 5n, at: Date.now() - ageMs };
    const source = {
      status: async (): Promise<SourceStatus> => {
        if (status instanceof Error) throw status;
        return { ...base, ...status } as SourceStatus;
      },
      peers: async () => 3,
    };
    const parts = { source, metrics, maxBlockAge } as unknown as PageParts;
    const { healthy, sentence } = await judgeHealth(parts);
    return [healthy, sentence];
  };
  assert.equal(await judge({}, 10), [true, "blocks advance"]);
  assert.equal(await judge({}, 5000), [false, "no block for 5 seconds"]);
  assert.equal(await judge({}, 5000, 0), [true, "blocks advance"]);
  assert.equal(await judge({ catchingUp: true }, 5000), [true, "catching up"]);
  assert.equal(await judge({ halted: "why" }, 10), [false, "the node has halted: why"]);
  assert.equal(await judge(new SourceError("gone"), 10), [false, "gone"]);
});

test("health of a node that runs, and of one that halted", async ({ rest }) => {
  for (const path of ["/health", "/ready"]) {
    const answer = await restGet(rest, path);
    assert.equal([answer.status, answer.json()["sentence"]], [200, "blocks advance"]);
    assert.is(answer.json()["peers"], 0);
  }
  const node = await startTestNode({ app: { "halt-height": "3" } });
  await node.halted;
  const answer = await restGet(restOf(node), "/health");
  assert.is(answer.status, 503);
  assert.match(answer.text, /the node has halted: halt-height 3 is reached/);
  await node.remove();
});

test("a node whose CometBFT is not there says so, and answers what it can", async () => {
  const { home, rest } = await makeCometHome({});
  const compose = (platform: Platform): AppParts => leaseholdParts(platform, "test");
  const node = await startCometNode({ home, compose, log: SILENT, supervise: false });
  const base = `http://127.0.0.1:${rest}`;
  assert.is(node.restUrl, base);
  for (const path of ["/health", "/ready"]) {
    const answer = await restGet(base, path);
    assert.is(answer.status, 503);
    assert.match(answer.text, /CometBFT at http:\/\/127.0.0.1:\d+ does not answer/);
  }
  const latest = await restGet(base, "/cosmos/base/tendermint/v1beta1/blocks/latest");
  assert.equal([latest.status, latest.json()["code"]], [503, 14]);
  const supply = await restGet(base, "/cosmos/bank/v1beta1/supply");
  assert.equal([supply.status, supply.json()["code"]], [400, 3]);
  assert.match(supply.text, /not ready; please wait for first block/);
  assert.is((await restGet(base, "/metrics")).status, 200);
  await node.stop();
  rmSync(home, { recursive: true, force: true });
});

test.run();
