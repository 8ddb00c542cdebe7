import { must } from "../../chain/base/assert.ts";
import { GenesisState } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type { GenesisPart } from "../../chain/runtime/index.ts";
import { chainErrors } from "./errors.ts";
import { defaultParams, validateIdentity, validateParams } from "./params.ts";
import { chainId, clocks, identity, params, quarantine } from "./state.ts";

/** Genesis of module chain: identity, parameters, clocks, quarantine. */
export const chainGenesis: GenesisPart<GenesisState> = {
  type: GenesisState,
  defaults: () => ({
    identity: { bech32Prefix: "lease", baseDenom: "ulease" },
    params: defaultParams(),
    uptimeLag: 0n,
    quarantined: [],
  }),
  validate(state) {
    validateIdentity(state.identity);
    validateParams(state.params);
    const seen = new Set<string>();
    for (const [index, item] of state.quarantined.entries()) {
      const key = `${item.collection} ${item.second} ${item.kind} ${item.id.join()}`;
      if (seen.has(key))
        throw chainErrors.notQuarantined.with(`quarantined[${index}] stands twice`);
      if (item.collection.includes("\0") || item.kind > 255)
        throw chainErrors.notQuarantined.with(`quarantined[${index}] is of no queue`);
      seen.add(key);
    }
  },
  init(ctx, state) {
    if (state.uptimeLag > ctx.now)
      throw chainErrors.invalidParams.with(
        `uptime_lag: ${state.uptimeLag} s are more than the time of the genesis`,
      );
    identity.set(ctx, state.identity);
    chainId.set(ctx, ctx.chainId);
    params.set(ctx, state.params);
    clocks.set(ctx, { time: ctx.now, uptime: ctx.now - state.uptimeLag });
    for (const item of state.quarantined)
      quarantine.set(ctx, [item.collection, item.second, item.kind, item.id], item);
  },
  export(ctx) {
    const reading = must(clocks.get(ctx), "clocks");
    return {
      identity: must(identity.get(ctx), "identity of the chain"),
      params: must(params.get(ctx), "parameters of chain"),
      uptimeLag: reading.time - reading.uptime,
      quarantined: [...quarantine.iterate(ctx)].map(([, item]) => item),
    };
  },
};
