// Messages whose words stand in another order on Cosmos command lines than in the message.

import { MsgSend } from "../codec/gen/cosmos/bank/v1beta1.ts";
import { TX_FLAGS } from "./command.ts";
import type { Call, Command } from "./command.ts";
import { UsageFailure } from "./failure.ts";
import { parseCoin, toWireCoin } from "../base/coins.ts";
import { message, resolveAddress, runTx, signerAddress } from "./transactions.ts";

async function sendCoins(call: Call): Promise<void> {
  const [first, second, third] = call.args.words;
  const three = third !== undefined;
  const sender = three ? { ...call, args: call.args.with("from", first as string) } : call;
  const to = three ? second : first;
  const text = three ? third : second;
  if (to === undefined || text === undefined || (!three && call.args.value("from") === undefined))
    throw new UsageFailure("write: leasehold tx bank send FROM TO COINS");
  const amount = text.split(",").map((part) => {
    const coin = parseCoin(part);
    if (coin === undefined)
      throw new UsageFailure(`${JSON.stringify(part)} is not a coin; write for example 500ulease`);
    return toWireCoin(coin);
  });
  await runTx(sender, [
    message(MsgSend, {
      fromAddress: signerAddress(sender),
      toAddress: resolveAddress(call, to),
      amount,
    }),
  ]);
}

/** tx bank send FROM TO COINS, as every Cosmos command line has it. */
export const BANK_SEND: Command = {
  words: ["tx", "bank", "send"],
  usage: "FROM TO COINS",
  summary: "Send coins.",
  flags: TX_FLAGS,
  load: async () => ({ run: sendCoins }),
};
