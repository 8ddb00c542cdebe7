// init [MONIKER]: a home directory with configuration, node keys and genesis.

import { parseCoin } from "../../base/coins.ts";
import type { Coin } from "../../base/coins.ts";
import { PRESETS, parseGenesis } from "../../../genesis/index.ts";
import type { GenesisDocument, PresetName } from "../../../genesis/index.ts";
import type { EngineKind } from "../../node/claim.ts";
import { initHome } from "../../node/home.ts";
import { fastPlatform } from "../../node/platform.ts";
import type { Call, CommandCode } from "../command.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { toJsonText } from "../output.ts";
import { readFile } from "../sdl_files.ts";
import { keyringOf } from "./keys.ts";
import { addressOf } from "../signers.ts";

/** The preset that a call names. Throws: UsageFailure. */
export function presetOf(call: Call): PresetName {
  const text = call.args.need("preset");
  const found = PRESETS.find((name) => name === text);
  if (found === undefined)
    throw new UsageFailure(`--preset is one of ${PRESETS.join(", ")}, got ${text}`);
  return found;
}

/** Coins such as `5ulease,3uusd`. Throws: UsageFailure. */
export function coinsOf(text: string): Coin[] {
  return text.split(",").map((part) => {
    const coin = parseCoin(part);
    if (coin === undefined)
      throw new UsageFailure(
        `${JSON.stringify(part)} is not a coin; write for example 1000000ulease`,
      );
    return coin;
  });
}

/** Keys of a local chain lie in the test keyring unless the call says otherwise. */
function withBackend(call: Call, name: PresetName): Call {
  const given = call.args.value("keyring-backend");
  if (given !== undefined || name !== "local") return call;
  return { ...call, args: call.args.with("keyring-backend", "test") };
}

/** What `--account ADDRESS=COINS` (or KEY=COINS) names. Throws: UsageFailure. */
export function accountsOf(call: Call, prefix: string): { address: string; coins: Coin[] }[] {
  return call.args.list("account").map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageFailure(`--account is ADDRESS=COINS (or KEY=COINS), got ${text}`);
    const name = text.slice(0, at);
    const key = keyringOf(call).find(name);
    return {
      address: key === undefined ? name : addressOf(key, prefix),
      coins: coinsOf(text.slice(at + 1)),
    };
  });
}

function genesisOf(call: Call): GenesisDocument | undefined {
  const path = call.args.value("genesis");
  if (path === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(readFile(path)).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliFailure(`${path} is not JSON: ${error.message}`);
    throw error;
  }
  return parseGenesis(json as Parameters<typeof parseGenesis>[0]);
}

/** The engine that a call names. Throws: UsageFailure. */
export function engineOf(call: Call): EngineKind | undefined {
  const text = call.args.value("engine");
  if (text === undefined || text === "embedded" || text === "comet") return text;
  throw new UsageFailure(`--engine is embedded or comet, got ${text}`);
}

/** init [MONIKER]. */
export const init: CommandCode = {
  async run(call) {
    const name = presetOf(call);
    const prefix = call.args.value("prefix");
    const denoms = call.args.list("denom").flatMap((text) => text.split(","));
    const port = Number(call.args.integer("rpc-port") ?? 26657n);
    if (port > 65535) throw new UsageFailure(`--rpc-port must be at most 65535, got ${port}`);
    const genesis = initHome(
      fastPlatform((sentence) => call.out.note(sentence)),
      {
        home: call.home,
        moniker: call.args.words[0] ?? "node",
        preset: name,
        chainId: call.args.value("chain-id"),
        prefix,
        denoms: denoms.length === 0 ? undefined : denoms,
        accounts: accountsOf(withBackend(call, name), prefix ?? "lease"),
        genesis: genesisOf(call),
        rpcPort: port,
        dev: name === "local",
        engine: engineOf(call),
        keyringBackend:
          withBackend(call, name).args.value("keyring-backend") === "test" ? "test" : "file",
      },
      call.args.has("overwrite"),
    );
    if (call.out.json)
      return call.out.line(toJsonText({ home: call.home, chain_id: genesis.chainId }));
    call.out.line(
      `Made ${call.home} for chain ${genesis.chainId}. Start it with: leasehold start --home ${call.home}`,
    );
  },
};
