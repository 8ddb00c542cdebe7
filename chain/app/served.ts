// What the application serves, for those who do not run it: command line, REST, documentation.

import type { Json, MessageType } from "../codec/index.ts";
import { createRegistry } from "../codec/index.ts";
import { purePlatform } from "../crypto/pure.ts";
import type { AppParts } from "../runtime/index.ts";
import { leaseholdParts } from "./leasehold.ts";

/** One query as clients see it. */
export interface ServedQuery {
  /** gRPC path: `/<service>/<method>`. */
  readonly path: string;
  readonly request: MessageType<unknown>;
  readonly response: MessageType<unknown>;
}

let known: AppParts | undefined;

/** The composition without a state: which handlers and defaults there are. */
function composition(): AppParts {
  known ??= leaseholdParts(purePlatform, "");
  return known;
}

/** Types of all messages that transactions may carry, in order of modules. */
export function servedMessages(): readonly MessageType<unknown>[] {
  return composition().modules.flatMap((module) =>
    (module.messages ?? []).map((handler) => handler.type),
  );
}

/** All queries of the modules, in order of modules. */
export function servedQueries(): readonly ServedQuery[] {
  return composition().modules.flatMap((module) =>
    (module.queries ?? []).map(({ path, request, response }) => ({ path, request, response })),
  );
}

/** `app_state` of a genesis with every module's defaults, as proto JSON by module name. */
export function defaultAppState(parts: AppParts = composition()): {
  readonly [name: string]: Json;
} {
  const registry = createRegistry(parts.modules.flatMap((module) => module.types ?? []));
  const states: [string, Json][] = [];
  for (const { name, genesis } of parts.modules)
    if (genesis !== undefined)
      states.push([name, genesis.type.toJson(genesis.defaults(), registry)]);
  return Object.fromEntries(states);
}
