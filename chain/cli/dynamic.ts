// `tx MODULE MESSAGE` and `query MODULE QUERY` for everything the application serves, made from the
// tables of messages and services.

import { BANK_SEND } from "./aliases.ts";
import type { MessageType } from "../codec/types.ts";
import { servedMessages, servedQueries } from "../app/index.ts";
import type { ServedQuery } from "../app/index.ts";
import { NODE_FLAGS, KEY_FLAGS, TX_FLAGS } from "./command.ts";
import type { Call, Command } from "./command.ts";
import { nodeUrl } from "./connection.ts";
import { fieldFlags, messageFromArgs, positionalFields } from "./fields.ts";
import { toJsonText } from "./output.ts";
import { GRANT_COMMANDS } from "./lists/grants.ts";
import { ask, registry } from "./queries.ts";
import { resolveAddress, runTx, signerAddress } from "./transactions.ts";

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** `cosmos.bank.v1beta1.MsgSend` -> `bank`. */
function moduleName(fullName: string): string {
  return fullName.split(".").at(-3) as string;
}

function usageOf(type: MessageType<unknown>): string {
  return positionalFields(type)
    .map((field) => `[${field.name.toUpperCase().replaceAll("_", "-")}]`)
    .join(" ");
}

function txCommand(type: MessageType<unknown>): Command {
  const name = kebab((type.name.split(".").at(-1) as string).replace(/^Msg/, ""));
  const taken = new Set(TX_FLAGS.map((flag) => flag.name));
  const run = async (call: Call): Promise<void> => {
    const signer = signerAddress(call);
    const value = messageFromArgs(type, call.args, signer, (text) => resolveAddress(call, text));
    await runTx(call, [{ type, value }]);
  };
  return {
    words: ["tx", moduleName(type.name), name],
    usage: usageOf(type),
    summary: `Send ${type.name}, signed by --from.`,
    flags: [...fieldFlags(type, taken), ...TX_FLAGS],
    load: async () => ({ run }),
  };
}

function queryCommand(query: ServedQuery, verb: string): Command {
  const name = kebab(query.path.split("/").at(-1) as string);
  const taken = new Set([...NODE_FLAGS, ...KEY_FLAGS].map((flag) => flag.name));
  const run = async (call: Call): Promise<void> => {
    const value = messageFromArgs(query.request, call.args, undefined, (text) =>
      resolveAddress(call, text),
    );
    const source = { url: nodeUrl(call), height: call.args.integer("height") };
    const answer = await ask(source, query.path, query.request, query.response, value as object);
    call.out.line(toJsonText(query.response.toJson(answer, registry)));
  };
  return {
    words: [verb, moduleName(query.path.slice(1, query.path.lastIndexOf("/"))), name],
    usage: usageOf(query.request),
    summary: `Ask ${query.path}.`,
    flags: [...fieldFlags(query.request, taken), ...NODE_FLAGS, ...KEY_FLAGS],
    load: async () => ({ run }),
  };
}

/** Queries that Cosmos command lines know under another name. */
const USUAL_NAMES = new Map([
  ["bank all-balances", "balances"],
  ["bank total-supply", "total"],
  ["bank supply-of", "total-supply-of"],
  ["authz granter-grants", "grants-by-granter"],
  ["authz grantee-grants", "grants-by-grantee"],
  ["feegrant allowance", "grant"],
  ["feegrant allowances", "grants-by-grantee"],
  ["feegrant allowances-by-granter", "grants-by-granter"],
]);

/** The command under its usual name too. */
function withUsualName(command: Command): Command[] {
  const [verb, module, name] = command.words as [string, string, string];
  const usual = USUAL_NAMES.get(`${module} ${name}`);
  return usual === undefined ? [command] : [command, { ...command, words: [verb, module, usual] }];
}

/** Commands below `tx`, `query` and `q`. */
export function dynamicCommands(): Command[] {
  const byHand = new Set([BANK_SEND, ...GRANT_COMMANDS].map((command) => command.words.join(" ")));
  const txs = servedMessages()
    .map(txCommand)
    .filter((command) => !byHand.has(command.words.join(" ")));
  const queries = servedQueries()
    .flatMap((query) => [queryCommand(query, "query"), queryCommand(query, "q")])
    .flatMap(withUsualName);
  return [BANK_SEND, ...GRANT_COMMANDS, ...txs, ...queries];
}
