import type { Json, MessageType, TypeRegistry } from "./types.ts";
export function toAminoJson(
  type: MessageType<unknown>,
  value: unknown,
  registry: TypeRegistry,
): Json {
  void [type, value, registry];
  return null;
}
