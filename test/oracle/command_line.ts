// The Cosmos SDK's own command line (test/oracle/cli, built from the published modules) against a
// running node: keys, sends, amino and multisig signatures, grants, searches. `make oracle` runs it.

import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCometbft } from "../support/cometbft.ts";
import { startTestCometNode } from "../support/comet_node.ts";
import { printTable } from "../support/report.ts";
import { startTestNode } from "../support/node.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CHAIN = "go-1";
const FUNDS = [{ denom: "ulease", amount: 1_000_000_000_000n }];

/** What the SDK tells of a transaction. */
interface Told {
  readonly txhash: string;
  readonly code: number;
  readonly codespace: string;
  readonly raw_log: string;
}

/** Builds the program into the cache. Throws: Error with Go's words. */
function buildCli(): string {
  const folder = join(ROOT, ".cache/oracle");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "cli");
  const options = { cwd: join(ROOT, "test/oracle/cli"), encoding: "utf8" } as const;
  const built = spawnSync("go", ["build", "-mod=readonly", "-o", path, "."], options);
  if (built.status === 0) return path;
  throw new Error(`the SDK's command line does not build: ${built.stderr ?? String(built.error)}`);
}

/** The program with a keyring of its own, on one node. */
class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), "leasehold-cli-"));
  readonly #path: string;
  readonly #addresses = new Map<string, string>();
  #node = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** Talks to the node at this address from now on. */
  connect(rpcUrl: string): void {
    this.#node = rpcUrl.replace("http:", "tcp:");
  }

  async run(args: readonly string[]): Promise<string> {
    const env = { ...process.env, PREFIX: "lease", CLI_HOME: this.folder };
    const limits = { timeout: 30_000, maxBuffer: 2 ** 24 };
    return (await promisify(execFile)(this.#path, args, { env, ...limits })).stdout;
  }

  /** Address of a key that `remember` has seen. */
  key(name: string): string {
    return this.#addresses.get(name) ?? "";
  }

  async remember(name: string): Promise<void> {
    const shown = await this.run(["keys", "show", name, "-a", "--keyring-backend", "test"]);
    this.#addresses.set(name, shown.trim());
  }

  async query(...args: readonly string[]): Promise<Record<string, unknown>> {
    const text = await this.run(["query", ...args, "--node", this.#node, "--output", "json"]);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** A command below tx with all flags that signing needs. */
  async sign(...args: readonly string[]): Promise<string> {
    const flags = ["--keyring-backend", "test", "--chain-id", CHAIN, "--node", this.#node];
    return this.run(["tx", ...args, ...flags]);
  }

  /** Sends, waits for the block, and gives the result of the block. */
  async deliver(...args: readonly string[]): Promise<Told> {
    return this.landed(JSON.parse(await this.sign(...args, "-y", "--output", "json")) as Told);
  }

  async landed(sent: Told): Promise<Told> {
    if (sent.code !== 0) return sent;
    for (let i = 0; i < 100; i++) {
      try {
        return (await this.query("tx", sent.txhash)) as unknown as Told;
      } catch {
        await pause(100);
      }
    }
    throw new Error(`${sent.txhash} is in no block`);
  }

  /** Writes what a command printed, for the next one to read. */
  keep(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }
}

/** Throws: Error when a transaction was refused. */
function taken(told: Told): void {
  if (told.code !== 0) throw new Error(`${told.codespace}/${told.code}: ${told.raw_log}`);
}

/** Throws: Error when a transaction was not refused with this code. */
function refused(told: Told, codespace: string, code: number): void {
  if (told.codespace === codespace && told.code === code) return;
  const got = `${told.codespace}/${told.code} ${told.raw_log}`;
  throw new Error(`expected ${codespace}/${code}, got ${got}`);
}

type Step = readonly [what: string, run: (cli: Cli) => Promise<void>];

const FEES = ["--fees", "1000ulease"];

const STEPS: readonly Step[] = [
  [
    "tx bank send; the balance is there",
    async (cli) => {
      taken(await cli.deliver("bank", "send", "alice", cli.key("bob"), "5000000ulease", ...FEES));
      const { balance } = await cli.query("bank", "balance", cli.key("bob"), "ulease");
      if ((balance as { amount: string }).amount !== "5000000") throw new Error("no balance");
    },
  ],
  [
    "tx bank send --gas auto",
    async (cli) => {
      const flags = ["--gas", "auto", "--gas-adjustment", "1.2", "--note", "from Go"];
      taken(await cli.deliver("bank", "send", "alice", cli.key("bob"), "7ulease", ...flags));
    },
  ],
  [
    "a send beyond the balance is sdk/5",
    async (cli) => {
      const args = ["bank", "send", "bob", cli.key("alice"), "9000000000000ulease"];
      refused(await cli.deliver(...args, ...FEES), "sdk", 5);
    },
  ],
  [
    "tx sign --sign-mode amino-json, validate-signatures, broadcast",
    async (cli) => {
      const args = ["bank", "send", "alice", cli.key("bob"), "9ulease", "--generate-only"];
      const unsigned = cli.keep("unsigned.json", await cli.sign(...args, ...FEES));
      const mode = ["--from", "alice", "--sign-mode", "amino-json"];
      const signed = cli.keep("signed.json", await cli.sign("sign", unsigned, ...mode));
      await cli.sign("validate-signatures", signed);
      taken(
        await cli.landed(
          JSON.parse(await cli.sign("broadcast", signed, "--output", "json")) as Told,
        ),
      );
    },
  ],
  [
    "tx multisign of 2 of 2",
    async (cli) => {
      taken(await cli.deliver("bank", "send", "alice", cli.key("pair"), "500000ulease", ...FEES));
      const args = ["bank", "send", "pair", cli.key("alice"), "11ulease", "--generate-only"];
      const unsigned = cli.keep("pair.json", await cli.sign(...args, ...FEES));
      const parts = [];
      for (const name of ["alice", "bob"]) {
        const flags = ["--from", name, "--multisig", cli.key("pair")];
        parts.push(cli.keep(`pair-${name}.json`, await cli.sign("sign", unsigned, ...flags)));
      }
      const joined = cli.keep(
        "pair-all.json",
        await cli.sign("multisign", unsigned, "pair", ...parts),
      );
      taken(
        await cli.landed(
          JSON.parse(await cli.sign("broadcast", joined, "--output", "json")) as Told,
        ),
      );
    },
  ],
  [
    "tx simulate",
    async (cli) => {
      const told = await cli.sign("simulate", join(cli.folder, "unsigned.json"), "--from", "alice");
      if (!/gas_used/.test(told)) throw new Error(told);
    },
  ],
  [
    "tx feegrant grant, a send with --fee-granter, revoke, then refused with sdk/38",
    async (cli) => {
      const [alice, bob] = [cli.key("alice"), cli.key("bob")];
      taken(await cli.deliver("feegrant", "grant", "alice", bob, "--spend-limit", "100000ulease"));
      const { allowance } = await cli.query("feegrant", "grant", alice, bob);
      if (allowance === undefined) throw new Error("no allowance");
      const send = ["bank", "send", "bob", alice, "3ulease", ...FEES, "--fee-granter", alice];
      taken(await cli.deliver(...send));
      taken(await cli.deliver("feegrant", "revoke", "alice", bob));
      refused(await cli.deliver(...send), "sdk", 38);
    },
  ],
  [
    "tx authz grant send, exec within the limit, beyond it sdk/5",
    async (cli) => {
      const [alice, bob] = [cli.key("alice"), cli.key("bob")];
      const grant = ["authz", "grant", bob, "send", "--spend-limit", "1000ulease"];
      taken(await cli.deliver(...grant, "--from", "alice"));
      const exec = async (amount: string): Promise<Told> => {
        const args = ["bank", "send", alice, bob, amount, "--generate-only", ...FEES];
        const inner = cli.keep("inner.json", await cli.sign(...args));
        return cli.deliver("authz", "exec", inner, "--from", "bob");
      };
      taken(await exec("400ulease"));
      refused(await exec("700ulease"), "sdk", 5);
      const { grants } = await cli.query("authz", "grants-by-granter", alice);
      if ((grants as unknown[]).length !== 1) throw new Error("not one grant");
    },
  ],
  [
    "query auth account, accounts, module-accounts, params",
    async (cli) => {
      const accounts = ["account", cli.key("alice")];
      for (const args of [accounts, ["accounts"], ["module-accounts"], ["params"]])
        await cli.query("auth", ...args);
    },
  ],
  [
    "query bank balances, spendable-balances, total-supply, denom-metadata, denom-owners",
    async (cli) => {
      const alice = cli.key("alice");
      const denom = [
        ["denom-metadata", "ulease"],
        ["denom-owners", "ulease"],
        ["params"],
        ["total-supply"],
      ];
      const own = [
        ["balances", alice],
        ["spendable-balances", alice],
      ];
      for (const args of [...own, ...denom]) await cli.query("bank", ...args);
    },
  ],
  [
    "query txs by event, block, blocks, block-results",
    async (cli) => {
      const { txs } = await cli.query("txs", "--query", `transfer.recipient='${cli.key("bob")}'`);
      if (!((txs as unknown[]).length > 1)) throw new Error("no transactions by event");
      await cli.query("block", "--type=height", "2");
      await cli.query("block-results", "2");
      await cli.query("blocks", "--query", "block.height > 1");
    },
  ],
];

/** Keys of the scenario; alice has the funds of the genesis. */
async function makeKeys(cli: Cli): Promise<void> {
  const keyring = ["--keyring-backend", "test", "--output", "json"];
  for (const name of ["alice", "bob"]) await cli.run(["keys", "add", name, ...keyring]);
  const pair = ["--multisig", "alice,bob", "--multisig-threshold", "2"];
  await cli.run(["keys", "add", "pair", ...pair, ...keyring]);
  for (const name of ["alice", "bob", "pair"]) await cli.remember(name);
}

/** What each step gave on one node. */
async function runSteps(cli: Cli): Promise<string[]> {
  const results: string[] = [];
  for (const [, run] of STEPS) {
    try {
      await run(cli);
      results.push("as with the SDK");
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      results.push(`FAILED: ${stderr?.trim() || message}`);
    }
  }
  return results;
}

async function main(): Promise<void> {
  const cli = new Cli(buildCli());
  await makeKeys(cli);
  const options = { chainId: CHAIN, accounts: [{ address: cli.key("alice"), coins: FUNDS }] };
  const comet = findCometbft();
  if ("missing" in comet) throw new Error(comet.missing);
  const columns: string[][] = [];
  for (const start of [startTestNode, (of: typeof options) => startTestCometNode(of, comet.path)]) {
    const node = await start(options);
    cli.connect(node.rpcUrl);
    columns.push(await runSteps(cli));
    await node.remove();
  }
  rmSync(cli.folder, { recursive: true, force: true });
  const rows = STEPS.map(([what], at) => [what, ...columns.map((column) => column[at] ?? "")]);
  const title = "The command line of Cosmos SDK 0.53.8 on a node of ours";
  printTable(title, ["what", "embedded engine", "behind CometBFT"], rows);
  if (columns.flat().some((result) => result.startsWith("FAILED"))) process.exitCode = 1;
}

if (spawnSync("go", ["version"]).status !== 0)
  console.log("left out: the SDK's command line, because Go is not installed.");
else await main();
