// The REST door against people who do not mean well or do not know: odd requests, limits, slow
// readers, rubbish. Whatever comes in, the answer is a sentence with a code, and the chain goes on.

import { connect } from "node:net";
import type { Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";
import { restGet, restOf, restPost } from "../support/rest.ts";

const ADDRESS = "lease19rl4cm2hmr8afy4kldpxz3fka4jguq0afaysft";

interface World {
  readonly node: TestNode;
  readonly rest: string;
}
const test = suite<World>("hostile REST");

test.before(async (context) => {
  const app = {
    "rpc-max-body-bytes": "20000",
    "rpc-read-timeout": "1",
  };
  const node = await startTestNode({ app });
  Object.assign(context, { node, rest: restOf(node) });
});
test.after(async ({ node }) => node?.remove());

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** What a raw exchange brings until the door closes it, or `ms` have passed. */
function exchange(rest: string, text: string | Buffer, ms = 2500): Promise<string> {
  return new Promise((resolve) => {
    let got = "";
    const socket: Socket = connect(portOf(rest), "127.0.0.1", () => socket.write(text));
    const end = (): void => {
      socket.destroy();
      resolve(got);
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    socket.on("data", (data) => (got += data.toString("latin1")));
    socket.on("error", end);
    socket.on("close", end);
  });
}

async function advances(node: TestNode): Promise<void> {
  const { height } = node.engine.state;
  for (let i = 0; i < 100 && node.engine.state.height < height + 2n; i++)
    await new Promise((go) => setTimeout(go, 50));
  assert.ok(node.engine.state.height >= height + 2n, "blocks go on");
}

test("bodies: too large, not JSON, of another kind, nested deep", async ({ rest }) => {
  const simulate = (body: unknown): ReturnType<typeof restPost> =>
    restPost(rest, "/cosmos/tx/v1beta1/simulate", body);
  const large = await simulate("x".repeat(20_001));
  assert.equal([large.status, large.json()["code"]], [413, 3]);
  const rows: readonly (readonly [unknown, RegExp])[] = [
    ["{nope", /the body is not JSON/],
    ["[]", /must be a JSON object/],
    ["null", /must be a JSON object/],
    ["7", /must be a JSON object/],
    ["", /empty txBytes is not allowed/],
    [{ tx_bytes: "!" }, /tx_bytes: not base64/],
    [{ tx_bytes: 5 }, /tx_bytes: not text/],
    [{ unknown: 1 }, /unknown: unknown field/],
    ['{"__proto__":{"tx_bytes":""}}', /__proto__: unknown field/],
    [{ tx: { body: { messages: [{ "@type": "/no.such.Type" }] } } }, /is not known/],
    [`{"tx":${"[".repeat(9000)}${"]".repeat(9000)}}`, /not an object/],
    [`{"tx":${'{"body":'.repeat(1500)}{}${"}".repeat(1500)}}`, /unknown field/],
  ];
  for (const [body, expected] of rows) {
    const answer = await simulate(body);
    assert.equal([answer.status, answer.json()["code"]], [400, 3], answer.text);
    assert.match(answer.text, expected);
  }
  const any = (inner: string): string =>
    `{"@type":"/cosmos.tx.v1beta1.Tx","body":{"messages":[${inner}]}}`;
  let deep = any("");
  while (deep.length < 19_000) deep = any(deep);
  const nested = await simulate(`{"tx":{"body":{"messages":[${deep}]}}}`);
  assert.equal([nested.status, nested.json()["code"]], [400, 3]);
  assert.match(nested.text, /nested deeper than/);
});

test("a body of very many values is refused at once", async ({ rest }) => {
  const many = `{"tx":{"signatures":[${'"",'.repeat(6000)}""]}}`;
  assert.is((await restPost(rest, "/cosmos/tx/v1beta1/encode", many)).status, 200);
  const node = await startTestNode();
  const more = `{"tx":{"signatures":[${'"",'.repeat(60_000)}""]}}`;
  const answer = await restPost(restOf(node), "/cosmos/tx/v1beta1/encode", more);
  assert.equal([answer.status, answer.json()["code"]], [400, 3]);
  assert.match(answer.text, /more than 50000 values/);
  const large = `{"tx":{"body":{"memo":"${"m".repeat(500_000)}"}}}`;
  const heavy = await restPost(restOf(node), "/cosmos/tx/v1beta1/encode", large);
  assert.equal([heavy.status, heavy.text.length > 600_000], [200, true]);
  await node.remove();
});

test("paths and parameters that make no sense", async ({ rest }) => {
  const rows: readonly (readonly [string, number])[] = [
    ["/%", 400],
    ["/cosmos/bank/v1beta1/balances/%ff", 400],
    ["/cosmos/bank/v1beta1/balances/%00", 400],
    ["/cosmos/bank/v1beta1/balances/", 400],
    ["/cosmos/bank/v1beta1/balances", 501],
    ["//", 501],
    ["/../../etc/passwd", 501],
    ["/cosmos/bank/v1beta1/supply/", 501],
    ["/cosmos/bank/v1beta1/supply?pagination.limit=99999999999999999999", 400],
    ["/cosmos/bank/v1beta1/supply?pagination.limit=", 400],
    ["/cosmos/bank/v1beta1/supply?pagination.count_total=maybe", 400],
    ["/cosmos/bank/v1beta1/supply?pagination.key=!!", 400],
    ["/cosmos/bank/v1beta1/supply?pagination.key=_-8&pagination.offset=1", 400],
    ["/cosmos/bank/v1beta1/supply?pagination.key.a.b.c.d.e.f.g=1", 200],
    ["/cosmos/bank/v1beta1/supply?__proto__=1&constructor.name=2&toString=3", 200],
    ["/cosmos/bank/v1beta1/supply?no_such=1&=2&&%&%zz=%zz", 200],
    [`/${"a/".repeat(3000)}`, 501],
    [`/?${"a=b&".repeat(3000)}`, 414],
  ];
  for (const [path, status] of rows) {
    const answer = await restGet(rest, path);
    assert.is(answer.status, status, `${path.slice(0, 100)} ${answer.text.slice(0, 200)}`);
    if (status !== 200) assert.type(answer.json()["message"], "string");
  }
  for (const method of ["PUT", "DELETE", "PATCH", "TRACE"]) {
    const text = await exchange(
      rest,
      `${method} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    assert.match(text, /^HTTP\/1\.1 (?:501|404|400|405) /, method);
  }
});

test("rubbish on the wire, half requests, headers without end", async ({ rest, node }) => {
  const texts = [
    "GET / HTTP/1.1\r\n",
    "\0\0\0\0",
    "GET //[ HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET http://[/x HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET * HTTP/1.1\r\nhost: x\r\n\r\n",
    "POST /cosmos/tx/v1beta1/txs HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n{",
    "POST /cosmos/tx/v1beta1/txs HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "POST /cosmos/tx/v1beta1/txs HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n{",
    `GET / HTTP/1.1\r\nhost: x\r\n${"x-long: y\r\n".repeat(3000)}\r\n`,
    "GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    'GET /chain-info/keplr HTTP/1.1\r\nhost: "><script>\r\nconnection: close\r\n\r\n',
  ];
  const answers = await Promise.all(texts.map((text) => exchange(rest, text)));
  for (const [index, answer] of answers.entries()) {
    if (answer === "") continue;
    assert.match(answer, /^HTTP\/1\.1 [245]\d\d /, `${index} ${answer.slice(0, 200)}`);
    assert.not.match(answer, /<script>/);
  }
  await advances(node);
});

const WORDS = [
  "",
  "0",
  "-1",
  "1e3",
  "null",
  "true",
  "%00",
  "ä",
  "lease1",
  ADDRESS,
  "'",
  "9".repeat(40),
];

test("random values in every route are answered or refused with a code", async (world) => {
  const { rest, node } = world;
  const index = (await restGet(rest, "/")).json<{ queries: string[] }>();
  let state = 7;
  const pick = (): string => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return encodeURIComponent(WORDS[(state >>> 8) % WORDS.length] ?? "");
  };
  let count = 0;
  let good = 0;
  for (const line of index.queries) {
    const [verb = "", path = ""] = line.split(" ");
    for (let i = 0; i < 8; i++) {
      const url = path.replace(/\{[^}]*\}/g, pick);
      const search = `?pagination.limit=${pick()}&denom=${pick()}&owner=${pick()}&query=${pick()}`;
      const answer =
        verb === "GET"
          ? await restGet(rest, url + (i % 2 === 0 ? search : ""))
          : await restPost(rest, url, { tx_bytes: pick(), mode: i, groups: [pick()] });
      count++;
      if (answer.status === 200) good++;
      else assert.type(answer.json()["code"], "number", answer.text);
      const known = [200, 400, 404, 500, 501].includes(answer.status);
      assert.ok(known && !answer.text.includes("its log says why"), `${url} ${answer.text}`);
    }
  }
  assert.ok(good * 10 > count, `${good} of ${count} answered`);
  await advances(node);
});

test.run();
