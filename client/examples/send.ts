// Sends coins and finds the transaction again, on published CosmJS packages alone.
// node build/client/examples/send.js http://localhost:26657 "twelve words .." lease1receiver 1000ulease

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { GasPrice, parseCoins, SigningStargateClient } from "@cosmjs/stargate";

/** Sends `amount` from the mnemonic's first account; gives the hash of the transaction. */
export async function send(
  rpc: string,
  words: string,
  to: string,
  amount: string,
): Promise<string> {
  const [prefix] = to.split("1");
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(words, { prefix: prefix as string });
  const [account] = await wallet.getAccounts();
  const coins = parseCoins(amount);
  const gasPrice = GasPrice.fromString(`0${coins[0]?.denom}`);
  const client = await SigningStargateClient.connectWithSigner(rpc, wallet, { gasPrice });
  const sent = await client.sendTokens(account?.address as string, to, coins, "auto");
  if (sent.code !== 0) throw new Error(sent.rawLog);
  const found = await client.searchTx([{ key: "transfer.recipient", value: to }]);
  client.disconnect();
  if (!found.some((tx) => tx.hash === sent.transactionHash)) throw new Error("not found by event");
  return sent.transactionHash;
}

const [, script = "", rpc, words, to, amount] = process.argv;
if (script.endsWith("examples/send.js") && amount !== undefined) {
  console.log(await send(rpc as string, words as string, to as string, amount));
}
