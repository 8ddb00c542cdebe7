// REST as the gRPC gateway answers it: each route's JSON against what the published cosmjs-types read
// from the same query over abci_query, the habits of wallets that know REST only, and refusals.

import { toBase64, toBech32 } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import * as auth from "cosmjs-types/cosmos/auth/v1beta1/query";
import * as bank from "cosmjs-types/cosmos/bank/v1beta1/query";
import * as nodeService from "cosmjs-types/cosmos/base/node/v1beta1/query";
import * as tendermint from "cosmjs-types/cosmos/base/tendermint/v1beta1/query";
import * as consensus from "cosmjs-types/cosmos/consensus/v1/query";
import * as txService from "cosmjs-types/cosmos/tx/v1beta1/service";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";
import { restGet, restOf, restPost } from "../support/rest.ts";

const WORDS =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

interface World {
  readonly node: TestNode;
  readonly rest: string;
  readonly address: string;
  readonly signing: SigningStargateClient;
  readonly comet: Comet38Client;
  readonly hash: string;
  readonly height: number;
}
const test = suite<World>("REST as the gateway answers");

test.before(async (context) => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(WORDS, { prefix: "lease" });
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  const denoms = ["ulease", "uusd"];
  const coins = denoms.map((denom) => ({ denom, amount: 1_000_000_000n }));
  // The chain stands still while two doors are compared.
  const config = { create_empty_blocks: "false" };
  const node = await startTestNode({ accounts: [{ address, coins }], config });
  const signing = await SigningStargateClient.connectWithSigner(node.rpcUrl, wallet, {
    broadcastPollIntervalMs: 50,
  });
  const comet = await Comet38Client.connect(node.rpcUrl);
  const fee = { amount: [], gas: "100000" };
  const amount = [{ denom: "ulease", amount: "5" }];
  const { transactionHash: hash, height } = await signing.sendTokens(address, address, amount, fee);
  while (node.engine.state.height <= height) await new Promise((go) => setTimeout(go, 50));
  Object.assign(context, { node, rest: restOf(node), address, signing, comet, hash, height });
});
test.after(async ({ node, signing, comet }) => {
  signing?.disconnect();
  comet?.disconnect();
  await node?.remove();
});

interface Codec {
  encode(value: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  fromPartial(value: object): unknown;
  toJSON(value: never): unknown;
}

/** Names in camel case; nothing that is a default; an Any by its type alone; names of enums aside. */
function plain(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => plain(one));
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return Date.parse(value);
  if (typeof value === "string" && /^\d+s$/.test(value)) return { seconds: value.slice(0, -1) };
  if (value === null || value === "" || value === 0 || value === "0" || value === false)
    return undefined;
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as object);
  const type = entries.find(([name]) => name === "@type" || name === "typeUrl")?.[1] as unknown;
  if (typeof type === "string") return `Any ${type}`;
  const kept = entries
    .map(([name, item]) => {
      const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return [camel, plain(item, camel)] as const;
    })
    .filter(([, item]) => item !== undefined);
  return kept.length === 0 && key !== "" ? undefined : Object.fromEntries(kept);
}

async function overAbci(
  comet: Comet38Client,
  path: string,
  request: Codec,
  response: Codec,
  given: object,
): Promise<unknown> {
  const data = request.encode(request.fromPartial(given) as never).finish();
  const answer = await comet.abciQuery({ path, data });
  assert.is(answer.code, 0, answer.log);
  return plain(response.toJSON(response.decode(answer.value) as never));
}

type Module = Readonly<Record<string, unknown>>;
/** URL, the module of cosmjs-types, gRPC service and method, and the same request as an object. */
type Row = readonly [url: string, types: Module, service: string, method: string, given: object];

/** Request or response type of a method: `QueryBalanceRequest`, `GetTxResponse`. */
function typeOf(types: Module, method: string, end: "Request" | "Response"): Codec {
  return (types[`Query${method}${end}`] ?? types[`${method}${end}`]) as Codec;
}

