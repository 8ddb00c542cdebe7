// Module provider on stores in memory, with a plain bank: for tests without the application.

import * as assert from "uvu/assert";
import type { Address } from "../../chain/base/address.ts";
import { ChainError, sdkErrors } from "../../chain/base/errors.ts";
import type { GenesisState } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { MsgRegisterProvider } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MessageType } from "../../chain/codec/types.ts";
import { HookList } from "../../chain/runtime/index.ts";
import type { AppModule, Context, Event } from "../../chain/runtime/index.ts";
import { createProviderModule } from "../../modules/provider/index.ts";
import type { ProviderHooks, ProviderKeeper } from "../../modules/provider/index.ts";
import { TestMachine } from "./context.ts";
import { PlainBank } from "./escrow.ts";

/** Module provider on stores in memory with a plain bank; hooks are written down. */
export class ProviderBench {
  readonly machine = new TestMachine();
  readonly bank = new PlainBank();
  readonly heard: string[] = [];
  /** Whether the hook of a stale heartbeat fails. */
  refusesStale = false;
  readonly module: AppModule;
  readonly keeper: ProviderKeeper;

  constructor(genesis?: GenesisState) {
    const hooks = new HookList<ProviderHooks>("provider");
    hooks.register("test", {
      afterProviderStateChanged: (_ctx, _provider, state) => void this.heard.push(`state ${state}`),
      afterHeartbeatStale: () => {
        if (this.refusesStale) throw sdkErrors.logic.with("the test refuses");
        this.heard.push("stale");
      },
      afterHeartbeatFresh: () => void this.heard.push("fresh"),
    });
    const chain = { baseDenom: () => "ulease" };
    const made = createProviderModule({ bank: this.bank, chain, hooks: hooks.seal() });
    this.module = made.module;
    this.keeper = made.keeper;
    const part = this.module.genesis;
    this.run((ctx) => void part?.init(ctx, genesis ?? part.defaults()), "genesis");
  }

  run<T>(body: (ctx: Context) => T, mode: "genesis" | "deliver" | "block" = "deliver"): T {
    return this.machine.run(body, mode).value;
  }

  /** Runs one message through both of its phases. */
  send<M>(type: MessageType<M>, fields: Partial<M>): Event[] {
    const handler = this.module.messages?.find((found) => found.type.name === type.name);
    if (handler === undefined) throw new Error(`${type.name} is not served`);
    const msg = type.create(fields);
    handler.validateBasic?.(msg, { addresses: this.machine.addresses });
    return this.machine.run((ctx) => handler.handle(ctx, msg)).events;
  }

  query<Q, R>(name: string, type: MessageType<Q>, fields: Partial<Q>): R {
    const found = this.module.queries?.find(({ path }) => path.endsWith(`/${name}`));
    return this.machine.look((ctx) => found?.handle(ctx, type.create(fields))) as R;
  }

  text(address: Address): string {
    return this.machine.addresses.format(address);
  }

  block(seconds: number, uptime: number = seconds): void {
    this.machine.advance(seconds, uptime);
    this.run((ctx) => this.module.beginBlock?.(ctx), "block");
  }

  faults(): string[] {
    return this.machine.look((ctx) =>
      (this.module.invariants ?? []).flatMap(({ name, check }) =>
        check(ctx).map((text) => `${name}: ${text}`),
      ),
    );
  }

  fund(owner: Address, amount = 100_000_000n): void {
    this.run((ctx) => this.bank.add(ctx, owner, "ulease", amount));
  }

  register(owner: Address, fields: Partial<MsgRegisterProvider> = {}): Event[] {
    return this.send(MsgRegisterProvider, {
      owner: this.text(owner),
      heartbeatKey: new Uint8Array(32).fill(7),
      hostUri: "https://gpu.example.com:8443",
      attributes: [
        { key: "region", value: "eu-west" },
        { key: "host", value: "metal" },
      ],
      ...fields,
    });
  }
}

/** Asserts that `body` is refused with this code, and with these words where given. */
export function refuses(
  body: () => unknown,
  codespace: string,
  code: number,
  words?: RegExp,
): void {
  try {
    body();
  } catch (error) {
    assert.instance(error, ChainError);
    const refusal = error as ChainError;
    assert.is(`${refusal.codespace}/${refusal.code}`, `${codespace}/${code}`, refusal.message);
    if (words !== undefined) assert.match(refusal.message, words);
    return;
  }
  assert.unreachable(`expected ${codespace}/${code}`);
}
