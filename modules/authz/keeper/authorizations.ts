// The kinds of authorization that this chain knows, and how one is opened.

import { sdkErrors } from "../../../chain/base/errors.ts";
import type { Any, MessageType } from "../../../chain/codec/index.ts";
import type { Context, TxMessage } from "../../../chain/runtime/index.ts";
import { generic } from "./generic.ts";
import type { AuthorizationKind, Used } from "./kinds.ts";
import { send } from "./send.ts";
import { stake } from "./stake.ts";

const KINDS = new Map(
  [generic, send, stake].map((kind) => [kind.type.typeUrl, kind as AuthorizationKind<unknown>]),
);

/** Types that may stand in an authorization's Any. */
export const authorizationTypes: readonly MessageType<unknown>[] = [...KINDS.values()].map(
  (kind) => kind.type,
);

/** An authorization with what its kind does. */
export interface Authorization {
  /** Type of the messages that it is for. Throws: authz/4. */
  msgTypeUrl(): string;
  /** Checks without state. */
  validate(): void;
  /** Whether it allows a message, and what is left of it. Throws why it does not. */
  use(ctx: Context, message: TxMessage): Used<Any>;
}

/** Opens an authorization. Throws: sdk/29 for what is none. */
export function openAuthorization(any: Any | undefined): Authorization {
  if (any === undefined) throw sdkErrors.invalidType.with("authorization is nil");
  const kind = KINDS.get(any.typeUrl);
  if (kind === undefined)
    throw sdkErrors.invalidType.with(`${any.typeUrl.slice(0, 200)} is no authorization`);
  const { type } = kind;
  const value = type.decode(any.value);
  return {
    msgTypeUrl: () => kind.msgTypeUrl(value),
    validate: () => kind.validate(value),
    use(ctx, message) {
      const used = kind.use(ctx, value, message);
      if (used.grant !== "changed") return used;
      return { grant: "changed", to: { typeUrl: type.typeUrl, value: type.encode(used.to) } };
    },
  };
}
