// What comes to every seed from outside, at heights that are drawn beforehand: planted items, the
// authority that tries them again, and its changes of parameters.

import type { AppModule, AppParts } from "../../chain/runtime/index.ts";
import { Authority } from "./authority.ts";
import type { Change } from "./authority.ts";
import { plant } from "./planter.ts";
import type { Random } from "./random.ts";
import { drawChange } from "./swarm.ts";
import type { Tally } from "./tally.ts";

/** What is done from outside, by height. */
export interface Schedule {
  readonly plants: ReadonlySet<bigint>;
  readonly retries: ReadonlySet<bigint>;
  readonly changes: ReadonlyMap<bigint, Change>;
  /** When all parameters are set to what they are. */
  readonly affirmation: bigint;
}

/** Draws what will be done: items once or more often, each time tried again later. */
export function drawSchedule(random: Random, blocks: number): Schedule {
  const height = (): bigint => BigInt(random.int(3, Math.max(3, blocks - 3)));
  const plants = new Set(Array.from({ length: random.int(1, 4) }, height));
  const retries = new Set<bigint>();
  for (const at of plants) {
    const retry = at + BigInt(random.int(1, 20));
    if (!plants.has(retry)) retries.add(retry);
  }
  const changes = new Map<bigint, Change>();
  for (let left = random.of([0, 0, 1, 3]); left > 0; left--)
    changes.set(height(), drawChange(random));
  return { plants, retries, changes, affirmation: height() };
}

/** The application with one more module that does all that before all others. */
export function visited(schedule: Schedule, tally?: Tally): (parts: AppParts) => AppParts {
  return (parts) => {
    const authority = new Authority(parts, tally);
    const visitor: AppModule = {
      name: "visitor",
      stores: [],
      beginBlock(ctx) {
        const { height } = ctx;
        if (schedule.plants.has(height)) plant(ctx);
        if (schedule.retries.has(height)) authority.retryAll(ctx);
        const change = schedule.changes.get(height);
        if (change !== undefined) authority.change(ctx, change);
        if (schedule.affirmation === height) authority.affirm(ctx);
      },
    };
    const order = { ...parts.order, beginBlock: [visitor, ...parts.order.beginBlock] };
    return { ...parts, modules: [...parts.modules, visitor], order };
  };
}
