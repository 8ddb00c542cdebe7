// Every decoder that is fuzzed.

import type { Decoder } from "./fuzzer.ts";
import { APP_DECODERS } from "./targets/app.ts";
import { CODEC_DECODERS } from "./targets/codec.ts";
import { DISK_DECODERS } from "./targets/disk.ts";
import { RPC_DECODERS } from "./targets/rpc.ts";
import { REST_DECODERS } from "./targets/rest.ts";
import { FILE_DECODERS } from "./targets/files.ts";
import { FRAME_DECODERS } from "./targets/frames.ts";
import { SDL_DECODERS } from "./targets/sdl.ts";
import { TEXT_DECODERS } from "./targets/text.ts";

/** All of them, in the order of the table. */
export const DECODERS: readonly Decoder[] = [
  ...FRAME_DECODERS,
  ...CODEC_DECODERS,
  ...APP_DECODERS,
  ...TEXT_DECODERS,
  ...SDL_DECODERS,
  ...FILE_DECODERS,
  ...DISK_DECODERS,
  ...RPC_DECODERS,
  ...REST_DECODERS,
];

/** The decoder of a name. Throws: Error that names the ones there are. */
export function decoderOf(name: string): Decoder {
  const found = DECODERS.find((decoder) => decoder.name === name);
  if (found !== undefined) return found;
  throw new Error(`no decoder ${name}; there are ${DECODERS.map((one) => one.name).join(", ")}`);
}
