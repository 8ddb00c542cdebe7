// tx authz grant | exec | revoke and tx feegrant grant | revoke: from words and flags to messages
// whose fields are of type Any.

import { parseTime } from "../../base/time.ts";
import type { Timestamp } from "../../base/time.ts";
import type { WireCoin } from "../../base/coins.ts";
import type { Any, MessageType } from "../../codec/index.ts";
import {
  GenericAuthorization,
  MsgExec,
  MsgGrant,
  MsgRevoke,
} from "../../codec/gen/cosmos/authz/v1beta1.ts";
import { SendAuthorization } from "../../codec/gen/cosmos/bank/v1beta1.ts";
import {
  AllowedMsgAllowance,
  BasicAllowance,
  MsgGrantAllowance,
  MsgRevokeAllowance,
  PeriodicAllowance,
} from "../../codec/gen/cosmos/feegrant/v1beta1.ts";
import { AuthorizationType, StakeAuthorization } from "../../codec/gen/cosmos/staking/v1beta1.ts";
import { servedMessages } from "../../app/index.ts";
import { parseDuration } from "../args.ts";
import type { Call, CommandCode } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import { message, parseCoins, resolveAddress, runTx, signerAddress } from "../transactions.ts";
import { readTx } from "./signing.ts";

const STAKE_KINDS = new Map<string, number>([
  ["delegate", AuthorizationType.DELEGATE],
  ["unbond", AuthorizationType.UNDELEGATE],
  ["redelegate", AuthorizationType.REDELEGATE],
  ["cancel-unbond", AuthorizationType.CANCEL_UNBONDING_DELEGATION],
]);

function any<T>(type: MessageType<T>, value: Partial<T>): Any {
  return { typeUrl: type.typeUrl, value: type.encode(type.create(value)) };
}

/** Values of a list flag, given several times or with commas. */
function listOf(call: Call, name: string): readonly string[] {
  return call.args.list(name).flatMap((text) => text.split(",").filter((part) => part !== ""));
}

