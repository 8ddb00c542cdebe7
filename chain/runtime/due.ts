// Due work of begin and end block: each item in its own branch, a failing one set aside.

import { assert } from "../base/assert.ts";
import { ChainError } from "../base/errors.ts";
import { errorText, isResourceFailure } from "./failure.ts";
import type { Context, DueItem, DueQueue } from "./types.ts";

/** How runDue works off one queue. */
export interface DueOptions {
  /** Most items handled in this call: what bounds the work of a block. The rest waits its turn. */
  readonly budget: number;
  /**
   * Does the item's work. The item has left the queue before (in the same branch), so a handler
   * that wants to come again inserts it again. Any ChainError or bug undoes all of it.
   */
  handle(ctx: Context, item: DueItem): void;
  /**
   * Marks the object of an item that was set aside, so that later touches skip its due step. What it
   * throws is contained as well: there may be no such object.
   */
  quarantined?(ctx: Context, item: DueItem): void;
}

/**
 * Handles what is due in a queue, ordered by (second, kind, id), at most `budget` items; gives back
 * how many were taken. A queue with clock `time` is compared with T, one with `uptime` with U.
 * An item whose handler fails for a deterministic reason goes to quarantine.
 * Events: those of the handlers; EventQuarantined of module chain for a failed item.
 */
export function runDue(ctx: Context, queue: DueQueue, options: DueOptions): number {
  assert(ctx.mode === "block", `due work of ${queue.place.name} outside begin or end block`);
  const clock = queue.clock === "time" ? ctx.now : ctx.uptime;
  let taken = 0;
  while (taken < options.budget) {
    const [entry] = queue.due(ctx, clock, 1);
    if (entry === undefined) break;
    const [second, kind, id] = entry;
    runItem(ctx, queue, { second, kind, id }, options);
    taken++;
  }
  return taken;
}

function runItem(ctx: Context, queue: DueQueue, item: DueItem, options: DueOptions): void {
  const where = `${queue.place.store}/${queue.place.name}`;
  const failure = contain(ctx, where, (branch) => {
    queue.remove(branch, item.second, item.kind, item.id);
    options.handle(branch, item);
  });
  if (failure === undefined) return;
  queue.remove(ctx, item.second, item.kind, item.id);
  ctx.quarantine({ ...item, store: queue.place.store, queue: queue.place.name, reason: failure });
  contain(ctx, `${where}, mark`, (branch) => options.quarantined?.(branch, item));
}

/**
 * Runs `body` on a branch; undefined when it was kept, else the reason why it was dropped. Bugs are
 * reported (and thrown on in tests); resource failures pass through and stop the node.
 */
export function contain(
  ctx: Context,
  where: string,
  body: (ctx: Context) => void,
): string | undefined {
  try {
    const result = ctx.attempt(body);
    return result.ok ? undefined : refusalText(result.error);
  } catch (error) {
    if (isResourceFailure(error)) throw error;
    if (error instanceof ChainError) return refusalText(error);
    ctx.reportBug(error, where);
    return errorText(error);
  }
}

function refusalText(error: ChainError): string {
  return `${error.codespace}/${error.code}: ${error.message}`;
}
