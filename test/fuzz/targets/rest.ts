// REST of a running node, and HTTP itself at both of its doors.

import { servedQueries } from "../../../chain/app/index.ts";
import { makeRoutes } from "../../../chain/node/rest/routes.ts";
import { mutateBytes } from "../bytes.ts";
import { startScene, targetOf } from "../door_scene.ts";
import type { Scene } from "../door_scene.ts";
import { must, requireSentence } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { mutateJson } from "../json.ts";
import type { Value } from "../json.ts";
import { COMMON_TOKENS, mutateText } from "../text.ts";
import { requestBytes, sendOnce, Wire } from "../wire.ts";

// ---- REST -------------------------------------------------------------------------------------------

interface RestInput {
  readonly verb: string;
  readonly target: string;
  readonly body: string;
}

const REST_TOKENS = [
  "pagination.limit=5",
  "pagination.key=AA==",
  "&",
  "=",
  ".",
  "%2F",
  "/",
  "?",
  "-1",
].concat([
  "true",
  "TRUE",
  "1e3",
  "height=1",
  "owner=",
  "%00",
  "%FF",
  "%zz",
  "..",
  "{",
  "}",
  "a.b.c.d.e.f.g=1",
]);

/** A path and query string that fit each route, with ids that are plausible. */
function restInputs({ address, hash }: Scene): RestInput[] {
  const words: Readonly<Record<string, string>> = {
    address,
    owner: address,
    hash,
    denom: "ulease",
  };
  const routes = makeRoutes(servedQueries().map(({ path }) => path));
  return routes.flatMap(({ verb, path, request, body }): RestInput[] => {
    const filled = path.replace(/\{([a-z_.]+)[^}]*\}/g, (_, field: string) => {
      const name = field.split(".").at(-1) ?? "";
      return words[name] ?? (/seq|height|id$/.test(name) ? "1" : address);
    });
    const names = request.table.fields
      .filter(({ kind }) => kind === "scalar")
      .map(({ name }) => name);
    const search = names.map((name) => `${name}=${words[name] ?? "1"}`).join("&");
    const given = body === undefined ? "" : JSON.stringify({ tx_bytes: "", mode: 1 });
    return [
      { verb, target: filled, body: given },
      { verb, target: `${filled}?${search}`, body: given },
    ];
  });
}

const REST_STATUS = new Set([200, 204, 400, 401, 404, 405, 409, 413, 414, 429, 431, 500, 501, 503]);

function checkRest(status: number, body: string, isPage: boolean): boolean {
  must(REST_STATUS.has(status), () => `status ${status}: ${body.slice(0, 200)}`);
  if (isPage && status === 200) return true;
  if (body === "") return false;
  const json = JSON.parse(body) as Record<string, unknown>;
  if (status === 200) return true;
  const { code, message } = json;
  must(typeof code === "number" && typeof message === "string", () => `no status: ${body}`);
  must(code !== 13 || status !== 500 || !message.includes("its log says why"), () => body);
  must(!/\n {4}at /.test(message), () => `a stack trace: ${message}`);
  if (message !== "") requireSentence(message);
  return false;
}

async function restTarget(): Promise<Target<RestInput>> {
  const scene = await startScene();
  const wire = new Wire(scene.restPort);
  const inputs = restInputs(scene);
  const bodies: readonly Value[] = [{ tx_bytes: scene.tx, mode: "BROADCAST_MODE_SYNC" }, {}];
  return {
    make: (random) => {
      const { verb, target } = random.of(inputs);
      const text = mutateText(target, random, random.of(inputs).target, REST_TOKENS);
      const post = verb === "POST" || random.chance(5);
      const body = post ? JSON.stringify(mutateJson(random.of(bodies), random, bodies)) : "";
      const other = random.chance(2) ? random.of(["HEAD", "OPTIONS", "DELETE", "PUT"]) : verb;
      return {
        verb: post ? "POST" : other,
        target: targetOf(text.startsWith("/") ? text : `/${text}`),
        body,
      };
    },
    run: async ({ verb, target, body }) => {
      // An answer to HEAD tells a length that no body follows.
      if (verb === "HEAD") {
        await sendOnce(scene.restPort, requestBytes(verb, target));
        return false;
      }
      const answer = await wire.send(requestBytes(verb, target, body));
      scene.quiet();
      const isPage = !/^\/(cosmos|leasehold)\//.test(target);
      return checkRest(answer.status, answer.body, isPage);
    },
    show: ({ verb, target, body }) => `${verb} ${target} ${body}`,
    close: async () => {
      wire.close();
      await scene.close();
    },
  };
}

// ---- HTTP itself ------------------------------------------------------------------------------------

const UPGRADE =
  "GET /websocket HTTP/1.1\r\nhost: node\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
  "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

interface RawInput {
  readonly door: "rpc" | "rest";
  readonly bytes: Uint8Array;
}

/** Requests as bytes, one of them a WebSocket with two masked frames. */
function rawInputs(): Uint8Array[] {
  const frame = (opcode: number, text: string): number[] => {
    const bytes = [...Buffer.from(text)];
    return [0x80 | opcode, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes];
  };
  const call = '{"jsonrpc":"2.0","id":1,"method":"health"}';
  const frames = [...frame(1, call), ...frame(9, "ping"), ...frame(2, "x"), ...frame(8, "")];
  return [
    Buffer.from("GET /status HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n"),
    Buffer.concat([Buffer.from(UPGRADE), Uint8Array.from(frames)]),
    requestBytes("POST", "/", call),
    Buffer.from(
      `POST / HTTP/1.1\r\nhost: node\r\ntransfer-encoding: chunked\r\n\r\n2a\r\n${call}\r\n0\r\n\r\n`,
    ),
    requestBytes("GET", "/cosmos/bank/v1beta1/supply"),
    Buffer.concat([requestBytes("GET", "/health"), requestBytes("GET", "/status")]),
  ];
}

async function rawTarget(): Promise<Target<RawInput>> {
  const scene = await startScene();
  const inputs = rawInputs();
  return {
    make: (random) => {
      const chosen = random.of(inputs);
      const text = Buffer.from(chosen).toString("latin1");
      const bytes = random.chance(50)
        ? mutateBytes(chosen, random, random.of(inputs))
        : Buffer.from(mutateText(text, random, text, COMMON_TOKENS), "latin1");
      return { door: random.of(["rpc", "rest"] as const), bytes };
    },
    run: async ({ door, bytes }) => {
      const port = door === "rpc" ? scene.rpcPort : scene.restPort;
      const heard = await sendOnce(port, bytes);
      scene.quiet();
      must(!/\n {4}at /.test(heard), () => `a stack trace: ${heard}`);
      return /^HTTP\/1\.1 (200|101|204)/.test(heard);
    },
    show: ({ door, bytes }) => `${door} ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`,
    close: () => scene.close(),
  };
}

/** Decoders of this file. Times are those of a whole request. */
export const REST_DECODERS: readonly Decoder[] = [
  { name: "rest", what: "REST paths, query strings, bodies", limitMs: 500, open: restTarget },
  {
    name: "http",
    what: "HTTP requests and WebSocket frames as bytes",
    share: 0.02,
    limitMs: 2000,
    open: rawTarget,
  },
];
