// The query language: what parses, what does not, and what matches.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { matchesAll, parseQuery, QueryError } from "../../chain/node/index/query.ts";

const test = suite("query language");

const attributes = new Map([
  ["tm.event", ["Tx"]],
  ["tx.height", ["12"]],
  ["transfer.amount", ["100ulease", "7uusd"]],
  ["order.price", ["3.25"]],
  ["order.made", ["2026-03-01T10:00:00Z"]],
  ["order.day", ["2026-03-01"]],
  ["memo.text", ["it is AND so", ""]],
]);

const YES = [
  "tm.event='Tx'",
  "tm.event = 'Tx' AND tx.height=12",
  "tx.height>11 AND tx.height<=12",
  "tx.height >= 12",
  "transfer.amount > 99",
  "transfer.amount = 7",
  "order.price < 3.5 AND order.price > 3",
  "memo.text CONTAINS ' AND '",
  "memo.text EXISTS",
  "order.made < TIME 2026-03-01T10:00:01Z",
  "order.made >= DATE 2026-03-01",
  "order.day = DATE 2026-03-01",
  "tm.event='Tx'AND tx.height=12",
];
const NO = [
  "tm.event='tx'",
  "tx.height > 12",
  "tx.hash EXISTS",
  "transfer.amount < 7",
  "order.price = 3.2",
  "memo.text CONTAINS 'OR'",
  "order.made < DATE 2026-03-01",
  "tm.event='Tx' AND tx.height=13",
];
const WRONG = [
  "",
  "tm.event",
  "tm.event=",
  "tm.event='Tx",
  "tm.event='Tx' AND",
  "tm.event='Tx' OR tx.height=1",
  "tm.event < 'Tx'",
  "tx.height CONTAINS 5",
  "='x'",
  "a=1 b=2",
  "a = TIME yesterday",
  "a = DATE 2026-13-01",
  `a='${"x".repeat(600)}'`,
];

test("what matches", () => {
  for (const text of YES) assert.ok(matchesAll(parseQuery(text), attributes), text);
});

test("what does not match", () => {
  for (const text of NO) assert.not.ok(matchesAll(parseQuery(text), attributes), text);
});

test("what is refused", () => {
  for (const text of WRONG) {
    assert.throws(
      () => parseQuery(text),
      (error: unknown) => error instanceof QueryError,
      text,
    );
  }
});

test("a long line of noise ends quickly", () => {
  const began = performance.now();
  for (const noise of ["(", "'", "=", "AND ", " ", "a", "0", "."])
    assert.throws(() => parseQuery(noise.repeat(Math.floor(512 / noise.length))));
  assert.ok(performance.now() - began < 200);
});

test.run();
