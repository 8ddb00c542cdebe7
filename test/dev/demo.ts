// `make demo`: a whole life of leases on a fresh local chain, through the command line, with every
// amount recounted by a program that shares no code with the chain. The exit status tells.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LocalChain, makeHome, ROOT } from "./local_chain.ts";
import { accruedUnits, afterFee, lastFundedSecond } from "./recount.ts";
import type { Run } from "./recount.ts";

const { values: ports } = parseArgs({
  options: {
    "rpc-port": { type: "string", default: "36657" },
    "gateway-port": { type: "string", default: "0" },
  },
});
const RPC_PORT = Number(ports["rpc-port"]);
/** First of three; 0 = any that are free. */
const GATEWAY_PORT = Number(ports["gateway-port"]);
/** Base units that opening an order burns. */
const ORDER_FEE = 1000n;
const FEE = { feePpm: 10_000n };
/** Files as people publish them where the corpus is there, else our own. */
const WILD = join(ROOT, "../shared/data/sdl/wild");
const AUTO_FILES = [
  join(WILD, "DeepSeek-R1-Distill-Qwen-1.5B/deploy.yaml"),
  join(ROOT, "client/examples/inference.yaml"),
];
/** Foreign prices are for another coin: a hundredth of ours. */
const CONVERT = [
  "--ignore-placement",
  "--denom-map",
  "uakt=uusd:0.01",
  "--denom-map",
  "uact=uusd:0.01",
];
/** First deposit, top-up that moves the end, and deposit that resumes; base units. */
const DEPOSITS = { first: 8_000_000n, more: 500_000n, resume: 3_000_000n };
const MANUAL_FILE = join(ROOT, "client/examples/manual.yaml");

let failures = 0;

function say(text: string): void {
  console.log(text);
}

function step(title: string): void {
  say(`\n== ${title}`);
}

function check(what: string, found: bigint | string, expected: bigint | string): void {
  const holds = found === expected;
  if (!holds) failures++;
  say(
    `${holds ? "  ok   " : "  WRONG"} ${what}: ${found}${holds ? "" : `, the recount says ${expected}`}`,
  );
}

interface LeaseView {
  readonly lease: {
    readonly id: { readonly owner: string; readonly provider: string };
    readonly state: string;
    readonly price: { readonly denom: string; readonly amount: string };
    readonly started_at: string;
    readonly closed_at: string;
    readonly suspended_at: string;
  };
  readonly payment: {
    readonly settled: string;
    readonly paid: string;
    readonly since: string;
  } | null;
}

interface DeploymentView {
  readonly deployment: { readonly state: string };
  readonly funds: {
    readonly account: {
      readonly state: string;
      readonly funded_until: string;
      readonly suspended_at: string;
      readonly deposited: string;
    };
    readonly spendable: string;
  };
}

interface Played {
  readonly chain: LocalChain;
  readonly alice: string;
  readonly denom: string;
}

async function balance(chain: LocalChain, address: string, denom: string): Promise<bigint> {
  const answer = await chain.json<{ balance: { amount: string } }>(
    "query",
    "bank",
    "balance",
    address,
    denom,
  );
  return BigInt(answer.balance.amount);
}

async function run(chain: LocalChain, ...args: string[]): Promise<void> {
  say(`  $ leasehold ${args.join(" ")}`);
  const { code, stdout, stderr } = await chain.cli(...args);
  for (const line of `${stdout}${stderr}`.trimEnd().split("\n")) say(`    ${line}`);
  if (code !== 0) throw new Error(`leasehold ${args[0]} ${args[1] ?? ""} ended with ${code}`);
}

const showLease = (played: Played, id: string): Promise<LeaseView> =>
  played.chain.json("lease", "show", id, "--owner", played.alice);
