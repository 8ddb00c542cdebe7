// One way for queries, whatever door they come through (abci_query of either engine, REST): services
// of this floor, then the application in its turn.

import type { RequestQuery, ResponseQuery } from "../../codec/gen/tendermint/abci.ts";
import { NODE_SERVICE } from "./node_service.ts";
import { answerService } from "./services.ts";
import type { ServiceMethod, ServiceParts } from "./services.ts";
import { TX_SERVICE } from "./tx_service.ts";

/** Services of gRPC that this floor answers, by path. */
export const SERVICES: ReadonlyMap<string, ServiceMethod> = new Map(
  [...NODE_SERVICE, ...TX_SERVICE].map((one) => [one.path, one] as const),
);

/**
 * Answers a query. What a client can cause comes back as a code; rejects with RpcError when too much
 * waits. Must not be awaited by what holds up a block.
 */
export function answerQuery(parts: ServiceParts, request: RequestQuery): Promise<ResponseQuery> {
  const service = SERVICES.get(request.path);
  if (service !== undefined) return answerService(parts, service, request.data);
  return parts.turns.run(() => parts.app.query(request));
}
