// Module feegrant through the whole application: every refusal, fees that others pay, ends in
// numbers, queries, genesis. What is equal to the SDK is in chain_grants.test.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { moduleAddress } from "../../chain/base/address.ts";
import { MsgExec } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  AllowedMsgAllowance,
  BasicAllowance,
  MsgGrantAllowance,
  MsgPruneAllowances,
  PeriodicAllowance,
  QueryAllowanceRequest,
  QueryAllowanceResponse,
  QueryAllowancesByGranterRequest,
  QueryAllowancesByGranterResponse,
  QueryAllowancesRequest,
  QueryAllowancesResponse,
} from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import type { Any, Json } from "../../chain/codec/index.ts";
import { feegrantInvariants } from "../../modules/feegrant/invariants.ts";
import { allowances, ending } from "../../modules/feegrant/state.ts";
import { TestChain } from "../support/chain.ts";
import type { Delivered } from "../support/chain.ts";
import { TestMachine } from "../support/context.ts";
import {
  allowing,
  at,
  basic,
  disallowing,
  executing,
  lease,
  paying,
  periodic,
} from "../support/grants.ts";
import { testPlatform } from "../support/platform.ts";
import { msg } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const SERVICE = "/cosmos.feegrant.v1beta1.Query";

function refused(result: Delivered, codespace: string, code: number, text: RegExp): void {
  assert.is(`${result.codespace}/${result.code}`, `${codespace}/${code}`, result.log);
  assert.match(result.log, text);
}

function people(chain: TestChain): readonly [Signer, Signer, Signer] {
  return [chain.account("alice"), chain.account("bob"), chain.account("carol")];
}

function allowed(allowance: Any | undefined, allowedMessages: readonly string[]): Any {
  return msg(AllowedMsgAllowance, { ...(allowance && { allowance }), allowedMessages });
}

test("allowances that are refused, each with its code", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const limit = (spendLimit: readonly { denom: string; amount: string }[]): Any =>
    msg(BasicAllowance, { spendLimit });
  const other = PeriodicAllowance.create({
    basic: BasicAllowance.create({ spendLimit: [{ denom: "uusd", amount: "5" }] }),
    periodSpendLimit: lease(1n),
  });
  const rows: readonly (readonly [Any, string, number, RegExp])[] = [
    [allowing(alice, alice, basic()), "sdk", 7, /self-grant/],
    [msg(MsgGrantAllowance, { granter: alice.address, grantee: "x" }), "sdk", 7, /grantee address/],
    [allowing(alice, bob, basic(5n, chain.time)), "sdk", 18, /before current block time/],
    [allowing(alice, bob, limit(lease(0n))), "sdk", 10, /must be positive/],
    [
      allowing(alice, bob, limit([...lease(1n), ...lease(1n)])),
      "sdk",
      10,
      /send amount is invalid/,
    ],
    [
      allowing(alice, bob, msg(BasicAllowance, { expiration: at(-5n) })),
      "feegrant",
      4,
      /cannot be negative/,
    ],
    [allowing(alice, bob, periodic(5n, 9n, -1n, 0n)), "feegrant", 4, /negative clock step/],
    [allowing(alice, bob, msg(PeriodicAllowance, other)), "sdk", 10, /different currency/],
    [
      allowing(alice, bob, msg(PeriodicAllowance, { ...other, periodSpendLimit: [] })),
      "sdk",
      10,
      /must be positive/,
    ],
    [allowing(alice, bob, allowed(undefined, ["/x"])), "feegrant", 5, /should not be empty/],
    [allowing(alice, bob, allowed(basic(), [])), "feegrant", 6, /shouldn't be empty/],
    [
      msg(MsgGrantAllowance, { granter: alice.address, grantee: bob.address }),
      "feegrant",
      5,
      /failed to get allowance/,
    ],
    [disallowing(alice, bob), "sdk", 38, /fee-grant not found/],
    [disallowing(alice, alice), "sdk", 7, /must be different/],
  ];
  for (const [message, codespace, code, text] of rows)
    refused(chain.deliver(alice, [message]), codespace, code, text);
  chain.must(alice, [allowing(alice, bob, basic(5n))]);
  refused(chain.deliver(alice, [allowing(alice, bob, basic(5n))]), "sdk", 18, /already exists/);
  const module = chain.ctx().addresses.format(moduleAddress(testPlatform, "distribution"));
  const blocked = { granter: alice.address, grantee: module, allowance: basic(5n) };
  refused(chain.deliver(alice, [msg(MsgGrantAllowance, blocked)]), "sdk", 4, /not allowed to/);
});

