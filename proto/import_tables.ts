// Maintenance script: turns the wire facts of the Cosmos world (messages.json, services.json and
// enums.json, read from the descriptors that the Go modules register) into our own compact tables.
//   node build/proto/import_tables.js <folder with the three files>
// It is run when the target version of the SDK moves, not by a build.

import { readFileSync, writeFileSync } from "node:fs";
import type { FieldTable, MessageTable, MethodTable, ServiceTable } from "../chain/codec/types.ts";
import { writeTables } from "./tables.ts";

/** Packages whose facts are kept. Which of them become code is decided in packages.ts. */
const KEPT = [
  /^cosmos\.(auth|authz|bank|consensus|distribution|evidence|feegrant|gov|mint|slashing)\./,
  /^cosmos\.(staking|tx|upgrade|vesting|ics23|params)\./,
  /^cosmos\.base\.(abci|node|query|tendermint)\.v1beta1\./,
  /^cosmos\.base\.v1beta1\./,
  /^cosmos\.crypto\.(ed25519|multisig|secp256k1)\./,
  /^cosmos\.store\.(v1beta1|snapshots\.v1)\./,
  /^tendermint\.(abci|types|crypto|version|p2p|libs\.bits)\./,
];

/** Amino names of members of oneofs: the facts do not hold them. */
const ONEOF_NAMES = new Map([
  [
    "cosmos.staking.v1beta1.StakeAuthorization.allow_list",
    "cosmos-sdk/StakeAuthorization/AllowList",
  ],
  ["cosmos.staking.v1beta1.StakeAuthorization.deny_list", "cosmos-sdk/StakeAuthorization/DenyList"],
]);

interface FieldFact {
  readonly n: number;
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly oneof?: string;
  readonly nullable?: boolean;
  readonly std?: "time" | "duration";
  readonly customtype?: string;
  readonly scalar?: string;
  readonly accepts?: string;
  readonly amino_encoding?: string;
  readonly amino_name?: string;
  readonly amino_dont_omitempty?: boolean;
}

interface MessageFact {
  readonly name: string;
  readonly fields: readonly FieldFact[];
  readonly signer?: readonly string[];
  readonly amino_name?: string;
  readonly amino_encoding?: string;
  readonly implements?: readonly string[];
}

interface MethodFact {
  readonly name: string;
  readonly in: string;
  readonly out: string;
  readonly http?: readonly string[];
}

function isKept(fact: { readonly name: string }): boolean {
  return KEPT.some((pattern) => pattern.test(fact.name));
}

function kindOf(type: string): FieldTable["kind"] {
  if (type.startsWith("enum ")) return "enum";
  return type.includes(".") ? "message" : "scalar";
}

function customtypeOf(fact: FieldFact): "Int" | "LegacyDec" | undefined {
  if (fact.customtype?.endsWith("/math.Int")) return "Int";
  return fact.customtype?.endsWith("/math.LegacyDec") ? "LegacyDec" : undefined;
}

function toField(fact: FieldFact, message: string): FieldTable {
  if (fact.label === "map") throw new Error(`map fields are not supported: ${fact.name}`);
  const customtype = customtypeOf(fact);
  const oneofName = ONEOF_NAMES.get(`${message}.${fact.name}`);
  return {
    number: fact.n,
    name: fact.name,
    type: fact.type.replace(/^enum /, ""),
    kind: kindOf(fact.type),
    ...(fact.label === "repeated" && { repeated: true as const }),
    ...(fact.oneof !== undefined && { oneof: fact.oneof }),
    ...(oneofName !== undefined && { aminoOneofName: oneofName }),
    ...(fact.nullable === false && { nullable: false as const }),
    ...(customtype !== undefined && { customtype }),
    ...(fact.scalar !== undefined && { scalar: fact.scalar }),
    ...(fact.amino_encoding !== undefined && { aminoEncoding: fact.amino_encoding }),
    ...(fact.amino_dont_omitempty === true && { aminoDontOmitEmpty: true as const }),
    ...(fact.amino_name !== undefined && { aminoFieldName: fact.amino_name }),
    ...(fact.accepts !== undefined && { accepts: fact.accepts }),
    ...(fact.std !== undefined && { std: fact.std }),
  };
}

function toMessage(fact: MessageFact): MessageTable {
  return {
    name: fact.name,
    fields: fact.fields
      .map((field) => toField(field, fact.name))
      .sort((a, b) => a.number - b.number),
    ...(fact.signer !== undefined && { signer: fact.signer }),
    ...(fact.amino_name !== undefined && { aminoName: fact.amino_name }),
    ...(fact.amino_encoding !== undefined && { aminoEncoding: fact.amino_encoding }),
    ...(fact.implements !== undefined && { implements: fact.implements }),
  };
}

function toRoute(text: string): { verb: string; path: string; body?: string } {
  const [verb = "", path = "", body] = text.split(" ");
  return { verb, path, ...(body !== undefined && { body: body.replace(/^body=/, "") }) };
}

function toMethod(fact: MethodFact): MethodTable {
  return {
    name: fact.name,
    input: fact.in,
    output: fact.out,
    ...(fact.http !== undefined && { http: fact.http.map(toRoute) }),
  };
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: import_tables <folder of the wire facts>");
const read = (file: string): unknown => JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));

const messages = (read("messages.json") as MessageFact[]).filter(isKept).map(toMessage);
const enums = (read("enums.json") as { name: string; values: Record<string, number> }[])
  .filter(isKept)
  .map(({ name, values }) => ({
    name,
    values: Object.entries(values).sort((a, b) => a[1] - b[1]),
  }));
const services: ServiceTable[] = (
  read("services.json") as { name: string; methods: MethodFact[] }[]
)
  .filter(isKept)
  .map(({ name, methods }) => ({ name, methods: methods.map(toMethod) }));
writeFileSync("proto/tables/upstream.json", writeTables({ messages, enums, services }));
