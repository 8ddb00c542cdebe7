// What the authority does in a simulation: new parameters in the middle of a run, and everything else
// that only it may do, with what is there already. It has no key before there is governance, so that
// its messages are handed to their handlers by the visitor (`visitor.ts`).

import { must } from "../../chain/base/assert.ts";
import { MsgSetSendEnabled } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { MsgRetryQuarantined } from "../../chain/codec/gen/leasehold/chain/v1.ts";
import type { Json, MessageType } from "../../chain/codec/index.ts";
import { createRegistry } from "../../chain/codec/index.ts";
import type { AppParts, Context, MsgHandler } from "../../chain/runtime/index.ts";
import type { JsonObject } from "../../genesis/index.ts";
import { quarantine } from "../../modules/chain/state.ts";
import { quarantineKey } from "./planter.ts";
import type { Tally } from "./tally.ts";

/** Table of what the authority did, by message type. */
export const AUTHORITY = "authority";

/** New values of some parameters of one module. */
export interface Change {
  readonly module: string;
  readonly params: JsonObject;
}

const NO_TYPES = createRegistry([]);

/** Runs messages as the module account of governance. */
export class Authority {
  readonly #handlers: readonly MsgHandler[];
  readonly #parts: AppParts;
  readonly #tally: Tally | undefined;

  constructor(parts: AppParts, tally: Tally | undefined) {
    this.#parts = parts;
    this.#handlers = parts.modules.flatMap((module) => module.messages ?? []);
    this.#tally = tally;
  }

  /** Tries every item again that was set aside. */
  retryAll(ctx: Context): void {
    const items = [...quarantine.iterate(ctx, {})].map(([, item]) => item);
    for (const item of items) {
      const { collection } = item;
      this.#send(ctx, MsgRetryQuarantined.typeUrl, { collection, key: quarantineKey(item) });
    }
  }

  /** Replaces some parameters of a module. */
  change(ctx: Context, { module, params }: Change): void {
    const typeUrl = `/leasehold.${module}.v1.MsgUpdateParams`;
    const [type, known] = this.#params(ctx, typeUrl);
    const merged = { ...(type.toJson(known, NO_TYPES) as JsonObject), ...params };
    this.#send(ctx, typeUrl, { params: type.fromJson(merged as Json, NO_TYPES) });
  }

  /** Sets all parameters of all modules to what they are. */
  affirm(ctx: Context): void {
    for (const { type } of this.#handlers) {
      if (!type.typeUrl.endsWith(".MsgUpdateParams")) continue;
      const [, params] = this.#params(ctx, type.typeUrl);
      this.#send(ctx, type.typeUrl, { ...(params as object), params });
    }
    const sendEnabled = [{ denom: "uusd", enabled: true }];
    this.#send(ctx, MsgSetSendEnabled.typeUrl, { sendEnabled, useDefaultFor: [] });
  }

  /** Type and value of a module's parameters, by its own query. */
  #params(ctx: Context, typeUrl: string): readonly [type: MessageType<unknown>, value: unknown] {
    const path = typeUrl.replace(/\.MsgUpdateParams$/, ".Query/Params");
    const queries = this.#parts.modules.flatMap((module) => module.queries ?? []);
    const query = must(
      queries.find((one) => one.path === path),
      path,
    );
    const answer = query.handle(ctx, query.request.create({})) as { readonly params: unknown };
    const field = query.response.table.fields.find(({ name }) => name === "params");
    const type = query.response.refs().types.get(must(field, path).type);
    return [must(type, path), answer.params];
  }

  #send(ctx: Context, typeUrl: string, fields: Readonly<Record<string, unknown>>): void {
    const handler = must(
      this.#handlers.find(({ type }) => type.typeUrl === typeUrl),
      typeUrl,
    );
    const authority = ctx.addresses.format(ctx.authority);
    const message = handler.type.create({ authority, ...fields } as never);
    handler.validateBasic?.(message, { addresses: ctx.addresses });
    handler.handle(ctx, message);
    this.#tally?.add(AUTHORITY, typeUrl);
  }
}
