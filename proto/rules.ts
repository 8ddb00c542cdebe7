// The rules our own .proto files keep, beyond what the parser demands.

import type { FieldTable, MessageTable } from "../chain/codec/types.ts";
import type { Schema } from "./tables.ts";
import { packageOf, typeName } from "./tables.ts";

/** Ledger devices show at most this many characters of an amino name. */
const MAX_AMINO_NAME = 39;

/** Sentences about what breaks a rule; empty when all is well. */
export function brokenRules(schema: Schema): string[] {
  const broken: string[] = [];
  const inputs = new Set(
    schema.services
      .filter((service) => service.name.endsWith(".Msg"))
      .flatMap((service) => service.methods.map((method) => method.input)),
  );
  for (const message of schema.messages) {
    for (const field of message.fields) broken.push(...brokenField(message, field));
    if (inputs.has(message.name)) broken.push(...brokenMsg(message));
  }
  const names = schema.messages.flatMap((message) => message.aminoName ?? []);
  for (const name of new Set(names)) {
    if (names.indexOf(name) !== names.lastIndexOf(name))
      broken.push(`amino name ${name} is not unique`);
  }
  return broken;
}

function brokenField(message: MessageTable, field: FieldTable): string[] {
  const where = `${message.name}.${field.name}`;
  const broken: string[] = [];
  if ((field.comment ?? "") === "") broken.push(`${where}: a comment with its unit is missing`);
  if (/_[0-9]/.test(field.name)) broken.push(`${where}: a digit follows an underscore`);
  return broken;
}

function brokenMsg(message: MessageTable): string[] {
  const where = message.name;
  const broken: string[] = [];
  const [signer] = message.signer ?? [];
  const signerField = message.fields.find((field) => field.name === signer);
  if (message.signer?.length !== 1 || signerField?.type !== "string" || signerField.repeated)
    broken.push(`${where}: needs one signer, a string field of its own`);
  for (const field of message.fields) {
    if (field.oneof !== undefined) broken.push(`${where}.${field.name}: no oneof in a Msg`);
    if (field.type.startsWith("google.protobuf."))
      broken.push(`${where}.${field.name}: no ${field.type} in a Msg`);
  }
  const module = packageOf(message.name).split(".")[1] as string;
  const expected = `leasehold/${module}/${typeName(message.name).replace(/^Msg/, "")}`;
  if (message.aminoName !== expected) broken.push(`${where}: amino name should be ${expected}`);
  if (expected.length > MAX_AMINO_NAME)
    broken.push(`${where}: amino name ${expected} is longer than ${MAX_AMINO_NAME} characters`);
  return broken;
}