const ADDRESS_BYTES = Uint8Array.from({ length: 20 }, (_, i) => i * 13);
const PAGE = { limit: 1n, reverse: true, countTotal: true };
const PAGED = "pagination.limit=1&pagination.reverse=true&pagination.count_total=true";

function authRows(address: string): readonly Row[] {
  const query = "cosmos.auth.v1beta1.Query";
  const path = "/cosmos/auth/v1beta1";
  const row = (url: string, method: string, given: object = {}): Row => {
    return [`${path}/${url}`, auth, query, method, given];
  };
  return [
    row(`accounts/${address}`, "Account", { address }),
    row(`account_info/${address}`, "AccountInfo", { address }),
    row("params", "Params"),
    row(`accounts?${PAGED}`, "Accounts", { pagination: PAGE }),
    row("module_accounts", "ModuleAccounts"),
    row("address_by_id/0?account_id=0", "AccountAddressByID"),
    row("bech32", "Bech32Prefix"),
    row(`bech32/${address}`, "AddressStringToBytes", { addressString: address }),
    row(`bech32/${encodeURIComponent(toBase64(ADDRESS_BYTES))}`, "AddressBytesToString", {
      addressBytes: ADDRESS_BYTES,
    }),
  ];
}

function bankRows(address: string): readonly Row[] {
  const row = (url: string, method: string, given: object = {}): Row => {
    return [`/cosmos/bank/v1beta1/${url}`, bank, "cosmos.bank.v1beta1.Query", method, given];
  };
  const limited = { address, pagination: { limit: 1000n } };
  return [
    row(`balances/${address}?pagination.limit=1000`, "AllBalances", limited),
    row(`balances/${address}?${PAGED}`, "AllBalances", { address, pagination: PAGE }),
    row(`balances/${address}/by_denom?denom=uusd`, "Balance", { address, denom: "uusd" }),
    row(`spendable_balances/${address}`, "SpendableBalances", { address }),
    row("supply", "TotalSupply"),
    row("supply/by_denom?denom=ulease", "SupplyOf", { denom: "ulease" }),
    row("params", "Params"),
    row("denoms_metadata/ulease", "DenomMetadata", { denom: "ulease" }),
    row("denoms_metadata", "DenomsMetadata"),
    row("denom_owners/ulease", "DenomOwners", { denom: "ulease" }),
    row("send_enabled?denoms=a/b&denoms=uusd", "SendEnabled", { denoms: ["a/b", "uusd"] }),
  ];
}

function nodeRows(height: number): readonly Row[] {
  const row = (url: string, method: string, given: object = {}): Row => {
    const path = `/cosmos/base/tendermint/v1beta1/${url}`;
    return [path, tendermint, "cosmos.base.tendermint.v1beta1.Service", method, given];
  };
  const config = "/cosmos/base/node/v1beta1/config";
  return [
    ["/cosmos/consensus/v1/params", consensus, "cosmos.consensus.v1.Query", "Params", {}],
    [config, nodeService, "cosmos.base.node.v1beta1.Service", "Config", {}],
    row("node_info", "GetNodeInfo"),
    row("syncing", "GetSyncing"),
    row("blocks/latest", "GetLatestBlock"),
    row(`blocks/${height}`, "GetBlockByHeight", { height: BigInt(height) }),
    row("validatorsets/latest", "GetLatestValidatorSet"),
    row("validatorsets/1", "GetValidatorSetByHeight", { height: 1n }),
  ];
}

function txRows(hash: string, height: number): readonly Row[] {
  const row = (url: string, method: string, given: object): Row => {
    const path = `/cosmos/tx/v1beta1/txs${url}`;
    return [path, txService, "cosmos.tx.v1beta1.Service", method, given];
  };
  const query = `tx.height=${height}`;
  const page = { page: 1n, limit: 5n };
  return [
    row(`/${hash}`, "GetTx", { hash }),
    row(`?query=${query}&order_by=2`, "GetTxsEvent", { query, orderBy: 2 }),
    row(`?events=${query}&order_by=ORDER_BY_ASC&page=1&limit=5`, "GetTxsEvent", {
      events: [query],
      orderBy: 1,
      ...page,
    }),
    row(`/block/${height}`, "GetBlockWithTxs", { height: BigInt(height) }),
  ];
}

