// The ABCI socket by raw bytes: how frames are cut and answered, who waits for whom, and what becomes of
// peers that send something else.

import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, utf8 } from "../../chain/base/bytes.ts";
import {
  Request,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestQuery,
  Response,
  ResponseQuery,
} from "../../chain/codec/gen/tendermint/abci.ts";
import { frameOf, FrameReader } from "../../chain/node/abci/frames.ts";
import { startTestServer } from "../support/abci_socket.ts";
import type { RawClient, TestServer, TestServerOptions } from "../support/abci_socket.ts";

const test = suite("ABCI socket");
const INFO: Request = { info: RequestInfo.create({ version: "0.38.25", abciVersion: "2.0.0" }) };
const FLUSH: Request = { flush: {} };
const COMMIT: Request = { commit: {} };

function echo(message: string): Request {
  return { echo: { message } };
}

function block(height: bigint, ...txs: readonly Uint8Array[]): Request {
  return { finalizeBlock: RequestFinalizeBlock.create({ height, txs }) };
}

function check(tx: Uint8Array): Request {
  return { checkTx: { tx, type: 0 } };
}

async function withServer(
  options: TestServerOptions,
  use: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startTestServer(options);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

/** A connection on which Info was asked, as CometBFT asks it first. */
async function greeted(server: TestServer): Promise<RawClient> {
  const client = await server.connect();
  assert.ok((await client.call(INFO)).info);
  return client;
}

test("a stream cut at every place gives the same messages", () => {
  const messages = [0, 1, 127, 128, 300, 16_384, 70_000].map((size, index) =>
    new Uint8Array(size).fill(index + 1),
  );
  const stream = concatBytes(...messages.map(frameOf));
  for (const step of [1, 2, 3, 7, 64, 1000, 65_536, stream.length]) {
    const reader = new FrameReader(100_000);
    const got: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += step) {
      reader.push(stream.slice(at, at + step));
      for (let one = reader.next(); one !== undefined; one = reader.next()) got.push(one);
    }
    assert.equal(got, messages, `in pieces of ${step}`);
    assert.is(reader.waiting, 0);
  }
});

test("lengths beyond the limit, and of more than five bytes, are refused", () => {
  const over = new FrameReader(1000);
  over.push(frameOf(new Uint8Array(1001)).slice(0, 2));
  assert.throws(() => over.next(), /1001 bytes; the limit is 1000/);
  const long = new FrameReader(2 ** 40);
  long.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01));
  assert.throws(() => long.next(), /more than 5 bytes/);
  const beyond = new FrameReader(2 ** 40);
  beyond.push(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08));
  assert.throws(() => beyond.next(), /2147483648 bytes/);
});

test("a length alone takes no memory", () => {
  const reader = new FrameReader(2 ** 31 - 1);
  const before = process.memoryUsage().arrayBuffers;
  reader.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07, 1, 2, 3));
  assert.is(reader.next(), undefined);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});

test("answers come in order, whether frames come in bytes or all at once", async () => {
  await withServer({}, async (server) => {
    const client = await server.connect();
    const words = Array.from({ length: 300 }, (_, index) => `word ${index}`);
    client.send(...words.map(echo), FLUSH);
    for (const word of words) assert.is((await client.answer()).echo?.message, word);
    assert.ok((await client.answer()).flush);
    for (const byte of concatBytes(
      ...[echo("slowly"), FLUSH].map((one) => frameOf(Request.encode(one))),
    )) {
      client.write(Uint8Array.of(byte));
      await new Promise((resume) => setImmediate(resume));
    }
    assert.is((await client.answer()).echo?.message, "slowly");
    assert.ok((await client.answer()).flush);
  });
});

test("a block of 21 MB comes as one message", async () => {
  await withServer({}, async (server) => {
    const client = await greeted(server);
    const tx = new Uint8Array(21_000_000).fill(7);
    const answer = await client.call(block(1n, tx));
    assert.is(answer.finalizeBlock?.txResults[0]?.gasUsed, 21_000_000n);
  });
});

test("checks are prepared side by side and answered in order", async () => {
  const pending: (() => void)[] = [];
  const prepare = (): Promise<void> => new Promise((resolve) => void pending.push(resolve));
  await withServer({ verifier: { prepare, close: () => Promise.resolve() } }, async (server) => {
    const client = await greeted(server);
    await client.call(block(1n));
    pending.splice(0).forEach((done) => done());
    await client.call(COMMIT);
    server.app.signs = true;
    // Code 9 is for an empty transaction: the answers can be told apart.
    const txs = [utf8("a"), new Uint8Array(0), utf8("b"), new Uint8Array(0)];
    client.send(...txs.map(check), FLUSH);
    while (pending.length < txs.length) await new Promise((resume) => setTimeout(resume, 5));
    for (const done of pending.reverse()) done();
    const codes: (number | undefined)[] = [];
    for (const _ of txs) codes.push((await client.answer()).checkTx?.code);
    assert.equal(codes, [0, 9, 0, 9]);
    assert.ok((await client.answer()).flush);
  });
});

