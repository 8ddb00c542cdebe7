// Decoders of protobuf bytes and of the JSON forms of messages.

import { equalBytes, toHex, utf8 } from "../../../chain/base/bytes.ts";
import { allMessageTypes } from "../../../chain/codec/gen/index.ts";
import { Any, Duration, Timestamp } from "../../../chain/codec/gen/google/protobuf.ts";
import { TxBody } from "../../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { sortedJson } from "../../../chain/codec/index.ts";
import type { Json, MessageType } from "../../../chain/codec/index.ts";
import { fromAmino, toAmino } from "../../../client/amino.ts";
import type { Random } from "../../sim/random.ts";
import { mutateMessage } from "../bytes.ts";
import {
  drawMessage,
  everyType,
  isCodecError,
  messageTypes,
  requestTypes,
  samplesOf,
  showMessage,
} from "../corpus.ts";
import type { MessageInput } from "../corpus.ts";
import { attempt, must } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { withDefaults } from "../defaults.ts";
import { mutateJson } from "../json.ts";
import type { Value } from "../json.ts";
import { playScene } from "../scene.ts";

type Types = readonly MessageType<unknown>[];

/** Whether strict bytes are taken; what is taken is the only form of itself, but for absent defaults. */
function takesStrict({ type, bytes }: MessageInput): boolean {
  const read = attempt(() => type.decode(bytes), isCodecError);
  if (read === undefined) return false;
  const again = type.encode(read.value);
  must(
    equalBytes(again, bytes) || equalBytes(again, withDefaults(type, bytes)),
    () => `taken, and comes back as ${toHex(again)}`,
  );
  return true;
}

/** As strict, and what skips unknown fields is a valid message all the same. */
function takesLenient(input: MessageInput): boolean {
  const { type, bytes } = input;
  const strict = takesStrict(input);
  const read = attempt(() => type.decodeLenient(bytes), isCodecError);
  must(read !== undefined || !strict, () => "taken strictly, and refused leniently");
  if (read === undefined) return false;
  const kept = type.encode(read.value);
  must(
    !strict || equalBytes(kept, type.encode(type.decode(bytes))),
    () => `leniently it is ${toHex(kept)}`,
  );
  const again = type.encode(type.decode(kept));
  must(equalBytes(again, kept), () => `${toHex(kept)} comes back as ${toHex(again)}`);
  return true;
}

function wireTarget(types: Types, run: (input: MessageInput) => boolean): Target<MessageInput> {
  const samples = samplesOf(types);
  const make = (random: Random): MessageInput => {
    const { type, bytes, donor } = drawMessage(samples, random);
    return { type, bytes: mutateMessage(bytes, random, donor) };
  };
  return { make, run, show: showMessage };
}

/** An input of a reader of JSON. */
interface JsonInput {
  readonly type: MessageType<unknown>;
  readonly json: Value;
}

function showJson({ type, json }: JsonInput): string {
  return `${type.name} ${JSON.stringify(json)}`;
}

/** Whether the type holds an Any somewhere: random ones name no type. */
function holdsAny(type: MessageType<unknown>, seen = new Set<string>()): boolean {
  if (seen.has(type.name)) return false;
  seen.add(type.name);
  return type.name === Any.name || [...type.refs().types.values()].some((t) => holdsAny(t, seen));
}

const TIMES: readonly JsonInput[] = [
  ...["2027-01-15T08:00:00Z", "0001-01-01T00:00:00.000000001Z", "9999-12-31T23:59:59+14:00"].map(
    (json) => ({ type: Timestamp as MessageType<unknown>, json }),
  ),
  ...["0s", "-1.5s", "9223372036.854775807s"].map((json) => ({
    type: Duration as MessageType<unknown>,
    json,
  })),
];

/** Bodies of transactions, whose messages lie in an Any each. */
function bodySamples(): JsonInput[] {
  const messages = playScene().messages;
  return messages.slice(0, 200).map((message, index) => {
    const second = messages[(index * 7) % messages.length] as Any;
    const body = TxBody.create({ messages: [message, second], memo: "m", timeoutHeight: 9n });
    return { type: TxBody as MessageType<unknown>, json: TxBody.toJson(body, everyType) as Value };
  });
}

