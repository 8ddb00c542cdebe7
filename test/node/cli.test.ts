// The bundled command line as its users call it: on a local chain with sellers, right and wrong.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LocalChain, makeHome, PROGRAM, ROOT, runCli } from "../dev/local_chain.ts";
import type { Finished } from "../dev/local_chain.ts";

interface World {
  chain: LocalChain;
  home: string;
}

const test = suite<World>("command line");
const AUTO = join(ROOT, "client/examples/inference.yaml");
const NOBODY = join(ROOT, "client/examples/nobody.yaml");

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** One clear sentence on standard error, no stack, and the status. */
function fails(done: Finished, status: number, sentence: RegExp): void {
  assert.is(done.code, status, `${done.stdout}${done.stderr}`);
  const last = done.stderr.trimEnd().split("\n").at(-1) as string;
  assert.match(last, /^leasehold: /);
  assert.match(last, sentence);
  assert.not.match(done.stderr, /\n\s+at /);
}

function works(done: Finished, line: RegExp): string {
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, line);
  return done.stdout;
}

test.before(async (world) => {
  world.home = mkdtempSync(join(tmpdir(), "leasehold-cli-"));
  const rpcPort = await freePort();
  await makeHome(world.home, rpcPort);
  const options = { home: world.home, rpcPort, gatewayPort: 0, onLine: () => undefined };
  world.chain = await LocalChain.start(options);
});

test.after(async (world) => {
  await world.chain?.stop();
  rmSync(world.home, { recursive: true, force: true });
});

test("status and version", async ({ chain }) => {
  works(await chain.cli("status"), /chain\s+leasehold-local-1/);
  works(await chain.cli("version", "--long"), /^cometbft: /m);
});

test("deploy reaches an active lease within 10 s; listings, topup and refund", async ({
  chain,
}) => {
  const started = performance.now();
  const done = await chain.cli("deploy", AUTO, "--from", "alice");
  assert.ok(performance.now() - started < 10_000, "within 10 s");
  works(done, /^lease 1\/1\/1 is active$/m);
  works(await chain.cli("lease", "list", "--owner", "alice"), / 1\/1\/1 .* active .* uusd/);
  works(await chain.cli("deployment", "list"), /21,\d{3},\d{3} uusd/);
  works(await chain.cli("dev", "advance", "1h"), /^1h later: height /);
  works(await chain.cli("lease", "show", "1", "--owner", "alice"), /cost so far +4\d\d,\d{3} uusd/);
  const topup = ["deployment", "topup", "1", "5000000uusd", "--from", "alice"];
  works(await chain.cli(...topup), /^Funds now last until 2/m);
  const closed = await chain.cli("deployment", "close", "1", "--from", "alice");
  works(closed, /^refunded 26,\d{3},\d{3} uusd to lease1/m);
  fails(await chain.cli(...topup), 1, /closed \(escrow\/4\)/);
});

test("a file that nobody can serve says why by counters", async ({ chain }) => {
  const done = await chain.cli("deploy", NOBODY, "--from", "alice");
  fails(done, 1, /nobody can serve order 2\/1\/1/);
  assert.match(done.stdout, /^model +3 +\d+ /m);
  works(await chain.cli("order", "why", "2/1/1", "--owner", "alice"), /; 0 offers fit\./);
  const json = await chain.json<{ fitting: number }>("order", "why", "2/1/1", "--owner", "alice");
  assert.is(json.fitting, 0);
});

test("refusals are one sentence with code and status", async ({ chain }) => {
  const send = ["tx", "bank", "send", "alice", "bob"];
  fails(await chain.cli(...send, "5ufoo"), 1, /insufficient funds \(sdk\/5\)\. /);
  fails(await chain.cli(...send, "five"), 2, /"five" is not a coin/);
  fails(await chain.cli(...send, "5ulease", "--chain-id", "foo"), 1, /the node is on chain/);
  fails(await chain.cli(...send, "5ulease", "--gas", "10"), 1, /out of gas \(sdk\/11\)\. /);
  fails(await chain.cli(...send, "5ulease", "--offline"), 2, /--offline needs/);
  fails(await chain.cli(...send, "5ulease", "--timeout-height", "1"), 1, /\(sdk\/30\)/);
  works(await chain.cli(...send, "5ulease", "--sign-mode", "amino-json"), /^done in block/);
  fails(await chain.cli("tx", "bank", "send", "alice", "zed", "5ulease"), 1, /neither a key/);
  fails(await chain.cli("deploy", "no.yaml", "--from", "alice"), 1, /there is no such file/);
  fails(await chain.cli("deploy", AUTO, "--from", "carol"), 1, /there is no key "carol"/);
  fails(await chain.cli("deploy", AUTO, "--from", "alice", "--deposit", "5ulease"), 1, /in uusd/);
  fails(
    await chain.cli("deployment", "show", "99", "--owner", "alice"),
    1,
    /not found \(sdk\/22\)/,
  );
  fails(await chain.cli("deployment", "show", "1"), 2, /--owner is missing/);
  fails(await chain.cli("order", "why", "99", "--owner", "alice"), 1, /not found \(sdk\/22\)/);
  fails(await chain.cli("status", "extra"), 2, /one word too many/);
  fails(await chain.cli("deploy", AUTO, "--from", "alice", "--timeout", "x"), 2, /not a duration/);
  fails(await chain.cli("order", "list", "--state", "x"), 2, /--state is one of open/);
  fails(await chain.cli("deployment", "lst"), 2, /Did you mean: leasehold deployment list\?/);
  fails(await chain.cli("query", "block", "99999999"), 1, /must be less than or equal/);
  fails(await chain.cli("status", "--node", "http://127.0.0.1:1"), 1, /no node answers at/);
});

