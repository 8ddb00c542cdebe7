// Which query a method and a path mean: the path templates of the service tables, matched as the
// gRPC gateway does. A path is decoded first and cut then, so that `ibc%2FAB` and `ibc/AB` are one.

import type { MessageType, MethodTable } from "../../codec/index.ts";
import { allMessageTypes, allServiceTables } from "../../codec/gen/index.ts";

/** A piece of a template: text, one segment (`{a}`), or the rest of the path (`{a=**}`). */
type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "one"; readonly field: string }
  | { readonly kind: "rest"; readonly field: string };

/** One REST route. */
export interface Route {
  readonly verb: string;
  /** As the tables have it. */
  readonly path: string;
  readonly pieces: readonly Piece[];
  /** Field that the body fills; `*` = the whole request; undefined = no body. */
  readonly body: string | undefined;
  /** gRPC path of the query. */
  readonly query: string;
  readonly request: MessageType<unknown>;
  readonly response: MessageType<unknown>;
}

/** A route and what the path says: values by field path (`owner`, `id.dseq`). */
export interface Match {
  readonly route: Route;
  readonly values: readonly (readonly [field: string, text: string])[];
}

/** The pieces of a template such as `/a/{b}/{c=**}`. */
export function parseTemplate(path: string): readonly Piece[] {
  return path
    .slice(1)
    .split("/")
    .map((text): Piece => {
      const variable = /^\{([A-Za-z0-9_.]+)(=\*\*|=\*)?\}$/.exec(text);
      if (variable === null) return { kind: "text", text };
      const kind = variable[2] === "=**" ? "rest" : "one";
      return { kind, field: variable[1] as string };
    });
}

/** Routes of the queries `served` (gRPC paths), the more definite of two templates first. */
export function makeRoutes(served: readonly string[]): readonly Route[] {
  const wanted = new Set(served);
  const types = new Map(allMessageTypes.map((type) => [type.name, type]));
  const routes: Route[] = [];
  for (const service of allServiceTables)
    for (const method of service.methods) {
      const query = `/${service.name}/${method.name}`;
      if (wanted.has(query)) routes.push(...routesOf(method, query, types));
    }
  return routes.toReversed().sort(compareRoutes);
}

function routesOf(
  method: MethodTable,
  query: string,
  types: ReadonlyMap<string, MessageType<unknown>>,
): readonly Route[] {
  const [request, response] = [types.get(method.input), types.get(method.output)];
  if (request === undefined || response === undefined)
    throw new Error(`${query} has a type that is not in the tables`);
  return (method.http ?? []).map(({ verb, path, body }) => ({
    verb,
    path,
    pieces: parseTemplate(path),
    body,
    query,
    request,
    response,
  }));
}

const RANK = { text: 0, one: 1, rest: 2 } as const;

/** Text before a segment before a rest, at the first piece that differs. */
function compareRoutes(a: Route, b: Route): number {
  for (const [index, piece] of a.pieces.entries()) {
    const other = b.pieces[index];
    if (other === undefined) return 1;
    if (piece.kind !== other.kind) return RANK[piece.kind] - RANK[other.kind];
  }
  return a.pieces.length - b.pieces.length;
}

/**
 * All routes that a decoded path fits, in order of preference. More than one means templates of the
 * same form (`bech32/{address_bytes}` and `bech32/{address_string}`): the next is meant where the one
 * before cannot make sense of the values.
 */
export function matchRoutes(
  routes: readonly Route[],
  verb: string,
  path: string,
): readonly Match[] {
  const segments = path.slice(1).split("/");
  const found: Match[] = [];
  for (const route of routes) {
    if (route.verb !== verb) continue;
    const values = matchPieces(route.pieces, segments);
    if (values === undefined) continue;
    if (found.length > 0 && compareRoutes((found[0] as Match).route, route) !== 0) break;
    found.push({ route, values });
  }
  return found;
}

function matchPieces(
  pieces: readonly Piece[],
  segments: readonly string[],
): Match["values"] | undefined {
  const values: (readonly [string, string])[] = [];
  for (const [index, piece] of pieces.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (piece.kind === "rest") return [...values, [piece.field, segments.slice(index).join("/")]];
    if (piece.kind === "one") values.push([piece.field, segment]);
    else if (piece.text !== segment) return undefined;
  }
  return segments.length === pieces.length ? values : undefined;
}