function jsonTarget(): Target<JsonInput> {
  const plain = [...messageTypes(), ...requestTypes()].filter((type) => !holdsAny(type));
  const inputs = samplesOf(plain).flatMap(({ type, values }) =>
    values.map((value): JsonInput => ({ type, json: type.toJson(value, everyType) as Value })),
  );
  inputs.push(...bodySamples(), ...TIMES);
  return {
    make: (random) => {
      const { type, json } = random.of(inputs);
      return { type, json: mutateJson(json, random, random.of(inputs).json) };
    },
    run: ({ type, json }) => {
      const read = attempt(() => {
        const value = type.fromJson(json as Json, everyType);
        return { value, bytes: type.encode(value) };
      }, isCodecError);
      if (read === undefined) return false;
      // An empty number text prints as 0 and stays that: the first print may differ, not the second.
      const print = (bytes: Uint8Array): Json => type.toJson(type.decode(bytes), everyType);
      const once = type.encode(type.fromJson(print(read.value.bytes), everyType));
      const twice = type.encode(type.fromJson(print(once), everyType));
      must(equalBytes(once, twice), () => `${toHex(once)} comes back as ${toHex(twice)}`);
      return true;
    },
    show: showJson,
  };
}

/** Amino JSON as it is signed: any message that decodes has one text, or none and a reason. */
function aminoTarget(): Target<MessageInput> {
  const run = ({ type, bytes }: MessageInput): boolean => {
    const read = attempt(() => type.decode(bytes), isCodecError);
    if (read === undefined) return false;
    const text = attempt(() => sortedJson(type.toAmino(read.value, everyType)), isCodecError);
    if (text === undefined) return false;
    const again = sortedJson(JSON.parse(text.value) as Json);
    must(again === text.value, () => `its sorted text is not stable: ${text.value}`);
    must(utf8(text.value).length > 1, () => "an empty text");
    return true;
  };
  return wireTarget(messageTypes(), run);
}

/** The client's reader of amino JSON; it tells a wallet's mistake with a TypeError and the path. */
function clientAminoTarget(): Target<JsonInput> {
  const own = messageTypes().filter((type) => type.name.startsWith("leasehold."));
  const inputs = samplesOf(own).flatMap(({ type, values }) =>
    values.map((value): JsonInput => ({ type, json: toAmino(type, value) as Value })),
  );
  return {
    make: (random) => {
      const { type, json } = random.of(inputs);
      return { type, json: mutateJson(json, random, random.of(inputs).json) };
    },
    run: ({ type, json }) => {
      const refusal = (error: unknown): boolean =>
        isCodecError(error) ||
        (error instanceof TypeError && error.message.startsWith("leasehold."));
      const read = attempt(() => type.encode(fromAmino(type, json)), refusal);
      if (read === undefined) return false;
      const print = (bytes: Uint8Array): unknown => toAmino(type, type.decode(bytes));
      const once = type.encode(fromAmino(type, print(read.value)));
      const twice = type.encode(fromAmino(type, print(once)));
      must(equalBytes(once, twice), () => `${toHex(once)} comes back as ${toHex(twice)}`);
      return true;
    },
    show: showJson,
  };
}

/** Decoders of this file. */
export const CODEC_DECODERS: readonly Decoder[] = [
  {
    name: "messages",
    what: "messages of transactions, strict",
    open: () => wireTarget(messageTypes(), takesStrict),
  },
  {
    name: "requests",
    what: "query requests, strict and lenient",
    open: () => wireTarget(requestTypes(), takesLenient),
  },
  {
    name: "wire",
    what: "every other protobuf type: blocks, votes, proofs, ABCI",
    open: () => wireTarget(allMessageTypes, takesLenient),
  },
  { name: "json", what: "proto JSON of messages and requests, with Any", open: jsonTarget },
  { name: "amino", what: "messages into the amino JSON that is signed", open: aminoTarget },
  { name: "amino-client", what: "amino JSON read by the client", open: clientAminoTarget },
];
