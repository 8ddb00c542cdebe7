// Plain JSON-RPC to a node: what commands need beyond the client library.

import { CliFailure } from "./failure.ts";

interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

/** How long one call may take, milliseconds. */
const CALL_TIMEOUT_MS = 15_000;

/** Calls one method of a node. Throws: CliFailure when the node cannot be reached or refuses. */
export async function callRpc<T>(
  url: string,
  method: string,
  params: Record<string, unknown> = {},
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<T> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new CliFailure(`no node answers at ${url}`, {
      remedy: "Start one with: make start (or name another with --node)",
    });
  }
  const answer = (await response.json().catch(() => ({}))) as { result?: T; error?: RpcError };
  if (answer.error !== undefined) {
    throw new CliFailure(
      `the node refuses ${method}: ${answer.error.data ?? answer.error.message}`,
    );
  }
  if (answer.result === undefined) {
    throw new CliFailure(`${url} does not answer as a node does (HTTP ${response.status})`);
  }
  return answer.result;
}
