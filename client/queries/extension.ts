// Queries over abci_query, from the tables of a query service.

import type { QueryClient } from "@cosmjs/stargate";
import type { MessageType, ServiceTable } from "../../chain/codec/types.ts";
import type { Fill } from "../fill.ts";
import { fill } from "../fill.ts";

/** Request and response types by method, lowerCamelCase. */
export type MethodTypes = Readonly<
  Record<string, readonly [request: MessageType<unknown>, response: MessageType<unknown>]>
>;

/** One function per method; `height` asks for the state after that block. */
export type QueryMethods<Methods extends MethodTypes> = {
  readonly [Name in keyof Methods]: Methods[Name] extends readonly [
    MessageType<infer Request>,
    MessageType<infer Response>,
  ]
    ? (request?: Fill<Request>, height?: number) => Promise<Response>
    : never;
};

/**
 * The methods of a service as functions. Responses may carry fields of newer nodes, which are
 * skipped. Throws: what CosmJS throws on a refused query, `Query failed with (code): text`.
 */
export function queryMethods<Methods extends MethodTypes>(
  base: QueryClient,
  service: ServiceTable,
  methods: Methods,
): QueryMethods<Methods> {
  const functions: Record<string, unknown> = {};
  for (const [name, [request, response]] of Object.entries(methods)) {
    const method = service.methods.find(
      (each) =>
        each.name.toLowerCase() === name.toLowerCase() && `/${each.input}` === request.typeUrl,
    );
    if (method === undefined) throw new Error(`${service.name} has no method ${name}`);
    const path = `/${service.name}/${method.name}`;
    functions[name] = async (value: Fill<unknown> = {}, height?: number): Promise<unknown> => {
      const answer = await base.queryAbci(path, request.encode(fill(request, value)), height);
      return response.decodeLenient(answer.value);
    };
  }
  return functions as QueryMethods<Methods>;
}
