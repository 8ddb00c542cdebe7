import {
  MsgHeartbeat,
  MsgHeartbeatResponse,
} from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MsgHandler } from "../../../chain/runtime/index.ts";
import { providerErrors } from "../errors.ts";
import type { ProviderKeeper } from "../keeper.ts";
import { requirePresent } from "../keeper/checks.ts";

/**
 * MsgHeartbeat, signed by the operator: a sign of life. Root and signature are checked for their
 * length only and kept by nobody yet: the transaction's own signature stands for them.
 * State: params, providers, heartbeats, stale. Events: EventHeartbeat.
 * Throws: provider/2, provider/6, provider/8, provider/9, provider/12, provider/13.
 */
export function heartbeat(keeper: ProviderKeeper): MsgHandler<MsgHeartbeat, MsgHeartbeatResponse> {
  return {
    type: MsgHeartbeat,
    response: MsgHeartbeatResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      env.addresses.parse(msg.provider);
      if (msg.seq === 0n) throw providerErrors.staleSequence.with("seq 0, sequences begin at 1");
      if (msg.root.length !== 0 && msg.root.length !== 32)
        throw providerErrors.invalidKey.with(`root of ${msg.root.length} bytes, 0 or 32 expected`);
      if (msg.signature.length !== 0 && msg.signature.length !== 64)
        throw providerErrors.invalidKey.with(
          `signature of ${msg.signature.length} bytes, 0 or 64 expected`,
        );
    },
    handle(ctx, msg) {
      const owner = ctx.addresses.parse(msg.provider);
      requirePresent(keeper.requireOperator(ctx, owner, msg.operator));
      const last = keeper.heartbeat(ctx, owner);
      if (last !== undefined && msg.seq <= last.seq)
        throw providerErrors.staleSequence.with(`seq ${msg.seq}, more than ${last.seq} expected`);
      const latest = ctx.now + keeper.rules(ctx).heartbeatPeriod;
      const earliest = last?.time ?? 0n;
      if (msg.time < earliest || msg.time > latest)
        throw providerErrors.invalidTime.with(
          `time ${msg.time} is not in ${earliest}..${latest} (last heartbeat, one period ahead)`,
        );
      const { freshUntilUptime } = keeper.beat(ctx, owner, { seq: msg.seq, time: msg.time });
      return { freshUntilUptime };
    },
  };
}