test("a block has the arrays that checks brought, and the same results without them", async () => {
  const txs = [utf8("a"), utf8("never checked"), utf8("bad")];
  const results: Uint8Array[] = [];
  for (const checked of [[], [txs[0], txs[2]]]) {
    await withServer({}, async (server) => {
      const client = await greeted(server);
      for (const tx of checked) await client.call(check(tx ?? new Uint8Array(0)));
      const answer = await client.call(block(1n, ...txs));
      const [finalized] = server.app.finalized;
      assert.equal(finalized?.txs, txs);
      for (const tx of server.app.checked) assert.ok(finalized?.txs.includes(tx), "the same array");
      results.push(Response.encode(answer));
    });
  }
  assert.equal(results[0], results[1]);
});

test("while a commit waits for the disk, queries go on and Info waits", async () => {
  await withServer({}, async (server) => {
    const consensus = await greeted(server);
    const other = await server.connect();
    await consensus.call(block(1n, utf8("a")));
    const release = server.holdDisk();
    const committed = consensus.call(COMMIT);
    const query = await other.call({ query: RequestQuery.create({ path: "x" }) });
    assert.is(query.query?.height, 0n, "the committed state is still the one before");
    assert.is((await other.call(check(utf8("b")))).checkTx?.code, 0);
    let told: bigint | undefined;
    const info = other.call(INFO).then((answer) => (told = answer.info?.lastBlockHeight));
    await new Promise((resume) => setTimeout(resume, 50));
    assert.is(told, undefined, "nobody hears of a height that may not hold");
    release();
    assert.ok((await committed).commit);
    await info;
    assert.is(told, 1n);
  });
});

test("a block may come again after a new start, and only its own finalizer commits it", async () => {
  await withServer({}, async (server) => {
    const first = await greeted(server);
    const one = await first.call(block(1n, utf8("a")));
    first.socket.destroy();
    const second = await greeted(server);
    const refused = await second.call(COMMIT);
    assert.match(refused.exception?.error ?? "", /without a FinalizeBlock/);
    const third = await greeted(server);
    const again = await third.call(block(1n, utf8("a")));
    assert.equal(again.finalizeBlock?.appHash, one.finalizeBlock?.appHash);
    assert.ok((await third.call(COMMIT)).commit);
    assert.is((await third.call(INFO)).info?.lastBlockHeight, 1n);
    assert.equal(server.halts, []);
  });
});

test("calls out of place are refused with a sentence, and nothing is lost", async () => {
  await withServer({}, async (server) => {
    const early = await server.connect();
    assert.match((await early.call(block(1n))).exception?.error ?? "", /Info must come before/);
    await early.closed();
    const wrong = await greeted(server);
    const height = (await wrong.call(block(7n))).exception?.error ?? "";
    assert.match(height, /height 7; the application is at height 0 and expects 1/);
    const chain = await greeted(server);
    const begin = { initChain: RequestInitChain.create({ chainId: "other-1" }) };
    assert.match((await chain.call(begin)).exception?.error ?? "", /genesis of this home/);
    const good = await greeted(server);
    await good.call(block(1n));
    assert.ok((await good.call(COMMIT)).commit);
    const late = { initChain: RequestInitChain.create({ chainId: "test-1" }) };
    assert.match((await good.call(late)).exception?.error ?? "", /InitChain at height 1/);
    const old = { info: RequestInfo.create({ version: "0.37.0", abciVersion: "1.0.0" }) };
    const told = await (await server.connect()).call(old);
    assert.match(told.exception?.error ?? "", /CometBFT 0\.37\.0 speaks ABCI 1\.0\.0/);
  });
});

test("a disk that fails ends the node, and no block after it is taken", async () => {
  await withServer({}, async (server) => {
    const client = await greeted(server);
    await client.call(block(1n));
    server.breakDisk();
    assert.match((await client.call(COMMIT)).exception?.error ?? "", /no space left/);
    assert.match(server.halts[0] ?? "", /no more blocks after height 0: no space left/);
    const next = await server.connect();
    assert.match((await next.call(block(1n))).exception?.error ?? "", /no more blocks/);
  });
});

test("halt-height ends the node after the block is committed", async () => {
  await withServer({ haltHeight: 2n }, async (server) => {
    const client = await greeted(server);
    for (const height of [1n, 2n]) {
      await client.call(block(height));
      assert.ok((await client.call(COMMIT)).commit);
    }
    assert.match((await client.call(block(3n))).exception?.error ?? "", /halt-height 2/);
    assert.equal(server.halts, ["halt-height 2 is reached"]);
  });
});

