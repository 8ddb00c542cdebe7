import type { MessageType } from "../../../chain/codec/index.ts";
import type { Context, TxMessage } from "../../../chain/runtime/index.ts";

/** What becomes of an authorization that let a message pass. */
export type Used<A> =
  | { readonly grant: "stays" }
  | { readonly grant: "spent" }
  | { readonly grant: "changed"; readonly to: A };

/** One kind of authorization: what it lets a grantee do in the granter's name. */
export interface AuthorizationKind<A> {
  readonly type: MessageType<A>;
  /** Type of the messages that it is for. Throws: authz/4 where it names none. */
  msgTypeUrl(authorization: A): string;
  /** Checks without state. */
  validate(authorization: A): void;
  /** Whether it allows `message`, and what is left of it. Throws why it does not. */
  use(ctx: Context, authorization: A, message: TxMessage): Used<A>;
}