test("fees that a granter pays: who is charged, what is left, what is refused", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  const poor = chain.account("poor");
  chain.must(alice, [allowing(alice, poor, basic(1000n))]);
  const nothing = msg(MsgPruneAllowances, { pruner: poor.address });
  const pay = (fee: bigint, granter: string, messages = [nothing]): Delivered =>
    chain.deliver(poor, messages, { fee: lease(fee), granter });
  const before = chain.balance(alice.bytes);
  const used = pay(300n, alice.address);
  assert.is(used.code, 0, used.log);
  assert.is(chain.balance(alice.bytes), before - 300n);
  assert.equal(
    used.events.slice(0, 2).map(({ type }) => type),
    ["use_feegrant", "update_feegrant"],
  );
  refused(
    pay(701n, alice.address),
    "feegrant",
    2,
    /lease1.* does not allow to pay fees for lease1/,
  );
  refused(pay(1n, bob.address), "sdk", 38, /does not allow .*fee-grant not found/);
  refused(pay(1n, "x"), "sdk", 7, /Invalid fee granter address/);
  refused(pay(1n, carol.address, [paying(poor, "x", 1n)]), "sdk", 38, /fee-grant not found/);
  const twice = { fee: [...lease(1n), ...lease(1n)], granter: alice.address };
  refused(chain.deliver(poor, [nothing], twice), "sdk", 13, /invalid fee amount/);
  const failing = pay(100n, alice.address, [paying(poor, alice.address, 5n)]);
  refused(failing, "sdk", 5, /spendable balance/);
  assert.is(chain.balance(alice.bytes), before - 400n, "the fee of a failed transaction is paid");
  assert.is(pay(600n, alice.address).code, 0);
  refused(pay(1n, alice.address), "sdk", 38, /fee-grant not found/);
  chain.must(
    alice,
    [nothing].map(() => paying(alice, bob.address, 1n)),
    {
      fee: lease(5n),
      granter: alice.address,
    },
  );
});

test("a check, a simulation and a block agree about a granted fee", () => {
  const chain = TestChain.create();
  const [alice] = people(chain);
  const poor = chain.account("poor");
  chain.must(alice, [allowing(alice, poor, basic(100n))]);
  const nothing = msg(MsgPruneAllowances, { pruner: poor.address });
  const sign = (fee: bigint, pending = 0n): Uint8Array =>
    chain.sign(poor, [nothing], { fee: lease(fee), granter: alice.address }, pending);
  assert.is(chain.client.app.simulate(sign(101n)).code, 2);
  assert.is(chain.client.app.simulate(sign(100n)).code, 0);
  assert.is(chain.client.checkTx(sign(60n)).code, 0);
  const second = chain.client.checkTx(sign(60n, 1n));
  assert.is(`${second.codespace}/${second.code}`, "feegrant/2", "the check state counts both");
  const results = chain.block([sign(60n), sign(60n, 1n)]);
  assert.equal(
    results.map(({ code }) => code),
    [0, 2],
  );
});

test("allowances for some messages, and for each period", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  const start = chain.time;
  chain.must(alice, [
    allowing(alice, bob, allowed(periodic(100n, 250n, 3600n, start + 3600n), [MsgSend.typeUrl])),
    allowing(alice, carol, allowed(basic(), [MsgExec.typeUrl])),
  ]);
  const pay = (fee: bigint, by = bob, message = paying(by, alice.address, 1n)): Delivered =>
    chain.deliver(by, [message], { fee: lease(fee), granter: alice.address });
  const inside = executing(bob, [paying(bob, alice.address, 1n)]);
  refused(pay(1n, bob, inside), "feegrant", 7, /does not exist in allowed messages/);
  assert.is(pay(1n, carol, executing(carol, [paying(carol, alice.address, 1n)])).code, 0);
  assert.is(pay(60n).code, 0);
  refused(pay(41n), "feegrant", 2, /period limit/);
  assert.is(pay(40n).code, 0);
  chain.advance(3600, 3600);
  assert.is(pay(100n).code, 0, "a new period");
  chain.advance(8000, 8000);
  refused(pay(51n), "feegrant", 2, /period limit/);
  assert.is(pay(50n).code, 0, "what is left in all");
  refused(pay(1n), "sdk", 38, /fee-grant not found/);
});

test("more allowances end than a message or a block removes", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const end = chain.time + 10n;
  const grantees = Array.from({ length: 280 }, (_, i) => chain.account(`grantee${i}`));
  const messages = grantees.map((grantee) => allowing(alice, grantee, basic(5n, end)));
  chain.must(alice, messages, { gas: 50_000_000n, seconds: 5 });
  const left = (): number => [...allowances.keys(chain.ctx())].length;
  const prune = msg(MsgPruneAllowances, { pruner: bob.address });
  assert.is(left(), 280);
  const [grantee] = grantees as [Signer];
  const late = chain.sign(grantee, [msg(MsgPruneAllowances, { pruner: grantee.address })], {
    fee: lease(1n),
    granter: alice.address,
  });
  const results = chain.block([late, chain.sign(bob, [prune])], { seconds: 60 });
  refused(results[0] as Delivered, "feegrant", 3, /fee allowance expired/);
  assert.is(results[1]?.code, 0);
  assert.is(left(), 280 - 75 - 200);
  assert.equal(chain.client.app.brokenInvariants(), []);
  chain.block([]);
  assert.is(left(), 0);
  assert.is([...ending.iterate(chain.ctx())].length, 0);
});

