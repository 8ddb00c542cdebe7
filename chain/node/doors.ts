// What opens in front of a node whatever makes its blocks: REST with the pages that belong to it.

import type { Platform } from "../base/platform.ts";
import type { Application } from "../runtime/index.ts";
import { SIMULATE_PATH } from "../runtime/index.ts";
import type { Logger } from "./log.ts";
import type { NodeMetrics } from "./metrics_node.ts";
import type { RestServer as RestServerType } from "./rest/server.ts";
import { SERVICES } from "./rpc/served.ts";
import type { ServiceParts } from "./rpc/services.ts";
import type { Turns } from "./rpc/turns.ts";
import { restOptionsOf, toldConfig } from "./settings.ts";
import type { NodeSettings } from "./settings.ts";
import type { BlockSource } from "./source.ts";

/** What the doors of a node work with. */
export interface DoorParts {
  readonly app: Application;
  readonly platform: Platform;
  readonly settings: NodeSettings;
  readonly log: Logger;
  readonly metrics: NodeMetrics;
  /** Blocks: the embedded engine's, or CometBFT's. */
  readonly source: BlockSource;
  /** Where queries wait for their turn; the same for all doors of a node. */
  readonly turns: Turns;
  readonly chainId: string;
  /** Whether no block may be made for as long as nobody sends anything. */
  readonly idles: boolean;
  /** Where the RPC of the node is: ours, or CometBFT's. */
  readonly rpcUrl: string;
}

/** Doors that were opened. */
export interface Doors {
  /** Where REST is; undefined when it is switched off. */
  readonly restUrl: string | undefined;
}

/** What queries are answered with, on either engine: for abci_query and REST. */
export function servicesOf(
  parts: Pick<DoorParts, "app" | "platform" | "settings" | "source" | "turns">,
): ServiceParts {
  const { app, platform, settings, source, turns } = parts;
  return {
    app,
    platform,
    source,
    turns,
    prefix: () => app.context().addresses.prefix,
    oldestState: () => app.store.oldestHeight,
    config: toldConfig(settings.app),
  };
}

/** Opens what stands in front of both engines; what it opens is added to `closers`. */
export async function openDoors(
  parts: DoorParts,
  closers: (() => Promise<void>)[],
): Promise<Doors> {
  const { app, settings, metrics, log, chainId, source } = parts;
  if (!settings.app.flag("api.enable")) return { restUrl: undefined };
  // Fastify is loaded only by a node that has this door.
  const { Gateway } = await import("./rest/gateway.ts");
  const { makePages } = await import("./rest/pages.ts");
  const { RestServer } = await import("./rest/server.ts");
  const services = servicesOf(parts);
  const served = [...app.queries.paths(), SIMULATE_PATH, ...SERVICES.keys()];
  const gateway = new Gateway(services, served);
  const opened: { server?: RestServerType } = {};
  const pages = makePages({
    services,
    source,
    metrics,
    chainId,
    routes: gateway.routes,
    version: app.info().version,
    minGasPrices: app.settings.minGasPrices ?? [],
    publicRpc: settings.app.text("api.public-rpc"),
    publicRest: settings.app.text("api.public-rest"),
    rpcPort: Number(new URL(parts.rpcUrl).port),
    restPort: () => opened.server?.port ?? 0,
    maxBlockAge: parts.idles ? 0 : settings.app.number("api.max-block-age"),
    metricsOn: settings.app.flag("telemetry.enabled"),
  });
  metrics.start();
  closers.push(async () => metrics.close());
  const options = restOptionsOf(settings.app);
  const server = await RestServer.listen({ gateway, pages, metrics }, options, log.named("rest"));
  opened.server = server;
  closers.push(() => server.close());
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return { restUrl: `http://${host}:${server.port}` };
}
