// Money of escrow: text tables worked out by hand, the end of funds against a search second by
// second, and payouts whose pattern changes nothing.

import { array, assert as check, bigInt, integer, nat, oneof, property, tuple } from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  accrue,
  accruedBy,
  deploymentAccount,
  fundedUntil,
  fundsFor,
  leasePayment,
  takePpm,
} from "../../modules/escrow/index.ts";
import type { Stream } from "../../modules/escrow/index.ts";
import { EscrowBench, fromBalance, moduleOf, testAddress } from "../support/escrow.ts";

/** Rows of a text table: cells by column name; lines that begin with # are comments. */
function table(text: string): ReadonlyMap<string, bigint>[] {
  const [head = "", ...lines] = text.trim().split("\n");
  const names = head.trim().split(/\s+/);
  return lines
    .filter((line) => !line.trim().startsWith("#"))
    .map((line) => {
      const cells = line.trim().split(/\s+/);
      return new Map(names.map((name, index) => [name, BigInt(cells[index] ?? "0")] as const));
    });
}

const at = (row: ReadonlyMap<string, bigint>, name: string): bigint => row.get(name) ?? 0n;

const tables = suite("money tables");

tables("accrual: rate per hour, seconds and carry give whole units and the part that stays", () => {
  const rows = table(`
    rate             seconds  carry  owed            left
    3600             1        0      1               0
    1                3599     0      0               3599
    1                3600     0      1               0
    1                1        3599   1               0
    1000             1        0      0               1000
    1000             4        0      1               400
    1000             3600     0      1000            0
    514              49       0      6               3586
    514              50       0      7               500
    7                86400    0      168             0
    1000000000000000 1        3599   277777777778    2799
    1000000000000000 31536000 0      8760000000000000000 0
  `);
  for (const row of rows) {
    const stream = { rate: at(row, "rate"), since: 1_000n, carry: at(row, "carry") };
    const found = accrue(stream, 1_000n + at(row, "seconds"));
    assert.equal(found, { owed: at(row, "owed"), carry: at(row, "left") });
  }
});

tables("exhaustion of one payment: the last second that is covered", () => {
  const rows = table(`
    funds  rate    carry  end
    # one unit a second
    100    3600    0      100
    0      3600    0      0
    0      3600    3599   0
    # one unit needs 7.004 s, the second one 14.008 s
    1      514     0      14
    0      514     0      7
    0      1       0      3599
    0      1       3599   0
    1      1       3599   3600
    999    1000    0      3599
    1000   1000    0      3603
  `);
  for (const row of rows) {
    const stream = { rate: at(row, "rate"), since: 0n, carry: at(row, "carry") };
    assert.is(fundedUntil(at(row, "funds"), [stream]), at(row, "end"), [...row].join(" "));
  }
  assert.is(fundedUntil(5n, []), undefined);
});

tables("the example of docs/escrow.md", () => {
  const streams = [1_234_000n, 777_000n].map((rate) => ({ rate, since: 0n, carry: 0n }));
  const end = fundedUntil(2_000_000n, streams);
  assert.is(end, 3_580n);
  assert.equal(
    streams.map((stream) => accrue(stream, end ?? 0n).owed),
    [1_227_144n, 772_683n],
  );
});

tables("funds for so many seconds are rounded up", () => {
  const rows = table(`
    rate   seconds  funds
    3600   600      600
    1      3600     1
    1      3601     2
    1      1        1
    0      3600     0
    1000   3599     1000
  `);
  for (const row of rows)
    assert.is(fundsFor(at(row, "rate"), at(row, "seconds")), at(row, "funds"));
});

tables("fee of a payout: gross, fee, burned, community, insurance, net", () => {
  const rows = table(`
    gross    fee    burned  community  insurance  net
    0        0      0       0          0          0
    99       0      0       0          0          99
    100      1      0       0          1          99
    1000     10     4       3          3          990
    1000000  10000  4000    3000       3000       990000
    12345    123    49      37         37         12222
  `);
  for (const row of rows) {
    const fee = takePpm(at(row, "gross"), 10_000, 0).part;
    const burned = takePpm(fee, 400_000, 0).part;
    const community = takePpm(fee - burned, 500_000, 0).part;
    const insurance = fee - burned - community;
    const net = at(row, "gross") - fee;
    assert.equal(
      [fee, burned, community, insurance, net],
      ["fee", "burned", "community", "insurance", "net"].map((name) => at(row, name)),
    );
  }
});

tables.run();

const laws = suite("laws of the end of funds");

const START = 1_800_000_000n;
const streamOf = (rate: number, ago: number, carry: number): Stream => ({
  rate: BigInt(rate),
  since: START - BigInt(ago),
  carry: BigInt(carry),
});
const anyStream = tuple(
  oneof(integer({ min: 1, max: 20 }), integer({ min: 1, max: 10_000_000 })),
  integer({ min: 0, max: 10_000 }),
  integer({ min: 0, max: 3_599 }),
).map(([rate, ago, carry]) => streamOf(rate, ago, carry));
const bigStream = tuple(
  bigInt({ min: 1n, max: 10n ** 15n }),
  bigInt({ min: 0n, max: 10n ** 9n }),
  bigInt({ min: 0n, max: 3_599n }),
).map(([rate, ago, carry]) => ({ rate, since: START - ago, carry }));

laws("S(e) <= F < S(e + 1), for any number of streams and amounts of any size", () => {
  check(
    property(
      array(oneof(anyStream, bigStream), { minLength: 1, maxLength: 16 }),
      bigInt({ min: -(10n ** 6n), max: 10n ** 24n }),
      (streams, extra) => {
        const funds = accruedBy(streams, START) + (extra > 0n ? extra : 0n);
        const end = fundedUntil(funds, streams) ?? 0n;
        return (
          accruedBy(streams, end) <= funds && accruedBy(streams, end + 1n) > funds && end >= START
        );
      },
    ),
    { numRuns: 3_000 },
  );
});

