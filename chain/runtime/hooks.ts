// Hooks: how a lower module tells an upper one what happened, without importing it.

import { assert } from "../base/assert.ts";
import type { Context } from "./types.ts";

/** Deepest chain of hooks of one list that is not a bug. */
const MAX_HOOK_DEPTH = 8;

/**
 * What becomes of a ChainError that a hook throws inside begin or end block (in a transaction it
 * always fails the transaction): `fail` lets it through, so that the queue item that caused it is
 * quarantined whole; `drop` undoes that one hook and goes on.
 */
export type BlockPolicy = "fail" | "drop";

/**
 * Implementers of one hook interface, in the order in which chain/app registers them. The lower
 * module gets the list in its constructor; chain/app registers and seals it.
 *
 * Laws: own state first, hooks last; a hook tolerates "already done", gives nothing back and never
 * answers "may I?"; it may throw a ChainError only.
 */
export class HookList<H extends object> {
  readonly name: string;
  readonly #policy: BlockPolicy;
  readonly #hooks: { readonly owner: string; readonly hooks: Partial<H> }[] = [];
  #sealed = false;
  #depth = 0;

  constructor(name: string, policy: BlockPolicy = "fail") {
    this.name = name;
    this.#policy = policy;
  }

  /** Adds the hooks of module `owner` after those that are there. */
  register(owner: string, hooks: Partial<H>): void {
    assert(!this.#sealed, `hooks ${this.name} are sealed, ${owner} comes too late`);
    assert(
      this.#hooks.every((entry) => entry.owner !== owner),
      `hooks ${this.name} already has ${owner}`,
    );
    this.#hooks.push({ owner, hooks });
  }

  /** Ends registration. A list that is not sealed cannot run. */
  seal(): this {
    this.#sealed = true;
    return this;
  }

  /** Calls every implementer in order: `list.run(ctx, (hooks, ctx) => hooks.afterX?.(ctx, id))`. */
  run(ctx: Context, call: (hooks: Partial<H>, ctx: Context) => void): void {
    assert(this.#sealed, `hooks ${this.name} run before they are sealed`);
    assert(
      this.#depth < MAX_HOOK_DEPTH,
      `hooks ${this.name} nest deeper than ${MAX_HOOK_DEPTH} levels`,
    );
    this.#depth++;
    try {
      for (const { hooks } of this.#hooks) {
        if (ctx.mode === "block" && this.#policy === "drop") {
          ctx.attempt((branch) => call(hooks, branch));
        } else {
          call(hooks, ctx);
        }
      }
    } finally {
      this.#depth--;
    }
  }
}
