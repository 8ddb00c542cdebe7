// Grants and fee allowances as clients use them on a running node: the published CosmJS packages,
// and the command line.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import {
  assertIsDeliverTxSuccess,
  QueryClient,
  setupAuthzExtension,
  setupFeegrantExtension,
  SigningStargateClient,
} from "@cosmjs/stargate";
import type { DeliverTxResponse } from "@cosmjs/stargate";
import { connectComet } from "@cosmjs/tendermint-rpc";
import { GenericAuthorization } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import { MsgExec, MsgGrant, MsgRevoke } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { SendAuthorization } from "cosmjs-types/cosmos/bank/v1beta1/authz";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { AllowedMsgAllowance, BasicAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import { MsgGrantAllowance, MsgRevokeAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import { Any } from "cosmjs-types/google/protobuf/any";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli } from "../dev/local_chain.ts";
import type { Finished } from "../dev/local_chain.ts";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

interface Person {
  readonly address: string;
  readonly client: SigningStargateClient;
}

interface World {
  node: TestNode;
  alice: Person;
  bob: Person;
  query: ReturnType<typeof setupAuthzExtension> & ReturnType<typeof setupFeegrantExtension>;
  home: string;
}

const test = suite<World>("grants on a running node");
const SEND = "/cosmos.bank.v1beta1.MsgSend";
const coins = (amount: string): { denom: string; amount: string }[] => [
  { denom: "ulease", amount },
];

async function wallet(): Promise<{ wallet: DirectSecp256k1HdWallet; address: string }> {
  const made = await DirectSecp256k1HdWallet.generate(12, { prefix: "lease" });
  const [account] = await made.getAccounts();
  return { wallet: made, address: account?.address ?? "" };
}

function any(typeUrl: string, value: Uint8Array): Any {
  return Any.fromPartial({ typeUrl, value });
}

test.before(async (world) => {
  const [alice, bob] = [await wallet(), await wallet()];
  const funds = [{ denom: "ulease", amount: 1_000_000_000n }];
  world.node = await startTestNode({ accounts: [{ address: alice.address, coins: funds }] });
  const url = world.node.rpcUrl;
  const open = async (who: typeof alice): Promise<Person> => ({
    address: who.address,
    client: await SigningStargateClient.connectWithSigner(url, who.wallet, {
      broadcastPollIntervalMs: 50,
    }),
  });
  world.alice = await open(alice);
  world.bob = await open(bob);
  const comet = await connectComet(url);
  world.query = QueryClient.withExtensions(comet, setupAuthzExtension, setupFeegrantExtension);
  world.home = mkdtempSync(join(tmpdir(), "leasehold-grants-"));
});

test.after(async ({ node, alice, bob, home }) => {
  alice?.client.disconnect();
  bob?.client.disconnect();
  await node?.remove();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

async function sent(
  by: Person,
  typeUrl: string,
  value: unknown,
  granter?: string,
): Promise<DeliverTxResponse> {
  const fee = { amount: coins("250"), gas: "200000", ...(granter !== undefined && { granter }) };
  return by.client.signAndBroadcast(by.address, [{ typeUrl, value }], fee);
}

test("CosmJS: an account without coins acts on a fee allowance", async ({ alice, bob, query }) => {
  const basic = BasicAllowance.fromPartial({ spendLimit: coins("1000") });
  const allowance = AllowedMsgAllowance.fromPartial({
    allowance: any(BasicAllowance.typeUrl, BasicAllowance.encode(basic).finish()),
    allowedMessages: [MsgExec.typeUrl, SEND],
  });
  const granting = MsgGrantAllowance.fromPartial({
    granter: alice.address,
    grantee: bob.address,
    allowance: any(AllowedMsgAllowance.typeUrl, AllowedMsgAllowance.encode(allowance).finish()),
  });
  assertIsDeliverTxSuccess(await sent(alice, MsgGrantAllowance.typeUrl, granting));
  const found = await query.feegrant.allowance(alice.address, bob.address);
  const inside = AllowedMsgAllowance.decode(found.allowance?.allowance?.value ?? new Uint8Array());
  assert.equal(inside.allowedMessages, [MsgExec.typeUrl, SEND]);
  assert.is((await query.feegrant.allowances(bob.address)).allowances.length, 1);

  const before = await alice.client.getBalance(alice.address, "ulease");
  const toAlice = { fromAddress: bob.address, toAddress: alice.address, amount: coins("1") };
  const poor = await sent(bob, SEND, MsgSend.fromPartial(toAlice), alice.address);
  assert.is(poor.code, 5, "the fee is paid, the message fails");
  const after = await alice.client.getBalance(alice.address, "ulease");
  assert.is(BigInt(before.amount) - BigInt(after.amount), 250n);
  const other = MsgRevoke.fromPartial({
    granter: bob.address,
    grantee: alice.address,
    msgTypeUrl: SEND,
  });
  await sent(bob, MsgRevoke.typeUrl, other, alice.address).then(
    () => assert.unreachable("a message that is not allowed"),
    (error: { code?: number; codespace?: string }) => {
      assert.is(`${error.codespace}/${error.code}`, "feegrant/7");
    },
  );
});

test("CosmJS: grant, exec on a granted fee, revoke", async ({ alice, bob, query }) => {
  const limit = SendAuthorization.fromPartial({ spendLimit: coins("70") });
  const grant = (authorization: Any): MsgGrant =>
    MsgGrant.fromPartial({
      granter: alice.address,
      grantee: bob.address,
      grant: { authorization, expiration: { seconds: 2_000_000_000n, nanos: 0 } },
    });
  const sending = any(SendAuthorization.typeUrl, SendAuthorization.encode(limit).finish());
  assertIsDeliverTxSuccess(await sent(alice, MsgGrant.typeUrl, grant(sending)));
  const exec = (amount: string): MsgExec => {
    const send = { fromAddress: alice.address, toAddress: bob.address, amount: coins(amount) };
    const inner = any(SEND, MsgSend.encode(MsgSend.fromPartial(send)).finish());
    return MsgExec.fromPartial({ grantee: bob.address, msgs: [inner] });
  };
  const done = await sent(bob, MsgExec.typeUrl, exec("30"), alice.address);
  assertIsDeliverTxSuccess(done);
  assert.is((await bob.client.getBalance(bob.address, "ulease")).amount, "30");
  assert.ok(
    done.events.some(({ attributes }) => attributes.some(({ key }) => key === "authz_msg_index")),
  );
  const over = await sent(bob, MsgExec.typeUrl, exec("41"), alice.address);
  assert.is(over.code, 5);
  assert.match(over.rawLog ?? "", /requested amount is more than spend limit/);
  const pair = await query.authz.grants(alice.address, bob.address, SEND);
  const left = SendAuthorization.decode(pair.grants[0]?.authorization?.value ?? new Uint8Array());
  assert.equal(left.spendLimit, coins("40"));
  assert.is((await query.authz.granteeGrants(bob.address)).grants.length, 1);
  assert.is((await query.authz.granterGrants(alice.address)).grants.length, 1);
  const revoke = { granter: alice.address, grantee: bob.address, msgTypeUrl: SEND };
  assertIsDeliverTxSuccess(await sent(alice, MsgRevoke.typeUrl, MsgRevoke.fromPartial(revoke)));
  assert.is((await query.authz.granteeGrants(bob.address)).grants.length, 0);
  const unallowed = { granter: alice.address, grantee: bob.address };
  const end = MsgRevokeAllowance.fromPartial(unallowed);
  assertIsDeliverTxSuccess(await sent(alice, MsgRevokeAllowance.typeUrl, end));
  await query.feegrant.allowance(alice.address, bob.address).then(
    () => assert.unreachable("the allowance is gone"),
    (error: Error) => assert.match(error.message, /fee-grant not found/),
  );
});

test("CosmJS: a generic grant lets any message of the type pass", async ({ alice, bob }) => {
  const authorization = GenericAuthorization.fromPartial({ msg: SEND });
  const packed = any(
    GenericAuthorization.typeUrl,
    GenericAuthorization.encode(authorization).finish(),
  );
  const grant = { authorization: packed };
  const value = MsgGrant.fromPartial({ granter: alice.address, grantee: bob.address, grant });
  const fund = { fromAddress: alice.address, toAddress: bob.address, amount: coins("1000") };
  assertIsDeliverTxSuccess(await sent(alice, SEND, MsgSend.fromPartial(fund)));
  assertIsDeliverTxSuccess(await sent(alice, MsgGrant.typeUrl, value));
  const inner = any(SEND, MsgSend.encode(MsgSend.fromPartial(fund)).finish());
  const exec = MsgExec.fromPartial({ grantee: bob.address, msgs: [inner, inner] });
  assertIsDeliverTxSuccess(await sent(bob, MsgExec.typeUrl, exec));
});

test("command line: every kind in one line, exec of a generated file, granted fees", async (world) => {
  const { home, node, alice } = world;
  const cli = (...words: string[]): Promise<Finished> =>
    runCli(home, [...words, "--keyring-backend", "test"]);
  const asks = (...words: string[]): Promise<Finished> => cli(...words, "--node", node.rpcUrl);
  const works = async (...words: string[]): Promise<string> => {
    const done = await asks(...words);
    assert.is(done.code, 0, `${words.join(" ")}: ${done.stderr}`);
    return done.stdout;
  };
  const fails = async (sentence: RegExp, ...words: string[]): Promise<void> => {
    const done = await asks(...words);
    assert.is.not(done.code, 0, words.join(" "));
    assert.match(done.stderr.trimEnd().split("\n").at(-1) ?? "", sentence);
  };
  for (const name of ["tenant", "helper"]) await cli("keys", "add", name);
  const tenant = (await cli("keys", "show", "tenant", "--address")).stdout.trim();
  const fund = { fromAddress: alice.address, toAddress: tenant, amount: coins("5000000") };
  assertIsDeliverTxSuccess(await sent(alice, SEND, MsgSend.fromPartial(fund)));

  const grant = ["tx", "authz", "grant", "helper"];
  const by = ["--from", "tenant", "--gas", "300000"];
  await works(...grant, "send", "--spend-limit", "50ulease", "--expiration", "30d", ...by);
  await works(...grant, "generic", "--msg-type", "MsgCloseDeployment", ...by);
  await fails(/sdk\/29/, ...grant, "delegate", "--deny-validators", "x", ...by);
  await fails(/could be .* or /, ...grant, "generic", "--msg-type", "MsgUpdateParams", ...by);
  await fails(/--allow-list is not for generic/, ...grant, "generic", "--allow-list", "x", ...by);
  await fails(/--spend-limit is missing/, ...grant, "send", ...by);
  const file = join(home, "send.json");
  const unsigned = ["tx", "bank", "send", "tenant", alice.address, "30ulease", "--generate-only"];
  writeFileSync(file, await works(...unsigned));
  await works("tx", "feegrant", "grant", "tenant", "helper", "--spend-limit", "900ulease");
  const exec = ["tx", "authz", "exec", file, "--from", "helper"];
  const paid = ["--fee-granter", "tenant", "--fees", "400ulease"];
  assert.match(await works(...exec, ...paid), /^done in block .* fee 400 ulease/);
  await fails(/more than spend limit.*\(sdk\/5\)/, ...exec);
  const left = JSON.parse(await works("query", "authz", "grants", "tenant", "helper")) as {
    grants: { authorization: { spend_limit?: { amount: string }[] } }[];
  };
  assert.is(left.grants.length, 2);
  assert.ok(left.grants.some((one) => one.authorization.spend_limit?.[0]?.amount === "20"));
  assert.match(
    await works("query", "feegrant", "allowance", "tenant", "helper"),
    /"amount": "500"/,
  );
  await works("tx", "feegrant", "revoke", "helper", "--from", "tenant");
  await fails(/fee-grant not found/, "query", "feegrant", "allowance", "tenant", "helper");
  const period = ["--period", "1d", "--period-limit", "9ulease", "--allowed-messages", "MsgSend"];
  await works(
    "tx",
    "feegrant",
    "grant",
    "tenant",
    "helper",
    "--spend-limit",
    "90ulease",
    ...period,
  );
  const kind = await works("query", "feegrant", "grants-by-granter", "tenant");
  assert.match(kind, /AllowedMsgAllowance[^]*PeriodicAllowance[^]*"period": "86400s"/);
  await works("tx", "authz", "revoke", "helper", "MsgSend", "--from", "tenant");
  await fails(/\(authz\/2\)/, "tx", "authz", "revoke", "helper", "MsgSend", ...by);
});

test.run();
