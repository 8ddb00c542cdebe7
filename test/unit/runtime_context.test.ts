// Context, gas store, due work, hooks and pagination, on stores in memory.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { defineErrors } from "../../chain/base/errors.ts";
import { HookList, OutOfGasError, paginateMap, runDue } from "../../chain/runtime/index.ts";
import type { Context } from "../../chain/runtime/index.ts";
import { Schema, u64Key, u64Value } from "../../chain/store/index.ts";
import { TestMachine, testContext } from "../support/context.ts";

const errors = defineErrors("sample", { refused: [2, "refused"] });
const schema = new Schema("sample");
const numbers = schema.map({ prefix: 1, name: "numbers", key: u64Key, value: u64Value });
const queue = schema.queue({ prefix: 2, name: "deadlines", clock: "uptime" });

function id(value: number): Uint8Array {
  return Uint8Array.of(value);
}

test("attempt keeps what returns and drops what throws, with its events", () => {
  const ctx = testContext();
  const kept = ctx.attempt((branch) => {
    numbers.set(branch, 1n, 10n);
    branch.emit({ type: "kept", attributes: [] });
    return "value";
  });
  assert.equal(kept, { ok: true, value: "value" });
  const dropped = ctx.attempt((branch) => {
    numbers.set(branch, 1n, 11n);
    branch.emit({ type: "dropped", attributes: [] });
    throw errors.refused.error();
  });
  assert.not(dropped.ok);
  assert.is(numbers.get(ctx, 1n), 10n);
  assert.equal(
    ctx.events.map((event) => event.type),
    ["kept"],
  );
});

test("attempt lets bugs and out of gas through", () => {
  const ctx = testContext({ gasLimit: 5000 });
  const bug = (): never => {
    throw new TypeError("bug");
  };
  assert.throws(() => ctx.attempt(bug), /bug/);
  assert.throws(
    () => ctx.attempt((branch) => numbers.set(branch, 1n, 1n) ?? numbers.set(branch, 2n, 1n)),
    (error: unknown) =>
      error instanceof OutOfGasError && /WriteFlat|WritePerByte/.test(error.message),
  );
});

test("the gas store charges the SDK's costs", () => {
  const ctx = testContext({ gasLimit: 1_000_000 });
  const spent = (body: () => unknown): number => {
    const before = ctx.gas.used;
    body();
    return ctx.gas.used - before;
  };
  assert.is(
    spent(() => numbers.set(ctx, 1n, 1n)),
    2000 + 30 * 9 + 30 * 8,
  );
  assert.is(
    spent(() => numbers.get(ctx, 1n)),
    1000 + 3 * 9 + 3 * 8,
  );
  assert.is(
    spent(() => numbers.get(ctx, 2n)),
    1000 + 3 * 9,
  );
  assert.is(
    spent(() => numbers.has(ctx, 1n)),
    1000,
  );
  assert.is(
    spent(() => numbers.delete(ctx, 2n)),
    1000,
  );
  numbers.set(ctx, 2n, 1n);
  const entry = 3 * 17 + 30;
  assert.is(
    spent(() => [...numbers.iterate(ctx)]),
    entry + entry + entry,
  );
  assert.is(
    spent(() => [...numbers.iterate(ctx, { start: 5n })]),
    30,
  );
  assert.is(
    spent(() => numbers.get(ctx.uncharged(), 1n)),
    0,
  );
});

test("due work runs in order within its budget, and a failing item is set aside", () => {
  const machine = new TestMachine();
  const now = machine.uptime;
  machine.run((ctx) => {
    for (const [second, value] of [
      [now, 3],
      [now - 5n, 1],
      [now - 5n, 2],
      [now + 1n, 4],
    ] as const)
      queue.insert(ctx, second, 0, id(value));
  });
  const seen: number[] = [];
  const work = (ctx: Context, budget: number): number =>
    runDue(ctx, queue, {
      budget,
      handle: (branch, item) => {
        numbers.set(branch, BigInt(item.id[0] ?? 0), 1n);
        seen.push(item.id[0] ?? 0);
        if (item.id[0] === 2) throw errors.refused.with("item 2");
      },
    });
  assert.is(machine.run((ctx) => work(ctx, 2), "block").value, 2);
  assert.equal(seen, [1, 2]);
  assert.is(machine.run((ctx) => work(ctx, 9), "block").value, 1);
  assert.equal(seen, [1, 2, 3]);
  assert.is(
    machine.look((ctx) => numbers.has(ctx, 2n)),
    false,
  );
  assert.equal(
    machine.quarantined.map((item) => [item.store, item.queue, item.id, item.reason]),
    [["sample", "deadlines", id(2), "sample/2: item 2: refused"]],
  );
  machine.advance(1);
  machine.run((ctx) => work(ctx, 9), "block");
  assert.equal(seen, [1, 2, 3, 4]);
});

test("hooks run in order, only when sealed", () => {
  const list = new HookList<{ afterThing(ctx: Context, value: number): void }>("things");
  const seen: string[] = [];
  list.register("a", { afterThing: (_, value) => void seen.push(`a${value}`) });
  list.register("b", { afterThing: (_, value) => void seen.push(`b${value}`) });
  const run = (): void => list.run(testContext(), (hooks, ctx) => hooks.afterThing?.(ctx, 7));
  assert.throws(run, /sealed/);
  list.seal();
  run();
  assert.equal(seen, ["a7", "b7"]);
  assert.throws(() => list.register("c", {}), /sealed/);
});

test("pages walk by key and by offset, forward and back", () => {
  const machine = new TestMachine();
  machine.run((ctx) => {
    for (let i = 0n; i < 7n; i++) numbers.set(ctx, i, i * 10n);
  });
  const page = (request: object) =>
    machine.look((ctx) =>
      paginateMap(
        ctx,
        numbers,
        {},
        {
          key: new Uint8Array(),
          offset: 0n,
          limit: 0n,
          countTotal: false,
          reverse: false,
          ...request,
        },
        (key) => (key === 3n ? undefined : key),
      ),
    );
  const all = page({});
  assert.equal([all.items, all.pagination.total], [[0n, 1n, 2n, 4n, 5n, 6n], 6n]);
  const first = page({ limit: 2n });
  assert.equal([first.items, first.pagination.total], [[0n, 1n], 0n]);
  const second = page({ limit: 2n, key: first.pagination.nextKey });
  assert.equal(second.items, [2n, 4n]);
  assert.equal(page({ offset: 4n, limit: 5n, countTotal: true }).items, [5n, 6n]);
  const back = page({ limit: 2n, reverse: true });
  assert.equal(back.items, [6n, 5n]);
  assert.equal(page({ limit: 9n, reverse: true, key: back.pagination.nextKey }).items, [
    4n,
    2n,
    1n,
    0n,
  ]);
  assert.throws(() => page({ offset: 1n, key: id(1) }), /either offset or key/);
});

test("side stores are written but never read inside a transaction", () => {
  const ctx = testContext();
  ctx.side("sample").set(id(1), id(2));
  assert.throws(() => ctx.side("sample").get(id(1)), /inside a transaction/);
  assert.equal(testContext({ mode: "query" }).side("sample").get(id(1)), undefined);
});

test.run();
