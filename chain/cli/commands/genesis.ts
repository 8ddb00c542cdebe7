// genesis add-account | validate: the genesis of a chain that has not begun.

import { AddressCodec } from "../../base/address.ts";
import { parseCoin } from "../../base/coins.ts";
import type { Coin } from "../../base/coins.ts";
import { addAccount as added } from "../../../genesis/index.ts";
import { genesisProblems } from "../../node/genesis_check.ts";
import { genesisPath, prefixOf, readGenesis, readJson, writeGenesis } from "../../node/home.ts";
import { fastPlatform } from "../../node/platform.ts";
import type { Call, CommandCode } from "../command.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { formatAmount, toJsonText } from "../output.ts";
import { addressOf } from "../signers.ts";
import { keyringOf } from "./keys.ts";

function coinsOf(text: string): Coin[] {
  const coins = text.split(",").map((part) => {
    const coin = parseCoin(part);
    if (coin === undefined || coin.amount <= 0n)
      throw new UsageFailure(
        `${JSON.stringify(part)} is not a coin; write for example 1000000ulease`,
      );
    return coin;
  });
  const twice = coins.find(({ denom }, i) => coins.findIndex((one) => one.denom === denom) !== i);
  if (twice !== undefined) throw new UsageFailure(`${twice.denom} stands twice`);
  return coins;
}

/** genesis add-account ADDRESS|KEY COINS [--append]: an account, or more coins for one, and the supply. */
export const addAccount: CommandCode = {
  async run(call) {
    const who = call.args.word(0, "ADDRESS");
    const coins = coinsOf(call.args.word(1, "COINS"));
    const platform = fastPlatform((sentence) => call.out.note(sentence));
    const { document } = readGenesis(call.home);
    const codec = new AddressCodec(prefixOf(document));
    const key = keyringOf(call).find(who);
    const address =
      key === undefined ? codec.format(codec.parse(who)) : addressOf(key, codec.prefix);
    const changed = added(document, address, coins, call.args.has("append"));
    writeGenesis(platform, call.home, changed);
    if (call.out.json)
      return call.out.line(
        toJsonText({ address, coins: coins.map(({ denom, amount }) => ({ denom, amount })) }),
      );
    const amounts = coins.map(({ denom, amount }) => formatAmount(amount, denom)).join(", ");
    call.out.line(`Added ${amounts} for ${address} to ${genesisPath(call.home)}.`);
  },
};

function pathOf(call: Call): string {
  return call.args.words[0] ?? genesisPath(call.home);
}

/** genesis validate [FILE]: everything that is wrong, with its JSON path. */
export const validate: CommandCode = {
  async run(call) {
    const path = pathOf(call);
    const platform = fastPlatform((sentence) => call.out.note(sentence));
    const problems = genesisProblems(platform, readJson(path).json);
    if (call.out.json)
      call.out.line(toJsonText({ file: path, valid: problems.length === 0, problems }));
    else for (const problem of problems) call.out.line(problem);
    if (problems.length > 0)
      throw new CliFailure(
        `${path} has ${problems.length} ${problems.length === 1 ? "fault" : "faults"}`,
      );
    if (!call.out.json) call.out.line(`${path} is valid: a chain can begin with it.`);
  },
};
