import { readU64BigEndian } from "../../../chain/base/bytes.ts";
import {
  MsgRetryQuarantined,
  MsgRetryQuarantinedResponse,
} from "../../../chain/codec/gen/leasehold/chain/v1.ts";
import { checkAuthority } from "../../../chain/runtime/index.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { chainErrors } from "../errors.ts";
import type { ChainKeeper } from "../keeper.ts";

/** Bytes of second (8) and kind (1) before the id in an item's key. */
const HEAD_BYTES = 9;

/**
 * MsgRetryQuarantined, signed by the authority: puts an item back into its queue.
 * State and Events: ChainKeeper.retry. Throws: gov/13, chain/4, chain/5.
 */
export function retryQuarantined(
  keeper: ChainKeeper,
): MsgHandler<MsgRetryQuarantined, MsgRetryQuarantinedResponse> {
  return {
    type: MsgRetryQuarantined,
    response: MsgRetryQuarantinedResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.authority);
      if (msg.key.length <= HEAD_BYTES)
        throw chainErrors.notQuarantined.with(
          `key of ${msg.key.length} bytes, at least ${HEAD_BYTES + 1} expected`,
        );
    },
    handle(ctx, msg) {
      checkAuthority(ctx, msg.authority);
      keeper.retry(ctx, {
        collection: msg.collection,
        second: readU64BigEndian(msg.key),
        kind: msg.key[HEAD_BYTES - 1] ?? 0,
        id: msg.key.slice(HEAD_BYTES),
      });
      return {};
    },
  };
}
