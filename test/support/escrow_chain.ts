// The whole application with one more module, whose begin block runs what a test asks of escrow:
// rows that only later modules trigger are played through blocks, commits and stores all the same.

import type { Platform } from "../../chain/base/platform.ts";
import { ChainError } from "../../chain/base/errors.ts";
import { assemble, createBaseModules } from "../../chain/app/base.ts";
import type { AppModule, AppParts, Context } from "../../chain/runtime/index.ts";
import { HookList } from "../../chain/runtime/index.ts";
import { createEscrowModule } from "../../modules/escrow/index.ts";
import type { AccountChange, EscrowHooks, EscrowKeeper } from "../../modules/escrow/index.ts";
import { createProviderModule } from "../../modules/provider/index.ts";
import { TestChain } from "./chain.ts";
import type { TestChainOptions } from "./chain.ts";

/** A test chain whose blocks do what `act` is given. */
export class EscrowChain {
  readonly chain: TestChain;
  /** What hooks heard, in order. */
  readonly heard: AccountChange[] = [];
  #keeper: EscrowKeeper | undefined;
  #work: ((ctx: Context) => void) | undefined;
  #refusal: ChainError | undefined;

  constructor(options: Omit<TestChainOptions, "parts"> = {}) {
    this.chain = TestChain.create({ ...options, parts: (platform) => this.#parts(platform) });
  }

  get keeper(): EscrowKeeper {
    if (this.#keeper === undefined) throw new Error("the chain is not made yet");
    return this.#keeper;
  }

  #parts(platform: Platform): AppParts {
    const base = createBaseModules(platform);
    const hooks = new HookList<EscrowHooks>("escrow");
    hooks.register("test", {
      afterAccountChanged: (_ctx, change) => void this.heard.push(change),
    });
    const provider = createProviderModule({
      bank: base.bank,
      chain: base.chain,
      hooks: new HookList<never>("provider").seal() as never,
    });
    const escrow = createEscrowModule({
      bank: base.bank,
      payees: provider.keeper,
      hooks: hooks.seal(),
    });
    this.#keeper = escrow.keeper;
    const driver: AppModule = {
      name: "driver",
      stores: [],
      beginBlock: (ctx) => this.#drive(ctx),
    };
    const later = [provider.module, escrow.module, driver];
    const all = [...base.modules, ...later].map((module) => module.name);
    const names = { preBlock: all, beginBlock: all, endBlock: all, initGenesis: all };
    return assemble(base, later, names, "test");
  }

  #drive(ctx: Context): void {
    const work = this.#work;
    this.#work = undefined;
    if (work === undefined) return;
    const result = ctx.attempt(work);
    this.#refusal = result.ok ? undefined : result.error;
  }

  /** Makes a block that does `work` after escrow's own begin block; gives back its refusal. */
  act(work: (ctx: Context, keeper: EscrowKeeper) => void, seconds = 1): ChainError | undefined {
    this.#work = (ctx) => work(ctx, this.keeper);
    this.chain.block([], { seconds });
    return this.#refusal;
  }

  /** As act, and fails unless it was done. */
  must(work: (ctx: Context, keeper: EscrowKeeper) => void, seconds = 1): void {
    const refusal = this.act(work, seconds);
    if (refusal !== undefined) throw refusal;
  }

  /** As act, and fails unless it was refused with this code of codespace escrow. */
  refused(code: number, work: (ctx: Context, keeper: EscrowKeeper) => void): void {
    const refusal = this.act(work);
    if (refusal?.codespace !== "escrow" || refusal.code !== code)
      throw new Error(`expected escrow/${code}, got ${refusal?.message ?? "done"}`);
  }
}
