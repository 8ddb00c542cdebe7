import type { FieldTable, MessageTable } from "./types.ts";

/** Name of a field in TypeScript: lowerCamelCase of its proto name, as CosmJS has it. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether the field is decimal text on the wire and a bigint in TypeScript: in our packages only. */
export function isAmount(field: FieldTable, message: MessageTable): boolean {
  return message.name.startsWith("leasehold.") && field.scalar === "cosmos.Int";
}

/** Whether a list stands in one packed field. */
export function isPacked(field: FieldTable): boolean {
  if (field.repeated !== true || field.kind === "message") return false;
  return field.type !== "string" && field.type !== "bytes";
}

/** Whether absence is a value of its own (undefined). */
export function isOptional(field: FieldTable): boolean {
  if (field.repeated === true) return false;
  return field.oneof !== undefined || (field.kind === "message" && field.nullable !== false);
}
