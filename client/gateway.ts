// The provider's gateway as a tenant sees it: where the manifest goes and the receipt is handed in.
//
//   PUT  {host}/v1/leases/{owner}/{dseq}/{gseq}/{oseq}/manifest   the canonical manifest (JSON)
//        200 {"manifest_hash": hex} when its hash is the one on chain and services answer
//   PUT  {host}/v1/leases/{owner}/{dseq}/{gseq}/{oseq}/receipt    {"public_key", "signature"} in base64
//        202 {} when the provider will start the lease with it
//   Refusals: HTTP 4xx {"error": one sentence}.
//   Pages of other origins may call: it answers OPTIONS and sends access-control-allow-origin.

import type { OfflineAminoSigner } from "@cosmjs/amino";
import { toBase64, toHex } from "../chain/base/bytes.ts";
import type { Lease, LeaseId } from "../chain/codec/gen/leasehold/market/v1.ts";
import type { LeaseholdClient } from "./client.ts";
import { signReceipt } from "./receipt.ts";

/** A gateway that cannot be reached, or that refuses. */
export class GatewayRefusal extends Error {
  override readonly name = "GatewayRefusal";
}

/** Longest time for one call, milliseconds. */
const CALL_TIMEOUT_MS = 20_000;

/** Path of a lease at its provider's gateway; `part` is manifest or receipt. */
export function gatewayPath(lease: LeaseId, part: "manifest" | "receipt"): string {
  return `/v1/leases/${lease.owner}/${lease.dseq}/${lease.gseq}/${lease.oseq}/${part}`;
}

async function put(url: string, body: string): Promise<Readonly<Record<string, unknown>>> {
  let response: Response;
  try {
    const headers = { "content-type": "application/json" };
    response = await fetch(url, {
      method: "PUT",
      headers,
      body,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
  } catch (error) {
    throw new GatewayRefusal(`the provider's gateway ${new URL(url).origin} does not answer`, {
      cause: error,
    });
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  const reason = typeof answer["error"] === "string" ? answer["error"] : `HTTP ${response.status}`;
  throw new GatewayRefusal(`the provider's gateway refused: ${reason}`);
}

/**
 * Hands the manifest to the provider of a lease that is starting, and its owner's receipt once the
 * provider has it. The provider then posts MsgStartLease. Throws: GatewayRefusal in a sentence.
 */
export async function handOver(
  client: LeaseholdClient,
  signer: OfflineAminoSigner,
  lease: Lease,
  manifest: string,
  manifestHash: Uint8Array,
): Promise<void> {
  const { hostUri } = await client.query.market.lease(lease.id);
  const host = hostUri.replace(/\/+$/, "");
  const taken = await put(`${host}${gatewayPath(lease.id, "manifest")}`, manifest);
  if (taken["manifest_hash"] !== toHex(manifestHash)) {
    throw new GatewayRefusal(
      `the provider's gateway has another manifest: ${String(taken["manifest_hash"])}`,
    );
  }
  const terms = { chainId: client.facts.chainId, lease: lease.id, manifestHash };
  const receipt = await signReceipt(signer, terms);
  const body = { public_key: toBase64(receipt.publicKey), signature: toBase64(receipt.signature) };
  await put(`${host}${gatewayPath(lease.id, "receipt")}`, JSON.stringify(body));
}