/** `MsgSend`, `bank.MsgSend`, with or without the package: the type URL of a message of this chain. */
function typeUrlOf(text: string): string {
  const urls = servedMessages().map((type) => type.typeUrl);
  const name = text.replace(/^\//, "");
  const found = urls.filter((url) => url === `/${name}` || url.endsWith(`.${name}`));
  const near = urls.filter((url) => {
    const [module = "", short = ""] = [url.split(".").at(-3), url.split(".").at(-1)];
    return `${module}.${short}` === name;
  });
  const [one, ...others] = found.length > 0 ? found : near;
  if (one === undefined)
    throw new UsageFailure(`${JSON.stringify(text)} is no message that this chain serves`, {
      remedy: "Write for example MsgSend, bank.MsgSend or /cosmos.bank.v1beta1.MsgSend",
    });
  if (others.length > 0)
    throw new UsageFailure(`${JSON.stringify(text)} could be ${[one, ...others].join(" or ")}`);
  return one;
}

/** When a grant ends: a span from now, a point in time, or a Unix second. */
function expirationOf(call: Call): Timestamp | undefined {
  const text = call.args.value("expiration");
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  if (/^[0-9]{9,11}$/.test(text)) return { seconds: BigInt(text), nanos: 0 };
  const now = BigInt(Math.floor(Date.now() / 1000));
  return { seconds: now + parseDuration(text), nanos: 0 };
}

function coinsOf(call: Call, flag: string): WireCoin[] {
  const coins = parseCoins(call.args.value(flag) ?? "");
  return coins.sort((a, b) => (a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0));
}

/** Flags that only some kinds take: an unused one is a mistake. */
function refuseOthers(call: Call, kind: string, used: readonly string[]): void {
  const all = ["msg-type", "spend-limit", "allow-list", "allowed-validators", "deny-validators"];
  const wrong = all.find((name) => !used.includes(name) && call.args.has(name));
  if (wrong !== undefined) throw new UsageFailure(`--${wrong} is not for ${kind} grants`);
}

function authorizationOf(call: Call, kind: string): Any {
  const stake = STAKE_KINDS.get(kind);
  if (stake !== undefined) return stakeAuthorization(call, kind, stake);
  if (kind === "generic") {
    refuseOthers(call, kind, ["msg-type"]);
    return any(GenericAuthorization, { msg: typeUrlOf(call.args.need("msg-type")) });
  }
  if (kind === "send") {
    refuseOthers(call, kind, ["spend-limit", "allow-list"]);
    call.args.need("spend-limit");
    const allowList = listOf(call, "allow-list").map((text) => resolveAddress(call, text));
    return any(SendAuthorization, { spendLimit: coinsOf(call, "spend-limit"), allowList });
  }
  const kinds = ["generic", "send", ...STAKE_KINDS.keys()].join(", ");
  throw new UsageFailure(`${JSON.stringify(kind)} is no kind of grant; write one of ${kinds}`);
}

function stakeAuthorization(call: Call, kind: string, authorizationType: number): Any {
  refuseOthers(call, kind, ["spend-limit", "allowed-validators", "deny-validators"]);
  const allowed = listOf(call, "allowed-validators");
  const denied = listOf(call, "deny-validators");
  if (allowed.length > 0 === denied.length > 0)
    throw new UsageFailure(`${kind} grants need --allowed-validators or --deny-validators`);
  const [maxTokens, ...others] = coinsOf(call, "spend-limit");
  if (others.length > 0) throw new UsageFailure("--spend-limit of a staking grant is one coin");
  return any(StakeAuthorization, {
    authorizationType,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(allowed.length > 0 && { allowList: { address: allowed } }),
    ...(denied.length > 0 && { denyList: { address: denied } }),
  });
}

/** tx authz grant GRANTEE KIND. */
export const grantAuthorization: CommandCode = {
  async run(call) {
    const grantee = resolveAddress(call, call.args.word(0, "the grantee"));
    const authorization = authorizationOf(call, call.args.word(1, "the kind of grant"));
    const grant = { authorization, expiration: expirationOf(call) };
    await runTx(call, [message(MsgGrant, { granter: signerAddress(call), grantee, grant })]);
  },
};

/** tx authz exec FILE. */
export const execute: CommandCode = {
  async run(call) {
    const { body } = readTx(call.args.word(0, "the file"));
    const grantee = signerAddress(call);
    await runTx(call, [message(MsgExec, { grantee, msgs: body.messages })]);
  },
};

/** tx authz revoke GRANTEE TYPE. */
export const revokeAuthorization: CommandCode = {
  async run(call) {
    const grantee = resolveAddress(call, call.args.word(0, "the grantee"));
    const text = call.args.word(1, "the type of the message");
    const msgTypeUrl = text.startsWith("/") ? text : typeUrlOf(text);
    await runTx(call, [message(MsgRevoke, { granter: signerAddress(call), grantee, msgTypeUrl })]);
  },
};

/** `GRANTER GRANTEE`, or `GRANTEE` with the granter in --from. */
function pairOf(call: Call): { call: Call; granter: string; grantee: string } {
  const [first, second] = call.args.words;
  const both = second !== undefined;
  const signed = both ? { ...call, args: call.args.with("from", first as string) } : call;
  const grantee = resolveAddress(call, second ?? call.args.word(0, "the grantee"));
  return { call: signed, granter: signerAddress(signed), grantee };
}

function allowanceOf(call: Call): Any {
  const basic: BasicAllowance = {
    spendLimit: coinsOf(call, "spend-limit"),
    expiration: expirationOf(call),
  };
  const span = call.args.value("period");
  if ((span === undefined) !== (call.args.value("period-limit") === undefined))
    throw new UsageFailure("--period and --period-limit belong together");
  if (span === undefined) return any(BasicAllowance, basic);
  const period = parseDuration(span);
  const limit = coinsOf(call, "period-limit");
  const periodReset = { seconds: BigInt(Math.floor(Date.now() / 1000)) + period, nanos: 0 };
  return any(PeriodicAllowance, {
    basic,
    period: { seconds: period, nanos: 0 },
    periodSpendLimit: limit,
    periodCanSpend: limit,
    periodReset,
  });
}

/** tx feegrant grant [GRANTER] GRANTEE. */
export const grantAllowance: CommandCode = {
  async run(call) {
    const pair = pairOf(call);
    const inner = allowanceOf(call);
    const allowedMessages = listOf(call, "allowed-messages").map(typeUrlOf);
    const allowance =
      allowedMessages.length === 0
        ? inner
        : any(AllowedMsgAllowance, { allowance: inner, allowedMessages });
    const { granter, grantee } = pair;
    await runTx(pair.call, [message(MsgGrantAllowance, { granter, grantee, allowance })]);
  },
};

/** tx feegrant revoke [GRANTER] GRANTEE. */
export const revokeAllowance: CommandCode = {
  async run(call) {
    const { granter, grantee, call: signed } = pairOf(call);
    await runTx(signed, [message(MsgRevokeAllowance, { granter, grantee })]);
  },
};
