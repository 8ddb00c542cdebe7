// Module authz through the whole application: every refusal, messages of the market in a tenant's
// name, nesting, ends in numbers, queries, genesis. What is equal to the SDK is in chain_grants.test.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { moduleAddress } from "../../chain/base/address.ts";
import { toHex } from "../../chain/base/bytes.ts";
import { ChainError } from "../../chain/base/errors.ts";
import {
  GenericAuthorization,
  MsgExec,
  MsgGrant,
  QueryGranteeGrantsRequest,
  QueryGranteeGrantsResponse,
  QueryGranterGrantsRequest,
  QueryGranterGrantsResponse,
  QueryGrantsRequest,
  QueryGrantsResponse,
} from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import {
  MsgMultiSend,
  MsgSend,
  SendAuthorization,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { StakeAuthorization } from "../../chain/codec/gen/cosmos/staking/v1beta1.ts";
import { MsgCreateDeployment } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { LeaseState, MsgCloseLease } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Any, Json } from "../../chain/codec/index.ts";
import { AuthzKeeper } from "../../modules/authz/index.ts";
import { authzInvariants } from "../../modules/authz/invariants.ts";
import { ending, grants } from "../../modules/authz/state.ts";
import { TestChain } from "../support/chain.ts";
import type { Delivered } from "../support/chain.ts";
import { TestMachine } from "../support/context.ts";
import {
  at,
  executing,
  generic,
  granting,
  lease,
  nested,
  paying,
  revoking,
  sending,
} from "../support/grants.ts";
import { testPlatform } from "../support/platform.ts";
import { AT_ONCE, MANIFEST_HASH, plainGroup, Scene } from "../support/scene.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const SEND = MsgSend.typeUrl;
const SERVICE = "/cosmos.authz.v1beta1.Query";

function refused(result: Delivered, codespace: string, code: number, text: RegExp): void {
  assert.is(`${result.codespace}/${result.code}`, `${codespace}/${code}`, result.log);
  assert.match(result.log, text);
}

/** Three people of a chain. */
function people(chain: TestChain): readonly [Signer, Signer, Signer] {
  return [chain.account("alice"), chain.account("bob"), chain.account("carol")];
}

