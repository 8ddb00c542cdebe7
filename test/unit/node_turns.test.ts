// Queries that wait for their turn: in order, bounded, and what is too much is a rejection, never a throw.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { sdkErrors } from "../../chain/base/errors.ts";
import { RequestQuery } from "../../chain/codec/gen/tendermint/abci.ts";
import { AbciCalls } from "../../chain/node/abci/calls.ts";
import type { CallParts } from "../../chain/node/abci/calls.ts";
import { Turns } from "../../chain/node/rpc/turns.ts";
import { testPlatform } from "../support/platform.ts";

const LIMIT = 1000;

test("work runs in order; a failure is its own", async () => {
  const turns = new Turns();
  const ran: number[] = [];
  const failed = turns.run(() => {
    throw new Error("broken");
  });
  const others = [1, 2, 3].map((n) => turns.run(() => ran.push(n)));
  assert.match(await failed.catch(String), /broken/);
  await Promise.all(others);
  assert.equal(ran, [1, 2, 3]);
});

test("a query of CometBFT that comes when too many wait is answered so", async () => {
  const turns = new Turns();
  const waiting = Array.from({ length: LIMIT }, (_, n) => turns.run(() => n));
  const parts = { platform: testPlatform, query: () => turns.run(() => undefined) };
  const calls = new AbciCalls(parts as unknown as CallParts);
  const taken = calls.take({ query: RequestQuery.create({}) }, {});
  const answer = await taken.run();
  if (answer instanceof Uint8Array) throw new Error("no message");
  assert.is(answer.query?.code, sdkErrors.logic.code);
  assert.match(answer.query?.log ?? "", /1000 queries wait/);
  assert.is((await Promise.all(waiting)).length, LIMIT);
});

test.run();
