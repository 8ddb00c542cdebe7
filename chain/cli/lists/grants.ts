// Authorizations and fee allowances, with the words that Cosmos command lines have for them.

import type { FlagSpec } from "../args.ts";
import { TX_FLAGS } from "../command.ts";
import type { Command, CommandCode } from "../command.ts";
import { command } from "./flags.ts";

type Grants = typeof import("../commands/grants.ts");

function grant(
  words: string,
  usage: string,
  summary: string,
  flags: readonly FlagSpec[],
  name: keyof Grants,
): Command {
  const load = async (): Promise<CommandCode> => (await import("../commands/grants.ts"))[name];
  return command(words, usage, summary, [...flags, ...TX_FLAGS], load);
}

const EXPIRATION: FlagSpec = {
  name: "expiration",
  kind: "value",
  value: "TIME",
  text: "when it ends: 30d, 12h, 2027-01-31T12:00:00Z or a Unix second (default: never)",
};
const SPEND_LIMIT: FlagSpec = {
  name: "spend-limit",
  kind: "value",
  value: "COINS",
  text: "the most that may be spent in all, for example 500ulease",
};

const AUTHORIZATION: readonly FlagSpec[] = [
  {
    name: "msg-type",
    kind: "value",
    value: "TYPE",
    text: "generic: the message, for example MsgCloseDeployment or its whole type URL",
  },
  { ...SPEND_LIMIT, text: "send, and staking: the most that may be moved in all" },
  {
    name: "allow-list",
    kind: "list",
    value: "ADDRESS",
    text: "send: only to these (default: to anybody)",
  },
  { name: "allowed-validators", kind: "list", value: "ADDRESS", text: "staking: only at these" },
  { name: "deny-validators", kind: "list", value: "ADDRESS", text: "staking: not at these" },
  EXPIRATION,
];

const ALLOWANCE: readonly FlagSpec[] = [
  SPEND_LIMIT,
  { name: "period", kind: "value", value: "SPAN", text: "length of a period: 1d, 12h, 3600s" },
  { name: "period-limit", kind: "value", value: "COINS", text: "the most in one period" },
  {
    name: "allowed-messages",
    kind: "list",
    value: "TYPE",
    text: "only for these messages, for example MsgCreateBid",
  },
  EXPIRATION,
];

/** Transactions of modules authz and feegrant. */
export const GRANT_COMMANDS: readonly Command[] = [
  grant(
    "tx authz grant",
    "GRANTEE generic|send|delegate|unbond|redelegate|cancel-unbond",
    "Let GRANTEE send messages in the name of --from.",
    AUTHORIZATION,
    "grantAuthorization",
  ),
  grant(
    "tx authz exec",
    "FILE",
    "Send the messages of FILE (from --generate-only) in their signers' names, as --from.",
    [],
    "execute",
  ),
  grant(
    "tx authz revoke",
    "GRANTEE TYPE",
    "Take the grant for messages of TYPE back.",
    [],
    "revokeAuthorization",
  ),
  grant(
    "tx feegrant grant",
    "[GRANTER] GRANTEE",
    "Let GRANTEE pay fees from the account of GRANTER (default: --from).",
    ALLOWANCE,
    "grantAllowance",
  ),
  grant(
    "tx feegrant revoke",
    "[GRANTER] GRANTEE",
    "Take GRANTEE's allowance back.",
    [],
    "revokeAllowance",
  ),
];
