// Grants: given, used, revoked, ended. Reads, writes and gas happen in the SDK's order and as often
// as there: gas and roots depend on both.

import type { Address } from "../../chain/base/address.ts";
import { equalBytes } from "../../chain/base/bytes.ts";
import { ChainError } from "../../chain/base/errors.ts";
import { compareTime, formatTime } from "../../chain/base/time.ts";
import type { Timestamp } from "../../chain/base/time.ts";
import type { Any } from "../../chain/codec/index.ts";
import { attribute, parseAddress, rewrapped, undefinedError } from "../../chain/runtime/index.ts";
import type { Context, TxMessage } from "../../chain/runtime/index.ts";
import { openAuthorization } from "./keeper/authorizations.ts";
import { authzErrors } from "./errors.ts";
import { emitGrant, emitRevoke } from "./events.ts";
import type { AuthzNeeds } from "./needs.ts";
import { ending, grants } from "./state.ts";
import type { GrantKey } from "./state.ts";

/** Gas of each message type of a queue entry that is looked at. Source: SDK x/authz. */
const GAS_PER_TYPE = 20;

/** Queue entries that one block removes; what is left waits for the next block. */
const ENTRIES_PER_BLOCK = 200;

/** Keeper of module authz. */
export class AuthzKeeper {
  readonly #needs: AuthzNeeds;

  constructor(needs: AuthzNeeds) {
    this.#needs = needs;
  }

  /** Whether a message type can be granted: this chain serves it. */
  serves(typeUrl: string): boolean {
    return this.#needs.dispatcher.serves(typeUrl);
  }

  /**
   * Gives an authorization, in the place of one for the same message type. State: grants,
   * grant_queue. Events: EventGrant. Throws: authz/3, 5.
   */
  save(ctx: Context, key: GrantKey, authorization: Any, end: Timestamp | undefined): void {
    if (end !== undefined && compareTime(end, ctx.time) <= 0) {
      const times = `(${wholeSeconds(ctx.time)}), got ${wholeSeconds(end)}`;
      throw authzErrors.invalidExpiration.with(
        `expiration must be after the current block time ${times}`,
      );
    }
    this.put(ctx, key, authorization, end);
  }

  /** As `save`, whenever the grant ends: for a genesis. */
  put(ctx: Context, key: GrantKey, authorization: Any, end: Timestamp | undefined): void {
    const before = grants.get(ctx, key)?.expiration;
    const same = before !== undefined && end !== undefined && compareTime(before, end) === 0;
    if (before !== undefined && !same) leaveQueue(ctx, key, before);
    if (end !== undefined && !same) joinQueue(ctx, key, end);
    grants.set(ctx, key, { authorization, expiration: end });
    emitGrant(ctx, named(ctx, key));
  }

  /** Takes an authorization back. State: grants, grant_queue. Events: EventRevoke. Throws: authz/2, 5. */
  revoke(ctx: Context, key: GrantKey): void {
    const grant = grants.get(ctx, key);
    if (grant === undefined) throw notGranted(ctx, "delete", key);
    if (grant.expiration !== undefined) leaveQueue(ctx, key, grant.expiration);
    grants.delete(ctx, key);
    emitRevoke(ctx, named(ctx, key));
  }

  /**
   * Runs messages in the names of their signers, who have granted that to `grantee` (himself needs
   * no grant). Gives the bytes of their responses. State: grants, and what the messages write.
   * Events: EventRevoke of a spent grant; the messages', each with `authz_msg_index`.
   * Throws: authz/2, 6, 9; what the authorization or the message refuses with.
   */
  execute(ctx: Context, grantee: Address, anys: readonly Any[]): readonly Uint8Array[] {
    const { dispatcher } = this.#needs;
    const messages = anys.map((any) => dispatcher.open(any));
    for (const [index, message] of messages.entries()) checkBasics(ctx, message, index);
    return messages.map((message, index) => {
      this.#allow(ctx, grantee, message);
      const { response, events } = dispatcher.run(ctx, message);
      const mark = attribute("authz_msg_index", index.toString());
      for (const { type, attributes } of events)
        ctx.emit({ type, attributes: [...attributes, mark] });
      return response;
    });
  }