test("grants that are refused, each with its code", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const soon = chain.time + 1000n;
  const coins = (spendLimit: readonly { denom: string; amount: string }[]): Any =>
    msg(SendAuthorization, { spendLimit, allowList: [] });
  const stake = (authorizationType: number, amount = "5"): Any =>
    msg(StakeAuthorization, { authorizationType, maxTokens: { denom: "ulease", amount } });
  const rows: readonly (readonly [Any, string, number, RegExp])[] = [
    [granting(alice, alice, generic(SEND)), "authz", 7, /should be different/],
    [granting(alice, bob, generic("/nobody.MsgThis")), "sdk", 29, /nobody.MsgThis doesn't exist/],
    [granting(alice, bob, generic(SEND), chain.time), "authz", 3, /must be after the current/],
    [granting(alice, bob, coins([])), "sdk", 10, /cannot be nil/],
    [granting(alice, bob, coins(lease(0n))), "sdk", 10, /must be positive/],
    [granting(alice, bob, coins([...lease(1n), ...lease(1n)])), "sdk", 10, /sorted by denom/],
    [granting(alice, bob, sending(5n, [bob.address, bob.address])), "bank", 8, /duplicate/],
    [granting(alice, bob, stake(0)), "authz", 4, /unknown authorization type/],
    [granting(alice, bob, stake(1, "-5")), "authz", 12, /negative coin amount: -5ulease/],
    [granting(alice, bob, stake(1)), "sdk", 29, /staking.v1beta1.MsgDelegate doesn't exist/],
    [msg(MsgGrant, { granter: alice.address, grantee: bob.address }), "sdk", 29, /nil/],
    [msg(MsgGrant, { granter: alice.address, grantee: "x" }), "sdk", 7, /grantee address/],
  ];
  for (const [message, codespace, code, text] of rows)
    refused(chain.deliver(alice, [message]), codespace, code, text);
  chain.must(alice, [granting(alice, bob, generic(SEND), soon)]);
});

test("a grant cannot take the address of a module account that is not there yet", () => {
  const chain = TestChain.create();
  const [alice] = people(chain);
  const grantee = chain.ctx().addresses.format(moduleAddress(testPlatform, "distribution"));
  const grant = { authorization: generic(SEND) };
  const result = chain.deliver(alice, [msg(MsgGrant, { granter: alice.address, grantee, grant })]);
  refused(result, "sdk", 4, /is not allowed to receive funds/);
});

test("exec and revoke that are refused, each with its code", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  chain.must(alice, [granting(alice, bob, sending(100n, [carol.address]))]);
  const pays = (amount: bigint, to = carol): Any => paying(alice, to.address, amount);
  const two = msg(MsgMultiSend, {
    inputs: [alice, bob].map(({ address }) => ({ address, coins: lease(1n) })),
    outputs: [{ address: carol.address, coins: lease(2n) }],
  });
  const unsorted = msg(MsgSend, {
    fromAddress: alice.address,
    toAddress: carol.address,
    amount: [...lease(1n), ...lease(1n)],
  });
  const badDeployment = msg(MsgCreateDeployment, { owner: alice.address });
  const rows: readonly (readonly [Signer, Any, string, number, RegExp])[] = [
    [bob, executing(bob, []), "sdk", 18, /cannot be empty/],
    [carol, executing(carol, [pays(1n)]), "authz", 2, /failed to get grant with given granter/],
    [bob, executing(bob, [pays(101n)]), "sdk", 5, /more than spend limit/],
    [bob, executing(bob, [pays(1n, bob)]), "sdk", 4, /cannot send to/],
    [bob, executing(bob, [unsorted]), "sdk", 10, /sorted by denom/],
    [bob, executing(bob, [two]), "authz", 9, /only one signer/],
    [bob, executing(bob, [badDeployment]), "deployment", 8, /^failed to .* 0: msg 0: /],
    [bob, executing(bob, [paying(bob, "x", 1n)]), "sdk", 7, /message from_address:"lease1.*> : /],
    [bob, revoking(bob, alice, SEND), "authz", 2, /failed to delete grant with given granter/],
    [alice, revoking(alice, bob, ""), "sdk", 18, /missing msg method name/],
    [alice, revoking(alice, alice, SEND), "authz", 7, /should be different/],
  ];
  for (const [by, message, codespace, code, text] of rows)
    refused(chain.deliver(by, [message]), codespace, code, text);
  const before = chain.balance(carol.bytes);
  chain.must(bob, [executing(bob, [pays(60n), pays(40n)])]);
  assert.is(chain.balance(carol.bytes), before + 100n);
  refused(chain.deliver(bob, [executing(bob, [pays(1n)])]), "authz", 2, /not found/);
});

test("an exec whose second message fails undoes the first, and its use of the grant", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  chain.must(alice, [granting(alice, bob, sending(10n ** 15n))]);
  const before = chain.appHash;
  const pays = (amount: bigint): Any => paying(alice, carol.address, amount);
  const result = chain.deliver(bob, [executing(bob, [pays(5n), pays(10n ** 14n)])]);
  refused(result, "sdk", 5, /message index: 0: failed to execute message; message from_address/);
  const { authorization } = grants.must(chain.ctx(), [alice.bytes, bob.bytes, SEND]);
  assert.equal(authorization, sending(10n ** 15n));
  assert.is.not(chain.appHash, before, "the sequence moved on");
});

test("a deployment is made, leased and closed in the tenant's name", () => {
  const scene = Scene.withOffer();
  const { chain, tenant } = scene;
  const helper = chain.account("dave");
  const close = MsgCloseLease.typeUrl;
  chain.must(tenant, [
    granting(tenant, helper, generic(MsgCreateDeployment.typeUrl)),
    granting(tenant, helper, generic(close)),
  ]);
  const deployment = msg(MsgCreateDeployment, {
    owner: tenant.address,
    groups: [plainGroup("web")],
    manifestHash: MANIFEST_HASH,
    settings: AT_ONCE,
    deposits: [scene.fromBalance(50_000_000n)],
  });
  const funds = [chain.balance(tenant.bytes), chain.balance(helper.bytes)] as const;
  const made = chain.must(helper, [executing(helper, [deployment])]);
  assert.ok(
    made.events.some(({ type }) => type === "leasehold.deployment.v1.EventDeploymentCreated"),
  );
  assert.is(chain.balance(tenant.bytes), funds[0] - 50_000_000n, "the tenant pays");
  assert.is(chain.balance(helper.bytes), funds[1]);
  chain.advance(15, 5);
  scene.start();
  const { id } = scene.must(LeaseState.ACTIVE);
  const end = msg(MsgCloseLease, { owner: tenant.address, lease: id, reopen: false });
  refused(
    chain.deliver(chain.account("erin"), [executing(chain.account("erin"), [end])]),
    "authz",
    2,
    /not found/,
  );
  chain.must(helper, [executing(helper, [end])]);
  assert.is(scene.lease().state === LeaseState.ACTIVE, false);
  assert.equal(scene.faults(), []);
});

