// The pages of docs/spec, made from the code: store keys, errors, events, messages. A test compares
// them with what is committed; `node build/test/docs/write.js` writes them anew.

import { sdkErrors, undefinedErrors } from "../../chain/base/errors.ts";
import type { ErrorKind } from "../../chain/base/errors.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import type { MessageType } from "../../chain/codec/types.ts";
import { servedMessages, servedQueries } from "../../chain/app/index.ts";
import type { CollectionRow, Schema } from "../../chain/store/index.ts";
import { schema as auth } from "../../modules/auth/state.ts";
import { authzErrors } from "../../modules/authz/errors.ts";
import { authzSchema } from "../../modules/authz/state.ts";
import { schema as bank } from "../../modules/bank/state.ts";
import { bankErrors } from "../../modules/bank/errors.ts";
import { schema as chain } from "../../modules/chain/state.ts";
import { chainErrors } from "../../modules/chain/errors.ts";
import { schema as consensus } from "../../modules/consensus/state.ts";
import { deploymentErrors } from "../../modules/deployment/errors.ts";
import { deploymentSchema } from "../../modules/deployment/state.ts";
import { escrowErrors } from "../../modules/escrow/errors.ts";
import { schema as escrow } from "../../modules/escrow/state.ts";
import { feegrantErrors } from "../../modules/feegrant/errors.ts";
import { feegrantSchema } from "../../modules/feegrant/state.ts";
import { marketErrors } from "../../modules/market/errors.ts";
import { marketSchema } from "../../modules/market/state.ts";
import { providerErrors } from "../../modules/provider/errors.ts";
import { providerSchema } from "../../modules/provider/state.ts";

const NOTE = "Made from the code by `make docs`. Not to be edited.";

const SCHEMAS: readonly Schema[] = [
  chain,
  consensus,
  auth,
  bank,
  authzSchema,
  feegrantSchema,
  providerSchema,
  escrow,
  marketSchema,
  deploymentSchema,
];

const ERRORS: readonly Readonly<Record<string, ErrorKind>>[] = [
  sdkErrors,
  undefinedErrors,
  chainErrors,
  bankErrors,
  authzErrors,
  feegrantErrors,
  providerErrors,
  escrowErrors,
  marketErrors,
  deploymentErrors,
];

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n");
}

function storeKeys(): string {
  const stores = SCHEMAS.map((schema) => {
    const rows = schema.describe();
    const cells = (one: CollectionRow): string[] => [
      `\`${one.prefix}\``,
      one.name,
      one.kind,
      one.key,
      one.value,
    ];
    const table = markdownTable(["prefix", "name", "kind", "key", "value"], rows.map(cells));
    return `## ${rows[0]?.store ?? ""}\n\n${table}`;
  });
  const about =
    "Keys of every store: a prefix byte, then the key. Integers are big-endian; texts end with a zero byte and " +
    "addresses begin with their length unless they are last. Side indexes are not hashed and cannot be proven.";
  return `# Store keys\n\n${NOTE}\n\n${about}\n\n${stores.join("\n\n")}\n`;
}

function errors(): string {
  const spaces = ERRORS.map((table) => {
    const kinds = Object.values(table);
    const rows = kinds.map((kind) => [String(kind.code), kind.text]);
    return `## ${kinds[0]?.codespace ?? ""}\n\n${markdownTable(["code", "text"], rows)}`;
  });
  const about =
    "A refusal carries codespace and code; the text before the colon tells values and what was expected.";
  return `# Errors\n\n${NOTE}\n\n${about}\n\n${spaces.join("\n\n")}\n`;
}

function fieldRows(type: MessageType<unknown>): string[][] {
  return type.table.fields.map((field) => [
    String(field.number),
    `\`${field.name}\``,
    `${field.repeated === true ? "repeated " : ""}${field.type}`,
    (field.comment ?? "").replaceAll("\n", " "),
  ]);
}

function messageSection(type: MessageType<unknown>): string {
  const signer =
    type.table.signer === undefined ? "" : ` Signer: \`${type.table.signer.join(", ")}\`.`;
  const amino =
    type.table.aminoName === undefined ? "" : ` Amino name: \`${type.table.aminoName}\`.`;
  const rows = fieldRows(type);
  const fields =
    rows.length === 0 ? "No fields." : markdownTable(["number", "field", "type", "meaning"], rows);
  return `## ${type.name}\n\n${`${signer}${amino}`.trim()}\n\n${fields}`.replace(
    /\n\n\n+/g,
    "\n\n",
  );
}

function events(): string {
  const types = allMessageTypes.filter((type) => /^leasehold\..*\.Event[A-Z]\w*$/.test(type.name));
  const about =
    "Event type = message name; attributes = the fields below, as plain text. SDK modules emit the SDK's events.";
  return `# Events\n\n${NOTE}\n\n${about}\n\n${types.map(messageSection).join("\n\n")}\n`;
}

function messages(): string {
  const types = servedMessages().filter((type) => type.name.startsWith("leasehold."));
  const queries = servedQueries().map((query) => [`\`${query.path}\``]);
  return [
    `# Messages and queries\n\n${NOTE}\n\nMessages of our own modules that the chain serves.`,
    ...types.map(messageSection),
    `## Queries\n\n${markdownTable(["path (over abci_query)"], queries)}\n`,
  ].join("\n\n");
}

/** File name below docs/spec -> text. */
export function specPages(): ReadonlyMap<string, string> {
  return new Map([
    ["store-keys.md", storeKeys()],
    ["errors.md", errors()],
    ["events.md", events()],
    ["messages.md", messages()],
  ]);
}