const showDeployment = (played: Played, dseq: string): Promise<DeploymentView> =>
  played.chain.json("deployment", "show", dseq, "--owner", played.alice);

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited 30 s in vain until ${what}`);
}

/** What the steps of a life hand on: balance before, the lease, its price and when it started. */
interface Life {
  readonly before: bigint;
  readonly id: string;
  readonly price: bigint;
  readonly started: number;
}

/** From deploy to refund, over exhaustion and resume. */
async function wholeLife(played: Played): Promise<void> {
  const life = await openLease(played);
  const suspendedAt = await exhaust(played, life);
  const resumedAt = await resume(played, life, suspendedAt);
  await closeLease(played, life, [suspendedAt, resumedAt]);
}

async function openLease(played: Played): Promise<Life> {
  const { chain, alice, denom } = played;
  const file = AUTO_FILES.find((path) => existsSync(path)) as string;
  step("dry run: what the file means, who fits, what it would cost");
  await run(chain, "deploy", file, "--from", "alice", ...CONVERT, "--dry-run");

  step("deploy: order, quotes from standing offers, award, manifest, receipt, start");
  const before = await balance(chain, alice, denom);
  const deposit = `${DEPOSITS.first}${denom}`;
  await run(chain, "deploy", file, "--from", "alice", ...CONVERT, "--deposit", deposit);
  const id = "1/1/1";
  const { lease } = await showLease(played, id);
  const left = before - (await balance(chain, alice, denom));
  check("the deposit and the order fee left the tenant's balance", left, DEPOSITS.first);
  return { before, id, price: BigInt(lease.price.amount), started: Number(lease.started_at) };
}

async function announcedEnd(played: Played): Promise<number> {
  return Number((await showDeployment(played, "1")).funds.account.funded_until);
}

/** Accrual, top-up, and the end at the announced second, which it gives. */
async function exhaust(played: Played, { id, price, started }: Life): Promise<number> {
  const { chain, denom } = played;
  const endWith = (funds: bigint): bigint =>
    BigInt(lastFundedSecond(price, [], started, funds - ORDER_FEE));
  step("accrual: by the second");
  await run(chain, "dev", "advance", "20m");
  const announced = BigInt(await announcedEnd(played));
  check("announced end of funds", announced, endWith(DEPOSITS.first));

  step("top-up: the announced end moves");
  await run(chain, "deployment", "topup", "1", `${DEPOSITS.more}${denom}`, "--from", "alice");
  const moved = await announcedEnd(played);
  check("announced end of funds", BigInt(moved), endWith(DEPOSITS.first + DEPOSITS.more));

  step("exhaustion: at the announced second, however late the block comes");
  await run(chain, "dev", "advance", `${moved - started + 3600}s`);
  const { lease, payment } = await showLease(played, id);
  check("state of the lease", lease.state, "LEASE_STATE_SUSPENDED");
  const { suspended_at: at } = (await showDeployment(played, "1")).funds.account;
  check("suspended at", at, String(moved));
  const settled = BigInt(payment?.settled ?? "-1");
  check("settled so far", settled, accruedUnits(price, [{ from: started, to: moved }]));
  return moved;
}

/** Gives the second at which the lease accrues again. */
async function resume(
  played: Played,
  { id, price, started }: Life,
  suspendedAt: number,
): Promise<number> {
  const { chain, denom } = played;
  step("resume: a deposit, and the provider's acknowledgement");
  await run(chain, "deployment", "topup", "1", `${DEPOSITS.resume}${denom}`, "--from", "alice");
  await until(
    "the provider acknowledges",
    async () => (await showLease(played, id)).lease.state === "LEASE_STATE_ACTIVE",
  );
  const { payment } = await showLease(played, id);
  check(
    "nothing accrued before the acknowledgement",
    BigInt(payment?.settled ?? "-1"),
    accruedUnits(price, [{ from: started, to: suspendedAt }]),
  );
  await run(chain, "dev", "advance", "25m");
  return Number(payment?.since);
}

async function closeLease(
  played: Played,
  { before, id, price, started }: Life,
  [suspendedAt, resumedAt]: readonly [number, number],
): Promise<void> {
  const { chain, alice, denom } = played;
  step("close: settle, pay the provider, refund the rest to the unit");
  await run(chain, "deployment", "close", "1", "--from", "alice");
  const closed = await showLease(played, id);
  const runs: Run[] = [
    { from: started, to: suspendedAt },
    { from: resumedAt, to: Number(closed.lease.closed_at) },
  ];
  const paid = accruedUnits(price, runs);
  check("paid in its whole life", BigInt(closed.payment?.paid ?? "-1"), paid);
  const used = before - (await balance(chain, alice, denom));
  check("the tenant's balance fell by what was used", used, paid + ORDER_FEE);
  await checkProvider(played, closed.lease.id.provider, paid);
}

async function checkProvider(
  { chain, denom }: Played,
  provider: string,
  paid: bigint,
): Promise<void> {
  const funded = 1_000_000_000_000n;
  const gained = (await balance(chain, provider, denom)) - funded;
  check("the provider got it all but the fee of 1 %", gained, afterFee(paid, FEE));
}

/** Quotes and a bid by hand on a manual order; the tenant picks. */
async function manualAward(played: Played): Promise<void> {
  const { chain, alice } = played;
  step("manual award: quotes from offers and a bid by hand; the tenant picks");
  await run(chain, "deployment", "create", MANUAL_FILE, "--from", "alice");
  await until(
    "there are quotes",
    async () =>
      (await chain.json<{ bids: unknown[] }>("bid", "list", "2/1/1", "--owner", alice)).bids
        .length > 0,
  );
  const seller = (await chain.json<{ address: string }>("keys", "show", "seller1")).address;
  await run(chain, "bid", "place", "2/1/1", "4321uusd", "--owner", alice, "--from", "seller1");
  await run(chain, "bid", "list", "2/1/1", "--owner", alice);
  await run(chain, "bid", "accept", "2/1/1", seller, "--from", "alice");
  const { lease } = await showLease(played, "2/1/1");
  check("the lease has the price of the bid", BigInt(lease.price.amount), 4_321n);
  check("its state", lease.state, "LEASE_STATE_STARTING");
  step("why nobody bids on what nobody has");
  const nobody = join(ROOT, "client/examples/nobody.yaml");
  await run(chain, "deployment", "create", nobody, "--from", "alice");
  await run(chain, "order", "why", "3/1/1", "--owner", alice);
}

async function main(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "leasehold-demo-"));
  let chain: LocalChain | undefined;
  try {
    step("a fresh chain with three sellers");
    await makeHome(home, RPC_PORT);
    chain = await LocalChain.start({
      home,
      rpcPort: RPC_PORT,
      gatewayPort: GATEWAY_PORT,
      onLine: (from, line) => (from === "sellers" ? say(`  ${line}`) : undefined),
    });
    const alice = (await chain.json<{ address: string }>("keys", "show", "alice")).address;
    const played = { chain, alice, denom: "uusd" };
    await wholeLife(played);
    await manualAward(played);
  } finally {
    await chain?.stop();
    rmSync(home, { recursive: true, force: true });
  }
  say(
    failures === 0
      ? "\nEvery amount agrees with the recount."
      : `\n${failures} amounts differ from the recount.`,
  );
  process.exitCode = failures === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(`make demo: ${(error as Error).message}`);
  process.exitCode = 1;
}