test("messages in each other: ten levels run, more do not decode, however many", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const pays = paying(alice, bob.address, 1n);
  const before = chain.balance(bob.bytes);
  const deep = chain.must(alice, [nested(alice, 9, pays)]);
  assert.is(chain.balance(bob.bytes), before + 1n);
  const spent = deep.events.find(({ attributes }) =>
    attributes.some(({ key }) => key === "authz_msg_index"),
  );
  assert.is(spent?.attributes.filter(({ key }) => key === "authz_msg_index").length, 9);
  for (const depth of [10, 33, 10_000]) {
    const tx = chain.sign(alice, [nested(alice, depth, pays)]);
    const checked = chain.client.checkTx(tx);
    assert.is(`${checked.codespace}/${checked.code}`, "sdk/2");
    assert.match(checked.log, /nested deeper than \d+/);
    const [result] = chain.block([tx]);
    assert.is(result?.code, 2);
  }
});

test("messages in each other: a hundred in all, and only those that are served", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const many = (count: number): Any =>
    executing(
      alice,
      Array.from({ length: count }, () => paying(alice, bob.address, 1n)),
    );
  chain.must(alice, [many(99)], { gas: 10_000_000n });
  const rows: readonly (readonly [Any, RegExp])[] = [
    [many(100), /holds more than 100/],
    [
      executing(alice, [{ typeUrl: "/nobody.MsgThis", value: new Uint8Array() }]),
      /no message of type/,
    ],
    [executing(alice, [generic(SEND)]), /is no cosmos.base.v1beta1.Msg/],
    [executing(alice, [{ ...paying(alice, bob.address, 1n), value: Uint8Array.of(0x20) }]), /./],
    [
      granting(alice, bob, paying(alice, bob.address, 1n)),
      /is no cosmos.authz.v1beta1.Authorization/,
    ],
  ];
  for (const [message, text] of rows) {
    const checked = chain.client.checkTx(chain.sign(alice, [message]));
    assert.is(`${checked.codespace}/${checked.code}`, "sdk/2", checked.log);
    assert.match(checked.log, text);
  }
});

test("in a queue entry the last type takes the place of one that goes, as in the SDK", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const end = chain.time + 1000n;
  const types = [SEND, MsgExec.typeUrl, MsgMultiSend.typeUrl, MsgGrant.typeUrl];
  const given = types.map((typeUrl) => granting(alice, bob, generic(typeUrl), end));
  chain.must(alice, given);
  chain.must(alice, [revoking(alice, bob, SEND)]);
  const left = [...ending.iterate(chain.ctx())].map(([, item]) => item.msgTypeUrls);
  assert.equal(left, [[MsgGrant.typeUrl, MsgExec.typeUrl, MsgMultiSend.typeUrl]]);
});

test("more grants end than a block removes: the rest is refused by its time", () => {
  const chain = TestChain.create();
  const [alice] = people(chain);
  const end = chain.time + 10n;
  const grantees = Array.from({ length: 210 }, (_, i) => chain.account(`grantee${i}`));
  const messages = grantees.map((grantee) => granting(alice, grantee, generic(SEND), end));
  chain.must(alice, messages, { gas: 50_000_000n });
  const ordered = grantees.toSorted((a, b) => (toHex(a.bytes) < toHex(b.bytes) ? -1 : 1));
  const last = ordered.at(-1) as Signer;
  const first = ordered[0] as Signer;
  const pays = paying(alice, alice.address, 1n);
  chain.must(last, [executing(last, [pays])], { seconds: 5 });
  const late = [first, last].map((by) => chain.sign(by, [executing(by, [pays])]));
  const results = chain.block(late, { seconds: 60 });
  refused(results[0] as Delivered, "authz", 2, /not found/);
  refused(results[1] as Delivered, "authz", 6, /authorization expired/);
  assert.is([...grants.keys(chain.ctx())].length, 10);
  assert.equal(chain.client.app.brokenInvariants(), []);
  chain.block([]);
  assert.is([...grants.keys(chain.ctx())].length, 0);
  assert.is([...ending.keys(chain.ctx())].length, 0);
});