  /** Removes grants that ended before now, as many as one block may. State: grants, grant_queue. */
  prune(ctx: Context): void {
    const ended = [];
    for (const [key, item] of ending.iterate(ctx)) {
      if (compareTime(key[0], ctx.time) >= 0 || ended.length === ENTRIES_PER_BLOCK) break;
      ended.push({ key, item });
    }
    for (const { key, item } of ended) {
      const [, granter, grantee] = key;
      ending.delete(ctx, key);
      for (const msgTypeUrl of item.msgTypeUrls) grants.delete(ctx, [granter, grantee, msgTypeUrl]);
    }
  }

  /** Uses the grant that lets `grantee` send a message of another signer. */
  #allow(ctx: Context, grantee: Address, message: TxMessage): void {
    const [signer, ...others] = message.signers();
    if (signer === undefined || others.length > 0) throw authzErrors.signerCount.error();
    const granter = parseAddress(ctx.addresses, signer, undefinedError);
    if (equalBytes(granter, grantee)) return;
    const key: GrantKey = [granter, grantee, message.route.handler.type.typeUrl];
    const grant = grants.get(ctx, key);
    if (grant === undefined) throw notGranted(ctx, "get", key);
    if (grant.expiration !== undefined && compareTime(grant.expiration, ctx.time) < 0)
      throw authzErrors.expired.error();
    const used = openAuthorization(grant.authorization).use(ctx, message);
    if (used.grant === "spent") this.revoke(ctx, key);
    if (used.grant !== "changed") return;
    // The SDK reads the grant again before it writes what is left.
    const { expiration } = grants.must(ctx, key);
    grants.set(ctx, key, { authorization: used.to, expiration });
  }
}

function checkBasics(ctx: Context, { route, value }: TxMessage, index: number): void {
  rewrapped(
    () => route.handler.validateBasic?.(value as never, ctx),
    (text, { codespace, code }) => new ChainError(codespace, code, `msg ${index}: ${text}`),
  );
}

function notGranted(ctx: Context, verb: "get" | "delete", key: GrantKey): ChainError {
  const { granter, grantee, msgTypeUrl } = named(ctx, key);
  const whose = `granter: ${granter}, grantee: ${grantee} & msgType: ${msgTypeUrl}`;
  return authzErrors.notFound.with(`failed to ${verb} grant with given ${whose} `);
}

function named(
  ctx: Context,
  [granter, grantee, msgTypeUrl]: GrantKey,
): { readonly granter: string; readonly grantee: string; readonly msgTypeUrl: string } {
  const { addresses } = ctx;
  return { granter: addresses.format(granter), grantee: addresses.format(grantee), msgTypeUrl };
}

function wholeSeconds(time: Timestamp): string {
  return formatTime({ seconds: time.seconds, nanos: 0 });
}

function joinQueue(ctx: Context, [granter, grantee, type]: GrantKey, end: Timestamp): void {
  const { msgTypeUrls } = ending.get(ctx, [end, granter, grantee]) ?? { msgTypeUrls: [] };
  ending.set(ctx, [end, granter, grantee], { msgTypeUrls: [...msgTypeUrls, type] });
}

/** Takes a type out of an entry as the SDK does: the last one takes its place. */
function leaveQueue(ctx: Context, [granter, grantee, type]: GrantKey, end: Timestamp): void {
  const entry = ending.get(ctx, [end, granter, grantee]);
  if (entry === undefined)
    throw authzErrors.queueEntryNotFound.with(
      "can't remove grant from the expire queue, grant key not found",
    );
  const found = entry.msgTypeUrls.findIndex((one) => {
    ctx.gas.consume(GAS_PER_TYPE, "grant queue");
    return one === type;
  });
  if (found < 0) return;
  const msgTypeUrls = entry.msgTypeUrls.map((one, at) =>
    at === found ? (entry.msgTypeUrls.at(-1) ?? one) : one,
  );
  ending.set(ctx, [end, granter, grantee], { msgTypeUrls: msgTypeUrls.slice(0, -1) });
}