test("queries: one, of a grantee, of a granter", () => {
  const chain = TestChain.create();
  const [alice, bob, carol] = people(chain);
  chain.must(alice, [allowing(alice, bob, basic(7n)), allowing(alice, carol, basic())]);
  chain.must(carol, [allowing(carol, bob, basic(9n))]);
  const one = (granter: Signer, grantee: Signer): QueryAllowanceResponse =>
    chain.query(`${SERVICE}/Allowance`, QueryAllowanceRequest, QueryAllowanceResponse, {
      granter: granter.address,
      grantee: grantee.address,
    });
  assert.equal(one(alice, bob).allowance, {
    granter: alice.address,
    grantee: bob.address,
    allowance: basic(7n),
  });
  const missing = /sdk\/6: rpc error: code = Internal desc = fee-grant not found: not found/;
  assert.throws(() => one(bob, alice), missing);
  const page = { key: new Uint8Array(), offset: 1n, limit: 1n, countTotal: true, reverse: false };
  const ofGrantee = chain.query(
    `${SERVICE}/Allowances`,
    QueryAllowancesRequest,
    QueryAllowancesResponse,
    { grantee: bob.address, pagination: page },
  );
  assert.is(ofGrantee.allowances.length, 1);
  assert.is(ofGrantee.pagination?.total, 2n);
  const ofGranter = chain.query(
    `${SERVICE}/AllowancesByGranter`,
    QueryAllowancesByGranterRequest,
    QueryAllowancesByGranterResponse,
    { granter: alice.address },
  );
  assert.equal(
    new Set(ofGranter.allowances.map(({ grantee }) => grantee)),
    new Set([bob.address, carol.address]),
  );
  chain.must(alice, [disallowing(alice, bob)]);
  assert.throws(() => one(alice, bob), missing);
});

test("genesis: what is exported is taken again; what is wrong is refused by its path", () => {
  const chain = TestChain.create();
  const [alice, bob] = people(chain);
  const end = chain.time + 1000n;
  const stranger = chain.account("stranger");
  chain.must(alice, [
    allowing(alice, bob, basic(7n, end)),
    allowing(alice, stranger, allowed(basic(), ["/x"])),
  ]);
  const exported = chain.client.app.exportGenesis()["feegrant"] as { allowances: Json[] };
  const taken = (list: readonly Json[], genesisTime = end - 100n): TestChain =>
    TestChain.create({
      genesisTime,
      appState: (state) => ({ ...state, feegrant: { allowances: list } }),
    });
  const again = taken(exported.allowances);
  assert.equal(again.client.app.exportGenesis()["feegrant"], exported);
  assert.equal(again.client.app.brokenInvariants(), []);
  assert.is([...allowances.keys(taken(exported.allowances, end + 1n).ctx())].length, 1);
  const first = exported.allowances[0] as { readonly [key: string]: Json };
  const wrong: readonly (readonly [Json[], RegExp])[] = [
    [[first, first], /app_state\.feegrant: allowances\[1\]: .* stands twice/],
    [[{ ...first, granter: "x" }], /app_state\.feegrant: allowances\[0\]: .*invalid address/],
    [[{ ...first, grantee: first["granter"] as Json }], /cannot self-grant/],
    [[{ ...first, allowance: null }], /allowances\[0\]: failed to get allowance/],
  ];
  for (const [entries, text] of wrong) assert.throws(() => taken(entries), text);
});

test("a broken queue or a wrong pair is found by the invariants", () => {
  const machine = new TestMachine();
  const [alice, bob] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)] as never[];
  const key = [bob as never, alice as never] as const;
  const faults = (): string[] =>
    machine.look((ctx) => feegrantInvariants.flatMap(({ check }) => [...check(ctx)]));
  const granter = machine.addresses.format(alice as never);
  const grantee = machine.addresses.format(bob as never);
  machine.run((ctx) => allowances.set(ctx, key, { granter, grantee, allowance: basic(5n, 9n) }));
  assert.match(faults().join("\n"), /in no entry/);
  machine.run((ctx) => ending.add(ctx, [at(9n), ...key]));
  assert.equal(faults(), []);
  machine.run((ctx) => allowances.set(ctx, key, { granter: grantee, grantee, allowance: basic() }));
  assert.match(faults().join("\n"), /names lease1/);
});

test.run();