test("each route says what abci_query says, as cosmjs-types reads it", async (world) => {
  const { address, hash, height } = world;
  const rows = [
    authRows(address),
    bankRows(address),
    nodeRows(height),
    txRows(hash, height),
  ].flat();
  for (const [url, types, service, method, given] of rows) {
    const answer = await restGet(world.rest, url);
    assert.is(answer.status, 200, `${url} ${answer.text}`);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
    assert.match(answer.headers.get("grpc-metadata-x-cosmos-block-height") ?? "", /^\d+$/);
    const [ask, read] = [typeOf(types, method, "Request"), typeOf(types, method, "Response")];
    const expected = await overAbci(world.comet, `/${service}/${method}`, ask, read, given);
    assert.equal(plain(answer.json()), expected, url);
  }
});

test("JSON is the gateway's: defaults are there, integers are text, an Any is open", async (world) => {
  const { rest, address, hash } = world;
  const account = await restGet(rest, `/cosmos/auth/v1beta1/accounts/${address}`);
  const { account: base } = account.json<{ account: Record<string, unknown> }>();
  assert.equal(Object.keys(base), ["@type", "address", "pub_key", "account_number", "sequence"]);
  assert.equal([base["@type"], base["sequence"]], ["/cosmos.auth.v1beta1.BaseAccount", "1"]);
  assert.is(
    (base["pub_key"] as Record<string, string>)["@type"],
    "/cosmos.crypto.secp256k1.PubKey",
  );
  const none = await restGet(rest, "/cosmos/bank/v1beta1/send_enabled");
  assert.is(none.text, '{"send_enabled":[],"pagination":{"next_key":null,"total":"0"}}');
  const balance = await restGet(
    rest,
    `/cosmos/bank/v1beta1/balances/${address}/by_denom?denom=nix`,
  );
  assert.is(balance.text, '{"balance":{"denom":"nix","amount":"0"}}');
  const found = (await restGet(rest, `/cosmos/tx/v1beta1/txs/${hash}`)).json<{
    tx: { body: { messages: Record<string, unknown>[] }; auth_info: { fee: unknown } };
    tx_response: { tx: Record<string, unknown>; timestamp: string; events: unknown[] };
  }>();
  assert.equal(found.tx.body.messages[0], {
    "@type": "/cosmos.bank.v1beta1.MsgSend",
    from_address: address,
    to_address: address,
    amount: [{ denom: "ulease", amount: "5" }],
  });
  assert.equal(found.tx.auth_info.fee, { amount: [], gas_limit: "100000", payer: "", granter: "" });
  assert.is(found.tx_response.tx["@type"], "/cosmos.tx.v1beta1.Tx");
  assert.match(found.tx_response.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("a height header asks for the state of a height", async ({ rest, address, height }) => {
  const path = `/cosmos/auth/v1beta1/account_info/${address}`;
  const sequence = async (headers: Record<string, string>): Promise<unknown> => {
    const answer = await restGet(rest, path, headers);
    assert.is(answer.status, 200, answer.text);
    const { info } = answer.json<{ info: { sequence: string } }>();
    return [info.sequence, answer.headers.get("grpc-metadata-x-cosmos-block-height")];
  };
  const before = String(height - 1);
  assert.equal(await sequence({ "x-cosmos-block-height": before }), ["0", before]);
  assert.equal(await sequence({ "grpc-metadata-x-cosmos-block-height": before }), ["0", before]);
  assert.equal(((await sequence({})) as string[])[0], "1");
  for (const wrong of ["x", "-1", "1.5", "99999999999999999999", "100000000"]) {
    const answer = await restGet(rest, path, { "x-cosmos-block-height": wrong });
    assert.equal([answer.status, answer.json()["code"]], [400, 3], answer.text);
  }
});

test("a wallet simulates, sends and finds over REST alone", async ({ rest, signing, address }) => {
  const fee = { amount: [], gas: "100000" };
  const amount = [{ denom: "uusd", amount: "7" }];
  const value = { fromAddress: address, toAddress: address, amount };
  const typeUrl = "/cosmos.bank.v1beta1.MsgSend";
  const raw = await signing.sign(address, [{ typeUrl, value }], fee, "over REST");
  const txBytes = toBase64(TxRaw.encode(raw).finish());
  const simulated = await restPost(rest, "/cosmos/tx/v1beta1/simulate", { tx_bytes: txBytes });
  const { gas_info } = simulated.json<{ gas_info: Record<string, string> }>();
  assert.is(gas_info["gas_wanted"], "18446744073709551615");
  assert.ok(Number(gas_info["gas_used"]) > 40_000, simulated.text);
  const mode = "BROADCAST_MODE_SYNC";
  const sent = await restPost(rest, "/cosmos/tx/v1beta1/txs", { tx_bytes: txBytes, mode });
  const { tx_response } = sent.json<{ tx_response: { code: number; txhash: string } }>();
  assert.is(tx_response.code, 0, sent.text);
  const path = `/cosmos/tx/v1beta1/txs/${tx_response.txhash}`;
  const missing = await restGet(rest, path);
  let found = missing;
  for (let i = 0; i < 100 && found.status === 404; i++) {
    await new Promise((go) => setTimeout(go, 50));
    found = await restGet(rest, path);
  }
  assert.is(found.status, 200, found.text);
  const again = await restPost(rest, "/cosmos/tx/v1beta1/txs", { tx_bytes: txBytes, mode: 2 });
  assert.is(again.json<{ tx_response: { code: number } }>().tx_response.code, 19);
  const wrong = await restPost(rest, "/cosmos/tx/v1beta1/simulate", { tx_bytes: txBytes });
  assert.equal([wrong.status, wrong.json()["code"]], [500, 2]);
  assert.match(wrong.text, /account sequence mismatch, expected 2, got 1.* with gas used: '\d+'/);
});

test("a transaction is taken apart and put together", async ({ rest, signing, address }) => {
  const value = { fromAddress: address, toAddress: address, amount: [] };
  const message = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
  const raw = await signing.sign(address, [message], { amount: [], gas: "1" }, "memo");
  const bytes = toBase64(TxRaw.encode(raw).finish());
  const decoded = await restPost(rest, "/cosmos/tx/v1beta1/decode", { tx_bytes: bytes });
  const { tx } = decoded.json<{ tx: { body: { memo: string } } }>();
  assert.is(tx.body.memo, "memo");
  const encoded = await restPost(rest, "/cosmos/tx/v1beta1/encode", { tx });
  assert.equal(encoded.json(), { tx_bytes: bytes });
  const amino = await restPost(rest, "/cosmos/tx/v1beta1/encode/amino", { amino_json: "{}" });
  assert.is(amino.status, 501);
});

test("refusals have the gateway's form, code and HTTP status", async (world) => {
  const { rest, address } = world;
  const refused = async (path: string): Promise<string> => {
    const answer = await restGet(rest, path);
    const body = answer.json<{ code: number; message: string; details: unknown[] }>();
    assert.equal(Object.keys(body), ["code", "message", "details"]);
    assert.equal(body.details, []);
    return `${answer.status} ${body.code} ${body.message}`;
  };
  const other = address.replace(/.$/, (last) => (last === "q" ? "p" : "q"));
  const nobody = toBech32("lease", new Uint8Array(20));
  assert.is(await refused("/cosmos/staking/v1beta1/params"), "501 12 Not Implemented");
  assert.is(await refused("/no/such/path"), "501 12 Not Implemented");
  assert.is(await refused("/cosmos/tx/v1beta1/simulate"), "501 12 Not Implemented");
  assert.match(await refused(`/cosmos/auth/v1beta1/accounts/${other}`), /^400 3 /);
  assert.match(await refused(`/cosmos/auth/v1beta1/account_info/${nobody}`), /^404 5 .*not found$/);
  assert.match(
    await refused(`/cosmos/tx/v1beta1/txs/${"00".repeat(32)}`),
    /^404 5 tx not found: 00/,
  );
  assert.match(await refused("/cosmos/tx/v1beta1/txs?query=a=="), /^400 3 /);
  assert.match(await refused("/cosmos/tx/v1beta1/txs"), /^400 3 query cannot be empty$/);
  assert.match(
    await refused("/cosmos/tx/v1beta1/txs?query=a='b'&order_by=UP"),
    /^400 3 .*order_by/,
  );
  assert.match(
    await refused("/cosmos/base/tendermint/v1beta1/blocks/99999999"),
    /^400 3 requested height 99999999, but blocks are kept from 1 to/,
  );
  assert.match(await refused("/cosmos/base/tendermint/v1beta1/blocks/x"), /^400 3 .*height/);
  assert.match(await refused("/cosmos/auth/v1beta1/bech32/zzz"), /^400 3 /);
  assert.match(
    await refused(`/cosmos/bank/v1beta1/balances/${address}?pagination.limit=-1`),
    /^400 3 .*limit/,
  );
  assert.match(await refused(`/cosmos/bank/v1beta1/balances/${address}?pagination=1`), /^400 3 /);
});

test("denoms with slashes, as segments or encoded, mean the same", async ({ rest }) => {
  const message = (path: string): Promise<string> =>
    restGet(rest, `/cosmos/bank/v1beta1/denoms_metadata/${path}`).then(({ text }) => text);
  const denom = "factory/lease1abc/gold";
  assert.match(await message(denom), /client metadata for denom factory\/lease1abc\/gold/);
  assert.is(await message(encodeURIComponent(denom)), await message(denom));
  const query = await restGet(
    rest,
    `/cosmos/bank/v1beta1/denoms_metadata_by_query_string?denom=${denom}`,
  );
  assert.is(query.status, 404);
});

test("bytes come in either alphabet of base64, padded or not", async ({ rest }) => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => 0xfb + (i % 5));
  const text = toBase64(bytes);
  const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  assert.ok(urlSafe.includes("-") && urlSafe.includes("_"));
  const path = `/cosmos/auth/v1beta1/bech32/${urlSafe}`;
  const expected = { address_string: toBech32("lease", bytes) };
  assert.equal((await restGet(rest, path)).json(), expected);
});

test("our own queries: nested ids in the path, amounts as text", async ({ rest, address }) => {
  const orders = await restGet(rest, `/leasehold/market/v1/orders?owner=${address}`);
  assert.is(orders.status, 200, orders.text);
  assert.equal(orders.json()["orders"], []);
  const lease = await restGet(rest, `/leasehold/market/v1/leases/${address}/1/1/1/${address}`);
  assert.equal([lease.status, lease.json()["code"]], [404, 5], lease.text);
  const identity = await restGet(rest, "/leasehold/chain/v1/identity");
  assert.equal(identity.json(), { identity: { bech32_prefix: "lease", base_denom: "ulease" } });
});

test("browsers of any origin may call; HEAD is answered", async ({ rest }) => {
  const origin = "http://wallet.example";
  const path = "/cosmos/bank/v1beta1/supply";
  const answer = await restGet(rest, path, { origin });
  assert.is(answer.headers.get("access-control-allow-origin"), "*");
  const asked = await fetch(`${rest}${path}`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-headers": "x-cosmos-block-height" },
  });
  assert.equal(
    [asked.status, asked.headers.get("access-control-allow-headers")],
    [204, "x-cosmos-block-height"],
  );
  const head = await fetch(`${rest}${path}`, { method: "HEAD" });
  assert.equal([head.status, await head.text()], [200, ""]);
});

test.run();
