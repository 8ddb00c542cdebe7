// What CosmJS needs to know of this chain's messages: protobuf types for signing in DIRECT mode and
// converters for LEGACY_AMINO_JSON. Both come from the same tables as the chain's own codec.

import type { GeneratedType } from "@cosmjs/proto-signing";
import { Registry } from "@cosmjs/proto-signing";
import type { AminoConverters } from "@cosmjs/stargate";
import { AminoTypes, createDefaultAminoConverters, defaultRegistryTypes } from "@cosmjs/stargate";
import type { MessageType } from "../chain/codec/types.ts";
import { fromAmino, toAmino } from "./amino.ts";
import type { Fill } from "./fill.ts";
import { fill } from "./fill.ts";
import { servedMessages } from "./msgs/index.ts";

/**
 * A message type in the form that CosmJS takes. Its `encode` ignores a writer that is handed in:
 * CosmJS hands none. Decoding skips fields of newer chains.
 */
export function toGeneratedType(type: MessageType<unknown>): GeneratedType {
  const adapted = {
    typeUrl: type.typeUrl,
    fromPartial: (value: Fill<unknown>): unknown => fill(type, value),
    encode: (value: Fill<unknown>): { finish(): Uint8Array } => {
      const bytes = type.encode(fill(type, value));
      return { finish: () => bytes };
    },
    decode: (input: Uint8Array): unknown => type.decodeLenient(input),
  };
  return adapted as unknown as GeneratedType;
}

/** Types of this chain's own messages, for a Registry of the caller's. */
export const leaseholdTypes: readonly [typeUrl: string, type: GeneratedType][] = servedMessages.map(
  (type) => [type.typeUrl, toGeneratedType(type)],
);

/** A CosmJS Registry of the cosmos.* messages that CosmJS knows, and this chain's own. */
export function createLeaseholdRegistry(): Registry {
  return new Registry([...defaultRegistryTypes, ...leaseholdTypes]);
}

/** Amino converters of this chain's own messages. */
export function createLeaseholdAminoConverters(): AminoConverters {
  const converters: AminoConverters = {};
  for (const type of servedMessages) {
    const { aminoName } = type.table;
    if (aminoName === undefined) continue;
    converters[type.typeUrl] = {
      aminoType: aminoName,
      toAmino: (value: Fill<unknown>) => toAmino(type, fill(type, value)),
      fromAmino: (value: unknown) => fromAmino(type, value),
    };
  }
  return converters;
}

/** CosmJS AminoTypes of the cosmos.* messages that CosmJS knows, and this chain's own. */
export function createLeaseholdAminoTypes(): AminoTypes {
  return new AminoTypes({ ...createDefaultAminoConverters(), ...createLeaseholdAminoConverters() });
}
