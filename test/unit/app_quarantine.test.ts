// A due item that fails is set aside and never halts the chain; the authority can retry it.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, u64BigEndian, utf8 } from "../../chain/base/bytes.ts";
import { defineErrors } from "../../chain/base/errors.ts";
import { baseParts } from "../../chain/app/index.ts";
import {
  MsgRetryQuarantined,
  QueryQuarantinedRequest,
  QueryQuarantinedResponse,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
import { runDue } from "../../chain/runtime/index.ts";
import type { AppModule, AppParts, MsgHandler } from "../../chain/runtime/index.ts";
import { Schema, stringValue } from "../../chain/store/index.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { TestChain, eventOf } from "../support/chain.ts";
import { msg } from "../support/signing.ts";

const errors = defineErrors("sample", { poisoned: [2, "poisoned"] });
const schema = new Schema("sample");
const queue = schema.queue({ prefix: 1, name: "deadlines", clock: "time" });
const log = schema.item({ prefix: 2, name: "log", value: stringValue, default: () => "" });
const START = 1_800_000_000n;

/** Three items due 20 s after genesis; the second is poisoned until `cured`, perhaps its mark too. */
function sample(cured: { now: boolean }, isMarkPoisoned = false): AppModule {
  return {
    name: "sample",
    stores: ["sample"],
    queues: [{ queue, retry: (ctx, item) => log.set(ctx, `${log.get(ctx)} retry ${item.kind}`) }],
    preBlock(ctx) {
      if (ctx.height !== 1n) return;
      for (const kind of [1, 2, 3]) queue.insert(ctx, START + 20n, kind, utf8("thing"));
    },
    endBlock(ctx) {
      runDue(ctx, queue, {
        budget: 10,
        handle(branch, item) {
          log.set(branch, `${log.get(branch)} ${item.kind}`);
          if (item.kind === 2 && !cured.now) throw errors.poisoned.with("item 2");
        },
        quarantined(branch) {
          log.set(branch, `${log.get(branch)} aside`);
          if (isMarkPoisoned) throw errors.poisoned.with("mark of item 2");
        },
      });
    },
    nextDue: (ctx) => {
      const time = queue.next(ctx);
      return time === undefined ? {} : { time };
    },
  };
}

function make(cured: { now: boolean }): TestChain {
  const parts = (platform: Platform): AppParts => baseParts(platform, "test", [sample(cured)]);
  return TestChain.create({ parts });
}

test("the poisoned item goes aside, the others run, the chain goes on", () => {
  const chain = make({ now: false });
  assert.is(chain.client.app.clocks().dueTime, START + 20n);
  chain.advance(30, 10);
  assert.is(log.get(chain.ctx()), " 1 aside 3");
  assert.is(chain.client.app.clocks().dueTime, undefined);
  const path = "/leasehold.chain.v1.Query/Quarantined";
  const { items } = chain.query(path, QueryQuarantinedRequest, QueryQuarantinedResponse, {});
  assert.equal(
    items.map((item) => [item.collection, item.kind, item.second, item.reason]),
    [["sample/deadlines", 2, START + 20n, "sample/2: item 2: poisoned"]],
  );
  chain.block([]);
});

test("a mark that fails is contained as well", () => {
  const parts = (platform: Platform): AppParts =>
    baseParts(platform, "test", [sample({ now: false }, true)]);
  const chain = TestChain.create({ parts });
  chain.advance(30, 10);
  assert.is(log.get(chain.ctx()), " 1 3");
  chain.block([]);
});

test("an item that exhausts the host stops the node, and nothing is concluded from it", () => {
  const exhausting: AppModule = {
    ...sample({ now: true }),
    endBlock(ctx) {
      runDue(ctx, queue, {
        budget: 10,
        handle() {
          throw new RangeError("Maximum call stack size exceeded");
        },
      });
    },
  };
  const chain = TestChain.create({
    parts: (platform: Platform): AppParts => baseParts(platform, "test", [exhausting]),
    // As on a node: bugs are told and contained.
    settings: { reportBug: () => undefined },
  });
  assert.throws(() => chain.advance(30, 10), /call stack/);
});

test("its event names the item", () => {
  const chain = make({ now: false });
  const events = chain.advance(30, 10);
  const event = eventOf(events, "leasehold.chain.v1.EventQuarantined");
  assert.is(event?.get("collection"), "sample/deadlines");
  assert.is(event?.get("id"), "7468696e67");
});

test("only the authority retries it; then it runs in the next end block", () => {
  const cured = { now: false };
  const chain = make(cured);
  chain.advance(30, 10);
  const alice = chain.account("alice");
  const key = concatBytes(u64BigEndian(START + 20n), Uint8Array.of(2), utf8("thing"));
  const by = (authority: string): ReturnType<typeof msg> =>
    msg(MsgRetryQuarantined, { authority, collection: "sample/deadlines", key });
  const refused = chain.deliver(alice, [by(alice.address)]);
  assert.equal([refused.codespace, refused.code], ["gov", 13]);
  cured.now = true;
  const handler = chain.client.app.parts.modules[0]?.messages?.[0] as MsgHandler;
  const ctx = chain.ctx();
  const authority = ctx.addresses.format(ctx.authority);
  handler.handle(ctx, { authority, collection: "sample/deadlines", key });
  assert.is(log.get(ctx), " 1 aside 3 retry 2");
  assert.equal(
    [...queue.iterate(ctx)].map(([second, kind]) => [second, kind]),
    [[START + 20n, 2]],
  );
  assert.throws(
    () => handler.handle(ctx, { authority, collection: "sample/deadlines", key }),
    /no such item in quarantine/,
  );
});

test("two hundred thousand events of one stage are not a failure of the host", () => {
  const loud: AppModule = {
    name: "loud",
    stores: [],
    endBlock(ctx) {
      for (let i = 0; i < 200_000; i++) ctx.emit({ type: "noise", attributes: [] });
    },
  };
  const parts = (platform: Platform): AppParts => baseParts(platform, "test", [loud]);
  const chain = TestChain.create({ parts });
  assert.ok(chain.blockEvents.length >= 200_000);
});

test.run();
