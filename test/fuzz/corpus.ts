// Valid values of messages to begin with: random ones made from the tables, by a fixed seed.

import * as fc from "fast-check";
import { toHex } from "../../chain/base/bytes.ts";
import { servedMessages, servedQueries } from "../../chain/app/index.ts";
import { CodecError, createRegistry } from "../../chain/codec/index.ts";
import type { MessageType, Registry } from "../../chain/codec/index.ts";
import { allMessageTypes } from "../../chain/codec/gen/index.ts";
import { randomValue } from "../support/random_values.ts";
import type { Random } from "../sim/random.ts";

/** Every type there is, to be found inside an Any. */
export const everyType: Registry = createRegistry(allMessageTypes);

/** A message type and valid bytes of it. */
export interface Samples {
  readonly type: MessageType<unknown>;
  readonly values: readonly unknown[];
  readonly bytes: readonly Uint8Array[];
}

const SEED = 20261121;

/** Random valid values of each type. */
export function samplesOf(types: readonly MessageType<unknown>[], count = 16): Samples[] {
  return types.map((type, index) => {
    const arbitrary = randomValue(type, { depth: 3, onlyRealTimes: true });
    const values = fc.sample(arbitrary, { seed: SEED + index, numRuns: count });
    return { type, values, bytes: values.map((value) => type.encode(value)) };
  });
}

/** Types of the messages that transactions carry. */
export function messageTypes(): readonly MessageType<unknown>[] {
  return servedMessages();
}

/** Types of all query requests. */
export function requestTypes(): readonly MessageType<unknown>[] {
  return [...new Set(servedQueries().map(({ request }) => request))];
}

/** One input for a decoder of messages. */
export interface MessageInput {
  readonly type: MessageType<unknown>;
  readonly bytes: Uint8Array;
}

/** Draws a type and one of its values, and another valid value of any type as donor. */
export function drawMessage(
  samples: readonly Samples[],
  random: Random,
): MessageInput & { readonly donor: Uint8Array } {
  const { type, bytes } = random.of(samples);
  return { type, bytes: random.of(bytes), donor: random.of(random.of(samples).bytes) };
}

/** The input for people. */
export function showMessage({ type, bytes }: MessageInput): string {
  return `${type.name} ${toHex(bytes)}`;
}

/** Whether an error is the codec's refusal. */
export function isCodecError(error: unknown): boolean {
  return error instanceof CodecError;
}