laws("it is the second that a search second by second finds", () => {
  check(
    property(
      array(anyStream, { minLength: 1, maxLength: 5 }),
      integer({ min: 0, max: 300 }),
      (streams, more) => {
        const busy = [...streams, streamOf(900_000, 0, 0)];
        const funds = accruedBy(busy, START) + BigInt(more);
        let end = START;
        while (accruedBy(busy, end + 1n) <= funds) end += 1n;
        return fundedUntil(funds, busy) === end;
      },
    ),
    { numRuns: 1_000 },
  );
});

laws("one stream: the closed form is exact", () => {
  check(
    property(bigStream, bigInt({ min: 0n, max: 10n ** 24n }), (stream, extra) => {
      const funds = accruedBy([stream], START) + extra;
      const numerator = 3_600n * funds - stream.carry + stream.rate * stream.since + 3_599n;
      const floor = numerator / stream.rate;
      return fundedUntil(funds, [stream]) === floor;
    }),
    { numRuns: 1_000 },
  );
});

laws("settling any stream at any time changes neither the end nor the sum", () => {
  check(
    property(
      array(anyStream, { minLength: 1, maxLength: 6 }),
      nat(5),
      nat(1_000),
      nat(100_000),
      (streams, which, later, extra) => {
        const now = START + BigInt(later);
        const funds = accruedBy(streams, now) + BigInt(extra);
        const index = which % streams.length;
        const stream = streams[index] as Stream;
        const { owed, carry } = accrue(stream, now);
        const settled = streams.with(index, { rate: stream.rate, since: now, carry });
        const end = fundedUntil(funds, streams) ?? 0n;
        return (
          fundedUntil(funds - owed, settled) === end &&
          accruedBy(settled, end) + owed === accruedBy(streams, end)
        );
      },
    ),
    { numRuns: 1_000 },
  );
});

laws.run();

const patterns = suite("patterns of payout");

const TENANT = testAddress(1);
const PAYEE = testAddress(2);
const REF = leasePayment({ owner: TENANT, dseq: 1n, gseq: 1, oseq: 1, provider: PAYEE });

/** Plays a payment of 10 days with withdrawals after the given gaps; who got what at the end. */
function shares(gaps: readonly number[], rate: bigint): Record<string, bigint> {
  const bench = new EscrowBench({ feePpm: 29_989, burnPpm: 399_989, communityOfRestPpm: 333_667 });
  bench.fund(TENANT, 10n ** 18n);
  bench.run((ctx) => {
    const { keeper } = bench;
    const account = deploymentAccount(TENANT, 1n);
    const money = { depositor: TENANT, deposits: [fromBalance(10n ** 17n)] };
    keeper.createAccount(ctx, { account, owner: TENANT, denom: "ulease", ...money });
    keeper.createPayment(ctx, { ...REF, payee: PAYEE, rate });
    keeper.startPayment(ctx, REF);
  });
  const end = bench.now + 864_000n;
  for (const gap of gaps) {
    if (bench.now + BigInt(gap) >= end) break;
    bench.advance(gap, gap, "none");
    bench.run((ctx) => bench.keeper.payOut(ctx, REF));
  }
  const rest = Number(end - bench.now);
  bench.advance(rest, rest, "none");
  bench.run((ctx) => bench.keeper.closePayment(ctx, REF));
  assert.equal(bench.faults(), []);
  return {
    payee: bench.balance(PAYEE),
    burned: bench.balance(moduleOf("burned")),
    community: bench.balance(moduleOf("fee_collector")),
    insurance: bench.balance(moduleOf("insurance")),
  };
}

patterns(
  "the fee and each of its parts are the floor of their totals, however often it is paid",
  () => {
    check(
      property(
        array(integer({ min: 1, max: 90_000 }), { maxLength: 30 }),
        bigInt({ min: 1n, max: 5_000_000n }),
        (gaps, rate) => {
          const gross = (rate * 864_000n) / 3_600n;
          const fee = (gross * 29_989n) / 1_000_000n;
          const burned = (fee * 399_989n) / 1_000_000n;
          const community = ((fee - burned) * 333_667n) / 1_000_000n;
          const insurance = fee - burned - community;
          assert.equal(shares(gaps, rate), { payee: gross - fee, burned, community, insurance });
        },
      ),
      { numRuns: 60 },
    );
  },
);

patterns("a change of parameters does not reach payments that exist", () => {
  const bench = new EscrowBench();
  bench.fund(TENANT, 10n ** 12n);
  bench.run((ctx) => {
    const { keeper } = bench;
    const account = deploymentAccount(TENANT, 1n);
    const money = { depositor: TENANT, deposits: [fromBalance(10n ** 11n)] };
    keeper.createAccount(ctx, { account, owner: TENANT, denom: "ulease", ...money });
    keeper.createPayment(ctx, { ...REF, payee: PAYEE, rate: 3_600_000n });
    keeper.startPayment(ctx, REF);
  });
  bench.run((ctx) => {
    const msg = { authority: ctx.addresses.format(ctx.authority) };
    const params = { ...bench.keeper.params(ctx), feePpm: 50_000, burnPpm: 1_000_000 };
    const handler = bench.module.messages?.find(({ type }) => type.name.endsWith("UpdateParams"));
    handler?.handle(ctx, { ...msg, params });
  });
  bench.advance(1_000, 1_000, "none");
  bench.run((ctx) => bench.keeper.closePayment(ctx, REF));
  assert.is(bench.balance(PAYEE), 990_000n);
  assert.is(bench.balance(moduleOf("burned")), 4_000n);
});

patterns.run();
