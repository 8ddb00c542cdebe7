// The ABCI socket as a stream: frames, their requests, and where the pieces of the stream begin.

import { concatBytes, equalBytes, toHex } from "../../../chain/base/bytes.ts";
import { Request } from "../../../chain/codec/gen/tendermint/abci.ts";
import { CodecError } from "../../../chain/codec/index.ts";
import { FrameError, frameOf, FrameReader } from "../../../chain/node/abci/frames.ts";
import { decodeRequest } from "../../../chain/node/abci/messages.ts";
import type { Random } from "../../sim/random.ts";
import { mutateBytes, mutateMessage } from "../bytes.ts";
import { samplesOf } from "../corpus.ts";
import { attempt, must } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";

/** Longest message of this socket. */
const MAX_BYTES = 100_000;

/** A stream, and where it is cut into chunks. */
interface Stream {
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
}

/** What came out of a stream: its messages, and whether it ended in a refusal. */
interface Heard {
  readonly messages: readonly Uint8Array[];
  readonly refused: boolean;
  readonly waiting: number;
}

function hear(chunks: readonly Uint8Array[]): Heard {
  const reader = new FrameReader(MAX_BYTES);
  const messages: Uint8Array[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (;;) {
      const next = attempt(
        () => reader.next(),
        (error) => error instanceof FrameError,
      );
      if (next === undefined) return { messages, refused: true, waiting: 0 };
      if (next.value === undefined) break;
      messages.push(next.value.slice());
    }
  }
  return { messages, refused: false, waiting: reader.waiting };
}

function chunksOf({ bytes, cuts }: Stream): Uint8Array[] {
  const at = [0, ...cuts, bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

function drawCuts(random: Random, length: number): number[] {
  if (random.chance(20)) return Array.from({ length }, (_, i) => i);
  const cuts = Array.from({ length: random.int(0, 12) }, () => random.int(0, length));
  return cuts.sort((a, b) => a - b);
}

/** Whether a message is a request; a known one comes back as the same bytes, or as shorter ones. */
function isRequest(message: Uint8Array): boolean {
  const read = attempt(
    () => decodeRequest(message),
    (error) => error instanceof CodecError,
  );
  if (read === undefined) return false;
  if (typeof read.value === "string") return true;
  const again = Request.encode(read.value);
  must(equalBytes(Request.encode(Request.decode(again)), again), () => "a request is not stable");
  return true;
}

function framesTarget(): Target<Stream> {
  const [samples] = samplesOf([Request], 400);
  const requests = samples?.bytes.filter(({ length }) => length > 0) ?? [];
  const draw = (random: Random): Uint8Array => {
    const request = random.of(requests);
    return random.chance(40) ? request : mutateMessage(request, random, random.of(requests));
  };
  return {
    make: (random) => {
      const frames = Array.from({ length: random.int(1, 4) }, () => frameOf(draw(random)));
      const whole = concatBytes(...frames);
      const bytes = random.chance(70) ? whole : mutateBytes(whole, random, whole);
      return { bytes, cuts: drawCuts(random, bytes.length) };
    },
    run: (stream) => {
      const whole = hear([stream.bytes]);
      const pieces = hear(chunksOf(stream));
      const count = whole.messages.length;
      must(
        count === pieces.messages.length,
        () => `${count} or ${pieces.messages.length} messages`,
      );
      const same = whole.messages.every((one, i) =>
        equalBytes(one, pieces.messages[i] as Uint8Array),
      );
      must(same && whole.refused === pieces.refused, () => "chunks change what is heard");
      const taken = whole.messages.reduce((sum, one) => sum + frameOf(one).length, 0);
      const total = stream.bytes.length;
      // A length in a longer form than needed takes bytes that its message does not show.
      must(taken + whole.waiting <= total, () => `${taken} and ${whole.waiting} of ${total} bytes`);
      const right = whole.messages.filter(isRequest).length;
      return !whole.refused && right === count && count > 0;
    },
    show: ({ bytes, cuts }) => `${toHex(bytes)} cut at ${cuts.join()}`,
  };
}

/** Decoders of this file. */
export const FRAME_DECODERS: readonly Decoder[] = [
  { name: "frames", what: "ABCI frames and requests, in chunks", open: framesTarget },
];