test("queries: of a pair, of a granter, of a grantee, page by page", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  const end = chain.time + 1000n;
  chain.must(alice, [
    granting(alice, bob, sending(7n), end),
    granting(alice, bob, generic(MsgExec.typeUrl)),
    granting(alice, carol, generic(SEND)),
  ]);
  chain.must(carol, [granting(carol, bob, generic(SEND))]);
  const pair = { granter: alice.address, grantee: bob.address };
  const ofPair = (more: Partial<QueryGrantsRequest> = {}): QueryGrantsResponse =>
    chain.query(`${SERVICE}/Grants`, QueryGrantsRequest, QueryGrantsResponse, { ...pair, ...more });
  assert.is(ofPair().grants.length, 2);
  assert.is(ofPair().pagination?.total, 2n);
  assert.equal(ofPair({ msgTypeUrl: SEND }).grants, [
    { authorization: sending(7n), expiration: at(end) },
  ]);
  assert.throws(
    () => ofPair({ msgTypeUrl: "/x" }),
    /sdk\/18: authorization not found for \/x type/,
  );
  assert.throws(() => ofPair({ granter: "x" }), /sdk\/18/);
  const page = { key: new Uint8Array(), offset: 0n, limit: 1n, countTotal: true, reverse: false };
  const ofGranter = (key: Uint8Array): QueryGranterGrantsResponse =>
    chain.query(`${SERVICE}/GranterGrants`, QueryGranterGrantsRequest, QueryGranterGrantsResponse, {
      granter: alice.address,
      pagination: { ...page, key },
    });
  const one = ofGranter(new Uint8Array());
  assert.is(one.pagination?.total, 3n);
  const two = ofGranter(one.pagination?.nextKey ?? new Uint8Array());
  const three = ofGranter(two.pagination?.nextKey ?? new Uint8Array());
  assert.is(three.pagination?.nextKey.length, 0);
  const types = [one, two, three].flatMap(({ grants: found }) =>
    found.map(({ grantee, authorization }) => [grantee, authorization?.typeUrl]),
  );
  assert.is(new Set(types.map(String)).size, 3);
  const reversed = (reverse: boolean): string[] =>
    chain
      .query(`${SERVICE}/GranteeGrants`, QueryGranteeGrantsRequest, QueryGranteeGrantsResponse, {
        grantee: bob.address,
        pagination: { ...page, limit: 10n, reverse },
      })
      .grants.map(({ granter, authorization }) => `${granter} ${authorization?.typeUrl}`);
  assert.is(reversed(false).length, 3);
  assert.equal(reversed(true), reversed(false).toReversed());
  assert.is(reversed(false).filter((text) => text.startsWith(carol.address)).length, 1);
});

test("genesis: what is exported is taken again; what is wrong is refused by its path", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  const end = chain.time + 1000n;
  chain.must(alice, [granting(alice, bob, sending(7n, [carol.address]), end)]);
  chain.must(bob, [granting(bob, carol, generic(SEND))]);
  const exported = chain.client.app.exportGenesis()["authz"] as { authorization: Json[] };
  assert.is(exported.authorization.length, 2);
  const taken = (authorization: readonly Json[], genesisTime = end): TestChain =>
    TestChain.create({
      genesisTime,
      appState: (state) => ({ ...state, authz: { authorization } }),
    });
  const again = taken(exported.authorization, end - 100n);
  assert.equal(again.client.app.exportGenesis()["authz"], exported);
  assert.equal(again.client.app.brokenInvariants(), []);
  assert.is([...grants.keys(taken(exported.authorization, end + 1n).ctx())].length, 1);
  const [first] = exported.authorization as [{ readonly [key: string]: Json }];
  const wrong: readonly (readonly [Json[], RegExp])[] = [
    [[first, first], /app_state\.authz: authorization\[1\]: .* stands twice/],
    [
      [first, { ...first, granter: String(first["granter"]).toUpperCase() }],
      /authorization\[1\]: .* stands twice/,
    ],
    [[{ ...first, grantee: "x" }], /app_state\.authz: authorization\[0\]: .*invalid address/],
    [[{ ...first, grantee: first["granter"] as Json }], /grantee is the granter/],
    [[{ ...first, authorization: null }], /authorization\[0\]: authorization is nil/],
  ];
  for (const [entries, text] of wrong) assert.throws(() => taken(entries), text);
});

test("a broken queue is found by the invariants, and by whoever revokes (authz/5)", () => {
  const machine = new TestMachine();
  const [alice, bob] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)] as never[];
  const never = (): never => {
    throw new Error("not asked");
  };
  const dispatcher = { serves: never, open: never, run: never };
  const auth = { account: never, create: never, isBlocked: never };
  const keeper = new AuthzKeeper({ auth, dispatcher });
  const key = [alice as never, bob as never, SEND] as const;
  const faults = (): string[] =>
    machine.look((ctx) => authzInvariants.flatMap(({ check }) => [...check(ctx)]));
  const authorization = msg(GenericAuthorization, { msg: SEND });
  machine.run((ctx) => keeper.save(ctx, key, authorization, at(machine.time.seconds + 50n)));
  assert.equal(faults(), []);
  const [queued] = machine.look((ctx) => [...ending.keys(ctx)]);
  machine.run((ctx) => ending.delete(ctx, queued as never));
  assert.match(faults().join("\n"), /in no entry/);
  machine.run((ctx) => {
    const found = ctx.attempt((inner) => keeper.revoke(inner, key));
    assert.ok(!found.ok && found.error instanceof ChainError && found.error.code === 5);
  });
  machine.run((ctx) => ending.set(ctx, queued as never, { msgTypeUrls: [SEND, "/x"] }));
  assert.match(faults().join("\n"), /does not end then/);
  machine.run((ctx) => grants.set(ctx, key, { authorization: generic("/x") }));
  assert.match(faults().join("\n"), /is for \/x/);
});

test.run();
