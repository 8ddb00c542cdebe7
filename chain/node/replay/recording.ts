// A recording of `start --engine comet --record`: frames as they went over the socket, each request
// followed by its answer.

import { createReadStream } from "node:fs";
import { Request, Response } from "../../codec/gen/tendermint/abci.ts";
import { CodecError } from "../../codec/index.ts";
import { FrameError, FrameReader, MAX_FRAME_BYTES } from "../abci/frames.ts";

/** A call with its answer. */
export interface RecordedCall {
  readonly request: Request;
  readonly response: Response;
}

/**
 * The calls of a recording in order. A pair that the end of the file cuts off is left out: the process
 * died while it was written. Throws: Error with a sentence when the file is no recording.
 */
export async function* readRecording(path: string): AsyncGenerator<RecordedCall> {
  try {
    yield* recordedCalls(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new Error(`${path} cannot be read: there is no such file`, { cause: error });
    if (!(error instanceof FrameError || error instanceof CodecError)) throw error;
    throw new Error(`${path} is no recording of start --record: ${message}`, { cause: error });
  }
}

async function* recordedCalls(path: string): AsyncGenerator<RecordedCall> {
  const frames = new FrameReader(MAX_FRAME_BYTES);
  let request: Request | undefined;
  for await (const chunk of createReadStream(path)) {
    frames.push(chunk as Uint8Array);
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      if (request === undefined) request = Request.decode(frame);
      else {
        yield { request, response: Response.decode(frame) };
        request = undefined;
      }
    }
  }
}