test("a transaction is sent at once, waited for and found by its event", async ({ chain }) => {
  const mode = ["--broadcast-mode", "sync", "-o", "json"];
  const send = ["tx", "bank", "send", "alice", "bob", "7ulease", "--note", "seven"];
  const { hash } = JSON.parse((await chain.cli(...send, ...mode)).stdout) as { hash: string };
  works(await chain.cli("query", "wait-tx", hash), /: ok$/m);
  const { address } = await chain.json<{ address: string }>("keys", "show", "bob");
  works(await chain.cli("query", "txs", `transfer.recipient='${address}'`), new RegExp(hash));
});

test("multisig: two of three members sign on files", async ({ chain, home }) => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const members = ["--multisig", "alice,bob,seller1", "--multisig-threshold", "2"];
  works(await chain.cli("keys", "add", "board", ...members), /^board +multi +lease1/m);
  works(await chain.cli("tx", "bank", "send", "alice", "board", "1000ulease"), /^done in block/);
  const unsigned = await chain.cli(
    "tx",
    "bank",
    "send",
    "board",
    "bob",
    "9ulease",
    "--generate-only",
  );
  const path = file("tx.json", unsigned.stdout);
  const parts = await Promise.all(
    ["alice", "seller1"].map(async (name) => {
      const part = await chain.cli("tx", "sign", path, "--multisig", "board", "--from", name);
      return file(`${name}.json`, works(part, /"signature"/));
    }),
  );
  fails(await chain.cli("tx", "multisign", path, "board", parts[0] as string), 1, /2 are needed/);
  const signed = await chain.cli("tx", "multisign", path, "board", ...parts);
  const whole = file("signed.json", works(signed, /"signatures"/));
  works(await chain.cli("tx", "broadcast", whole), /^done in block/);
  fails(await chain.cli("tx", "broadcast", path), 1, /is not signed/);
});

test("a provider registers, posts, pauses and cancels an offer from files", async (world) => {
  const { chain, home } = world;
  const path = join(home, "words.yaml");
  const give = (text: string, ...words: string[]): Promise<Finished> => {
    writeFileSync(path, text);
    return chain.cli(...words, path, "--from", "bob");
  };
  const key = `heartbeat_key: ${Buffer.alloc(32, 7).toString("base64")}`;
  works(await give(`host_uri: http://127.0.0.1:9\n${key}\n`, "provider", "register"), /^done/);
  const cpus = "devices: [{class: cpu, kind: CPU, model: '', count: 8}]\n";
  works(await give(cpus, "provider", "devices"), /^done/);
  const prices = "prices: {cpu_hour: 9000000, memory_gib_hour: 1000000, gpu_hour: 0}";
  const shape = "shapes: [{hosts: 1, cpu_milli: 8000, memory_bytes: 8589934592, storage_bytes: 0}]";
  works(await give(`denom: uusd\n${prices}\n${shape}\n`, "offer", "post"), /^done in block/);
  fails(await give("denom: uusd\nprize: 3\n", "offer", "post"), 1, /prize/);
  const list = ["offer", "list", "--provider", "bob"];
  const { offers } = await chain.json<{ offers: { id: string }[] }>(...list);
  const id = offers.at(-1)?.id as string;
  works(await chain.cli("offer", "pause", id, "--from", "bob"), /^done/);
  works(await chain.cli("offer", "show", id), /state +paused/);
  fails(await chain.cli("offer", "cancel", id, "--from", "alice"), 1, /\((market|provider)\/\d+\)/);
  works(await chain.cli("offer", "cancel", id, "--from", "bob"), /^done/);
});

test("the keyring file takes its password by environment or pipe", async ({ home }) => {
  const backend = ["--keyring-backend", "file"];
  const added = await runCli(home, ["keys", "add", "safe", ...backend], "correct horse\n");
  works(added, /^safe +local +lease1/m);
  assert.not.match(readFileSync(join(home, "keyring-file/safe.json"), "utf8"), /mnemonic/);
  const out = ["keys", "export", "safe", "--unsafe", ...backend];
  works(await runCli(home, out, "correct horse\n"), /^(\w+ ){23}\w+$/m);
  fails(await runCli(home, out, "wrong\n"), 1, /password of the keyring is wrong/);
});

test("completion knows the words when bash sources it", ({ home }) => {
  const script = [
    `source <(${process.execPath} ${PROGRAM} completion bash)`,
    "COMP_WORDS=(leasehold deployment to); COMP_CWORD=2; _leasehold; echo ${COMPREPLY[@]}",
    "COMP_WORDS=(leasehold tx market po); COMP_CWORD=3; _leasehold; echo ${COMPREPLY[@]}",
  ].join("\n");
  const env = { ...process.env, LEASEHOLD_HOME: home };
  const words = execFileSync("bash", ["-c", script], { encoding: "utf8", env });
  assert.is(words, "topup\npost-offer\n");
});

test.run();
