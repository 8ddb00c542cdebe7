// What the chain refused, as one sentence with the code that the module gave it. Queries and
// simulations pass only a gRPC code on; the sentence still ends with the registered text of the
// refusal, so the code is found again by that.

import { errorCodes, remedies } from "../../client/error_codes.ts";
import { authzErrors } from "../../modules/authz/index.ts";
import { bankErrors } from "../../modules/bank/index.ts";
import { chainErrors } from "../../modules/chain/index.ts";
import { deploymentErrors } from "../../modules/deployment/index.ts";
import { escrowErrors } from "../../modules/escrow/index.ts";
import { feegrantErrors } from "../../modules/feegrant/index.ts";
import { marketErrors } from "../../modules/market/index.ts";
import { providerErrors } from "../../modules/provider/index.ts";
import { sdkErrors } from "../base/errors.ts";
import type { ErrorKind } from "../base/errors.ts";
import { CliFailure } from "./failure.ts";

/** All refusals that modules declare; of two with one text the SDK's comes first. */
const KINDS: readonly ErrorKind[] = [
  sdkErrors,
  bankErrors,
  authzErrors,
  feegrantErrors,
  providerErrors,
  escrowErrors,
  deploymentErrors,
  marketErrors,
  chainErrors,
].flatMap((table) => Object.values<ErrorKind>(table));

/** What a query puts behind the sentence of a module. */
const QUERY_TAILS = [": invalid request", ": key not found", ": unknown request"];

/** Codes of `sdk` that stand for a gRPC status rather than for a refusal. */
const STATUS_CODES: readonly number[] = [6, 18, 22];

/** The sentence in a log: without the frames that gRPC, simulation and messages put around it. */
function plainSentence(log: string): string {
  return (/desc = (.*)$/s.exec(log)?.[1] ?? log)
    .replace(/ with gas used: '\d+'(?:: unknown request)?$/, "")
    .replace(/^failed to execute message; message index: 0: /, "");
}

function endingOf(sentence: string): ErrorKind | undefined {
  const found = KINDS.filter(({ text }) => sentence === text || sentence.endsWith(`: ${text}`));
  return found.sort((a, b) => b.text.length - a.text.length)[0];
}

function withoutTail(sentence: string): string {
  const tail = QUERY_TAILS.find((one) => sentence.endsWith(one));
  return tail === undefined ? sentence : sentence.slice(0, -tail.length);
}

/** `a: text: text` -> `a: text`. */
function withoutEcho(sentence: string): string {
  const at = sentence.lastIndexOf(": ");
  const tail = at < 0 ? "" : sentence.slice(at);
  return tail !== "" && sentence.slice(0, at).endsWith(tail) ? sentence.slice(0, at) : sentence;
}

function remedyOf(codespace: string, code: number): string | undefined {
  const codes: Readonly<Record<string, number>> =
    codespace in errorCodes ? errorCodes[codespace as keyof typeof errorCodes] : {};
  const name = Object.keys(codes).find((one) => codes[one] === code);
  const text = name === undefined ? undefined : remedies[`${codespace}/${name}`];
  return text === undefined ? undefined : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A refusal of the chain as one sentence with `codespace/code` and, where there is one, a remedy. */
export function chainFailure(codespace: string, code: number, log: string): CliFailure {
  const sentence = plainSentence(log);
  const isStatus = codespace === "sdk" && STATUS_CODES.includes(code);
  const inner = isStatus ? withoutTail(sentence) : sentence;
  const kind = isStatus ? endingOf(inner) : undefined;
  const known = kind ?? { codespace, code };
  const remedy = remedyOf(known.codespace, known.code);
  return new CliFailure(withoutEcho(inner), {
    code: `${known.codespace}/${known.code}`,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
