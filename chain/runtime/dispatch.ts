// Messages inside messages: what a module that runs other modules' messages (authz) is given.

import { ChainError, sdkErrors } from "../base/errors.ts";
import { CodecError } from "../codec/index.ts";
import type { Any } from "../codec/index.ts";
import { rewrapped } from "./ante_types.ts";
import type { MsgRouter } from "./router.ts";
import { TxMessage } from "./transaction.ts";
import type { Context, Event } from "./types.ts";

/** What a message inside a message gave. */
export interface Dispatched {
  /** Bytes of its response message. */
  readonly response: Uint8Array;
  /** Its events, not emitted yet. */
  readonly events: readonly Event[];
}

/** Runs messages that are served by this application, whichever module serves them. */
export class Dispatcher {
  readonly #router: MsgRouter;

  /** `router` may still be empty: modules register after they are made. */
  constructor(router: MsgRouter) {
    this.#router = router;
  }

  /** Whether a message type is served. */
  serves(typeUrl: string): boolean {
    return this.#router.serves(typeUrl);
  }

  /** Opens a message. Throws: sdk/34 when it is not served or does not decode. */
  open(any: Any): TxMessage {
    try {
      return new TxMessage(this.#router.find(any.typeUrl), any);
    } catch (error) {
      if (error instanceof CodecError) throw sdkErrors.unpackAny.with(error.message);
      throw error;
    }
  }

  /**
   * Runs a message on the branch and the gas of `ctx`, its basic checks first. Whether its signer
   * agrees is the caller's business. A refusal names the message; out of gas passes as it is.
   */
  run(ctx: Context, message: TxMessage): Dispatched {
    const { handler } = message.route;
    const value = message.value as never;
    const ran = rewrapped(
      () =>
        ctx.collect((inner) => {
          handler.validateBasic?.(value, inner);
          return handler.response.encode(handler.handle(inner, value));
        }),
      (text, { codespace, code }) => {
        const what = `failed to execute message; message ${message.toText()}`;
        return new ChainError(codespace, code, `${what}: ${text}`);
      },
    );
    return { response: ran.value, events: ran.events };
  }
}
