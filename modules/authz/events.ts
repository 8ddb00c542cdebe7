// The SDK's typed events as they stand in its results: attributes in order of name, values as JSON.

import { attribute } from "../../chain/runtime/index.ts";
import type { Context } from "../../chain/runtime/index.ts";

/** A grant as events name it: addresses as text. */
export interface NamedGrant {
  readonly granter: string;
  readonly grantee: string;
  readonly msgTypeUrl: string;
}

/** An authorization was given, or replaced another one. */
export function emitGrant(ctx: Context, grant: NamedGrant): void {
  emit(ctx, "cosmos.authz.v1beta1.EventGrant", grant);
}

/** An authorization was revoked, or used up. */
export function emitRevoke(ctx: Context, grant: NamedGrant): void {
  emit(ctx, "cosmos.authz.v1beta1.EventRevoke", grant);
}

function emit(ctx: Context, type: string, grant: NamedGrant): void {
  ctx.emit({
    type,
    attributes: [
      attribute("grantee", JSON.stringify(grant.grantee)),
      attribute("granter", JSON.stringify(grant.granter)),
      attribute("msg_type_url", JSON.stringify(grant.msgTypeUrl)),
    ],
  });
}
