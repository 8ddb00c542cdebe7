// One account acts for another and pays nothing: a grant of MsgSend, a fee allowance, and a send that
// uses both. On published CosmJS packages alone; the same on every node, whatever makes its blocks.
// node build/client/examples/grants.js http://localhost:26657 "granter's words" "grantee's words" 5ulease

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { assertIsDeliverTxSuccess, parseCoins, SigningStargateClient } from "@cosmjs/stargate";
import { GenericAuthorization } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { BasicAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";

/** Lets the grantee send `amount` of the granter to itself, the fee paid by the granter; gives its hash. */
export async function sendForAnother(
  rpc: string,
  [granterWords, granteeWords]: readonly [string, string],
  amount: string,
  prefix = "lease",
): Promise<string> {
  const open = async (words: string): Promise<readonly [SigningStargateClient, string]> => {
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(words, { prefix });
    const client = await SigningStargateClient.connectWithSigner(rpc, wallet);
    return [client, (await wallet.getAccounts())[0]?.address ?? ""];
  };
  const [[granterClient, granter], [granteeClient, grantee]] = [
    await open(granterWords),
    await open(granteeWords),
  ];
  const coins = parseCoins(amount);
  const fee = { amount: [{ denom: coins[0]?.denom ?? "", amount: "1000" }], gas: "400000" };
  const typeUrl = "/cosmos.bank.v1beta1.MsgSend";
  const authorization = {
    typeUrl: "/cosmos.authz.v1beta1.GenericAuthorization",
    value: GenericAuthorization.encode({ msg: typeUrl }).finish(),
  };
  const allowance = {
    typeUrl: "/cosmos.feegrant.v1beta1.BasicAllowance",
    value: BasicAllowance.encode({ spendLimit: fee.amount }).finish(),
  };
  const grants: EncodeObject[] = [
    {
      typeUrl: "/cosmos.authz.v1beta1.MsgGrant",
      value: { granter, grantee, grant: { authorization } },
    },
    {
      typeUrl: "/cosmos.feegrant.v1beta1.MsgGrantAllowance",
      value: { granter, grantee, allowance },
    },
  ];
  assertIsDeliverTxSuccess(await granterClient.signAndBroadcast(granter, grants, fee));
  const send = { fromAddress: granter, toAddress: grantee, amount: coins };
  const exec = {
    typeUrl: "/cosmos.authz.v1beta1.MsgExec",
    value: { grantee, msgs: [{ typeUrl, value: MsgSend.encode(send).finish() }] },
  };
  const sent = await granteeClient.signAndBroadcast(grantee, [exec], { ...fee, granter });
  assertIsDeliverTxSuccess(sent);
  for (const client of [granterClient, granteeClient]) client.disconnect();
  return sent.transactionHash;
}

const [, script = "", rpc, granter, grantee, amount] = process.argv;
if (script.endsWith("examples/grants.js") && amount !== undefined) {
  const words = [granter as string, grantee as string] as const;
  console.log(await sendForAnother(rpc as string, words, amount));
}
