// Addresses of the ABCI socket as configuration files write them.

import { parseListen } from "../settings.ts";

/** Where the application listens: TCP, or a unix socket. */
export type AbciAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** Reads `tcp://127.0.0.1:26658` or `unix:///run/leasehold.sock`. Throws: Error with a sentence. */
export function parseAbciAddress(text: string): AbciAddress {
  if (text.startsWith("unix://")) {
    const path = text.slice("unix://".length);
    if (path !== "") return { path };
  }
  if (text.startsWith("tcp://")) return parseListen(text);
  throw new Error(
    `${JSON.stringify(text)} is not an address of an ABCI socket: write tcp://127.0.0.1:26658 ` +
      "or unix:///path/to/socket",
  );
}