test("who sends something else is told and cut off; others do not notice", async () => {
  await withServer({ maxFrameBytes: 1_000_000 }, async (server) => {
    const good = await greeted(server);
    const bad: Uint8Array[] = [
      utf8(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:26658\r\nUser-Agent: curl/8.0\r\nAccept: */*\r\n\r\n",
      ),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
      Uint8Array.of(0),
      frameOf(new Uint8Array(2000).fill(0xee)),
    ];
    for (const bytes of bad) {
      const stranger = await server.connect();
      stranger.write(bytes);
      const answer = await stranger.answer();
      assert.match(answer.exception?.error ?? "", /not a request of ABCI 2\.0/);
      await stranger.closed();
      assert.is((await good.call(echo("here"))).echo?.message, "here");
    }
    assert.equal(server.halts, []);
  });
});

test("who goes on sending after being cut off is ended all the same, and nothing is kept", async () => {
  await withServer({}, async (server) => {
    const { socket } = await server.connect();
    socket.allowHalfOpen = true;
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const before = process.memoryUsage().rss;
    const chunk = new Uint8Array(1_000_000);
    socket.write(Uint8Array.of(1, 0xff));
    const pouring = setInterval(() => socket.write(chunk), 5);
    await closed;
    clearInterval(pouring);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 150_000_000, `${grown} bytes more`);
  });
});

test("connections beyond the limit are refused", async () => {
  await withServer({ maxConnections: 4 }, async (server) => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => greeted(server)));
    const fifth = await server.connect();
    await fifth.closed();
    clients[0]?.socket.destroy();
    await new Promise((resume) => setTimeout(resume, 50));
    assert.ok((await (await server.connect()).call(INFO)).info);
  });
});

test("a peer that does not read is not worked for", async () => {
  let asked = 0;
  const value = new Uint8Array(100_000);
  const query = (): Promise<ResponseQuery> => {
    asked++;
    return Promise.resolve(ResponseQuery.create({ value }));
  };
  await withServer({ query }, async (server) => {
    const client = await server.connect();
    client.socket.pause();
    const total = 5000;
    client.send(
      ...Array.from({ length: total }, () => ({ query: RequestQuery.create({}) })),
      FLUSH,
    );
    await new Promise((resume) => setTimeout(resume, 300));
    assert.ok(asked < total / 2, `${asked} of ${total} queries were answered ahead`);
    client.socket.resume();
    for (let count = 0; count < total; count++) assert.ok((await client.answer()).query);
    assert.ok((await client.answer()).flush);
    assert.is(asked, total);
  });
});

test("calls for a mempool of the application are answered: it has none", async () => {
  await withServer({}, async (server) => {
    const client = await server.connect();
    const raw: Uint8Array[] = [];
    const reader = new FrameReader(1000);
    client.socket.removeAllListeners("data");
    client.socket.on("data", (chunk: Buffer) => reader.push(new Uint8Array(chunk)));
    client.write(frameOf(Uint8Array.of(0xaa, 0x01, 3, 0x0a, 1, 7)));
    client.write(frameOf(Uint8Array.of(0xb2, 0x01, 0)));
    while (raw.length < 2) {
      await new Promise((resume) => setTimeout(resume, 10));
      for (let one = reader.next(); one !== undefined; one = reader.next()) raw.push(one);
    }
    assert.equal(raw, [Uint8Array.of(0xb2, 0x01, 2, 8, 1), Uint8Array.of(0xba, 0x01, 0)]);
  });
});

test("fields of a newer CometBFT are passed over", async () => {
  await withServer({}, async (server) => {
    const client = await server.connect();
    // RequestEcho with a field 9 that this version does not know.
    client.write(frameOf(Uint8Array.of(0x0a, 5, 0x0a, 1, 0x68, 0x48, 1)));
    assert.is((await client.answer()).echo?.message, "h");
  });
});

test("a recording holds what decides the state, as it went over the wire", async () => {
  await withServer({ record: true }, async (server) => {
    const client = await greeted(server);
    await client.call(check(utf8("a")));
    const answers = [await client.call(block(1n, utf8("a"))), await client.call(COMMIT)];
    const reader = new FrameReader(1_000_000);
    reader.push(new Uint8Array(readFileSync(server.recording)));
    const frames: Uint8Array[] = [];
    for (let one = reader.next(); one !== undefined; one = reader.next()) frames.push(one);
    const expected = [block(1n, utf8("a")), COMMIT].flatMap((request, index) => [
      Request.encode(request),
      Response.encode(answers[index] ?? {}),
    ]);
    assert.equal(frames, expected);
  });
});

test("a unix socket serves too, and goes away with the server", async () => {
  const server = await startTestServer({ unix: true });
  const client = await server.connect();
  assert.ok((await client.call(INFO)).info);
  const path = `${server.folder}/abci.sock`;
  assert.ok(existsSync(path));
  await server.close();
  assert.not.ok(existsSync(path));
});

test.run();
