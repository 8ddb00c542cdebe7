// MsgStartLease: the tenant's receipt starts a lease.

import {
  LeaseState,
  MsgStartLease,
  MsgStartLeaseResponse,
} from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Lease } from "../../../chain/codec/gen/leasehold/market/v1.ts";
import type { Context, MsgHandler } from "../../../chain/runtime/index.ts";
import { marketErrors } from "../errors.ts";
import type { Deps } from "../keeper/deps.ts";
import { currentLease, requireState, startLease as start } from "../keeper/leases.ts";
import { leaseKey, receiptText } from "../types.ts";
import { checkHash, checkLeaseId } from "./checks.ts";

/** Largest public key and signature of a receipt, bytes: a multisig of some thirty members. */
const MAX_PROOF_BYTES = 4096;

/**
 * MsgStartLease, signed by the operator: the tenant's signed receipt shows that the provider has the
 * manifest and services answer. The lease accrues from this block.
 * State: leases, starts, terms, drains; escrow/payments. Events: EventLeaseStarted; escrow's.
 * Throws: market/4, 8, 25, 32, 33, 37; provider/8.
 */
export function startLease(deps: Deps): MsgHandler<MsgStartLease, MsgStartLeaseResponse> {
  return {
    type: MsgStartLease,
    response: MsgStartLeaseResponse,
    validateBasic(msg, env) {
      env.addresses.parse(msg.operator);
      checkLeaseId(msg.lease, env);
      checkHash("receipt.manifest_hash", msg.receipt.manifestHash, false);
      checkHash("endpoints_hash", msg.endpointsHash, true);
      for (const bytes of [msg.receipt.publicKey, msg.receipt.signature])
        if (bytes.length === 0 || bytes.length > MAX_PROOF_BYTES)
          throw marketErrors.invalidReceipt.with(
            `key or signature of ${bytes.length} bytes, not in 1..${MAX_PROOF_BYTES}`,
          );
    },
    handle(ctx, msg) {
      const key = leaseKey(msg.lease, ctx.addresses);
      deps.provider.requireOperator(ctx, key.provider, msg.operator);
      const lease = requireState(currentLease(ctx, deps, key), LeaseState.STARTING);
      if (ctx.uptime >= lease.deadlineUptime)
        throw marketErrors.tooLate.with(
          `the start was due before second ${lease.deadlineUptime} of uptime`,
        );
      requireReceipt(ctx, deps, lease, msg);
      const { manifestHash } = msg.receipt;
      start(ctx, deps, key, lease, { manifestHash, endpointsHash: msg.endpointsHash });
      return {};
    },
  };
}

function requireReceipt(ctx: Context, deps: Deps, lease: Lease, { receipt }: MsgStartLease): void {
  const signed = deps.auth.verifyOwnerSignature(ctx, {
    signer: ctx.addresses.parse(lease.id.owner),
    text: receiptText(ctx.chainId, lease.id, receipt.manifestHash),
    publicKey: receipt.publicKey,
    signature: receipt.signature,
  });
  if (!signed)
    throw marketErrors.invalidReceipt.with(
      `not signed by ${lease.id.owner} for this lease, manifest and chain ${ctx.chainId}`,
    );
}
