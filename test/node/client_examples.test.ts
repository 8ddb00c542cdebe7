// The examples of the client library against an embedded node.

import { Secp256k1HdWallet } from "@cosmjs/amino";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { multisigAccount, sendTogether } from "../../client/examples/multisig.ts";
import { send } from "../../client/examples/send.ts";
import {
  ChainRefusal,
  LeaseholdClient,
  newMnemonic,
  providerMsgs,
  walletFromMnemonic,
} from "../../client/index.ts";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const examples = suite("client examples");

const FUNDS = [
  { denom: "ulease", amount: 1_000_000_000n },
  { denom: "uusd", amount: 1_000_000_000n },
];

const words = await newMnemonic();
const wallet = await walletFromMnemonic(words);
const address = (await wallet.getAccounts())[0]?.address as string;
const members = {
  wallets: await Promise.all(
    [0, 1, 2].map(() => Secp256k1HdWallet.generate(12, { prefix: "lease" })),
  ),
  threshold: 2,
  prefix: "lease",
};
const { address: together } = await multisigAccount(members);
let node: TestNode;

examples.before(async () => {
  node = await startTestNode({
    accounts: [
      { address, coins: FUNDS },
      { address: together, coins: FUNDS },
    ],
  });
});

examples.after(async () => {
  await node.remove();
});

examples("send: coins arrive, the transaction is found by its event", async () => {
  const hash = await send(node.rpcUrl, words, together, "1000ulease");
  assert.match(hash, /^[0-9A-F]{64}$/);
  const client = await LeaseholdClient.connect(node.rpcUrl);
  const { amount } = await client.query.bank.balance(together, "ulease");
  assert.is(amount, "1000001000");
  client.disconnect();
});

examples("multisig: two of three members send in amino", async () => {
  const fee = { gas: "200000", amount: [] };
  const hash = await sendTogether(node.rpcUrl, members, address, "5000ulease", fee);
  assert.match(hash, /^[0-9A-F]{64}$/);
});

examples("connect: the chain says what it is", async () => {
  const client = await LeaseholdClient.connect(node.rpcUrl);
  const { chainId, prefix, baseDenom, denoms } = client.facts;
  assert.equal([chainId, prefix, baseDenom], ["test-1", "lease", "ulease"]);
  assert.equal([...denoms].sort(), ["ulease", "uusd"]);
  client.disconnect();
});

examples("refusals name codespace, code and kind, in simulation and in a block", async () => {
  const client = await LeaseholdClient.connect(node.rpcUrl, { signer: wallet });
  const pause = providerMsgs.pauseProvider({ signer: address, provider: address });
  for (const fee of ["auto", { gas: "300000", amount: [] }] as const) {
    try {
      await client.execute(address, [pause], fee);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ChainRefusal);
      const refusal = error as ChainRefusal;
      if (fee !== "auto") assert.is(refusal.kind, "notFound", refusal.message);
      assert.match(refusal.message, /provider not found/);
    }
  }
  client.disconnect();
});

examples("the same library on a chain with another prefix and other denoms", async () => {
  const cosmos = await walletFromMnemonic(words, "cosmos");
  const own = (await cosmos.getAccounts())[0]?.address as string;
  const coins = ["ustake", "ucosm"].map((denom) => ({ denom, amount: 1_000_000n }));
  const other = await startTestNode({
    prefix: "cosmos",
    denoms: ["ustake", "ucosm"],
    chainId: "other-1",
    accounts: [{ address: own, coins }],
  });
  const client = await LeaseholdClient.connect(other.rpcUrl, { signer: cosmos });
  const { prefix, baseDenom, denoms, chainId } = client.facts;
  assert.equal([prefix, baseDenom, chainId], ["cosmos", "ustake", "other-1"]);
  assert.equal([...denoms].sort(), ["ucosm", "ustake"]);
  assert.equal(client.sdlOptions, { prefix, denoms, otherDenoms: "" });
  const to = "cosmos1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5lzv7xu";
  const message = {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: own, toAddress: to, amount: [{ denom: "ucosm", amount: "7" }] },
  };
  const result = await client.execute(own, [message]);
  assert.ok(result.gasUsed < 100_000n, `${result.gasUsed} gas`);
  assert.is((await client.query.bank.balance(to, "ucosm")).amount, "7");
  client.disconnect();
  await other.remove();
});

examples.run();
