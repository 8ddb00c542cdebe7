import type { Json, MessageType, TypeRegistry } from "./types.ts";
export function messageToJson(
  type: MessageType<unknown>,
  value: unknown,
  registry: TypeRegistry,
): Json {
  void [type, value, registry];
  return null;
}
export function jsonToMessage(
  type: MessageType<unknown>,
  json: Json,
  registry: TypeRegistry,
): unknown {
  void [type, json, registry];
  return null;
}
