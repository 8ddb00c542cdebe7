// genesis and comet commands on homes that have not begun, or shall begin anew.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommand } from "../support/commands.ts";
import { changeSettings, makeTestHome, openTestNode } from "../support/node.ts";
import { makeSigner } from "../support/signing.ts";

const test = suite("genesis and comet commands");
const ACCOUNTS = [
  { address: makeSigner("early", "lease").address, coins: [{ denom: "ulease", amount: 1000n }] },
];

test("genesis add-account grows accounts, balances and supply together", async () => {
  const home = makeTestHome({ accounts: ACCOUNTS });
  const { address } = makeSigner("late", "lease");
  const path = join(home, "config", "genesis.json");
  const supplyOf = (): Record<string, string> => {
    const { app_state: state } = JSON.parse(readFileSync(path, "utf8")) as {
      app_state: { bank: { supply: { denom: string; amount: string }[] } };
    };
    return Object.fromEntries(state.bank.supply.map(({ denom, amount }) => [denom, amount]));
  };
  const before = BigInt(supplyOf()["ulease"] ?? "0");
  const codec = await runCommand(home, "genesis", "add-account", address, "5ulease");
  if (codec.failure !== "") throw new Error(codec.failure);
  await runCommand(home, "add-genesis-account", address, "7ulease,9uusd", "--append");
  assert.equal(supplyOf(), { ulease: `${before + 12n}`, uusd: "9" });
  const twice = await runCommand(home, "genesis", "add-account", address, "5ulease");
  assert.match(twice.failure, /genesis app_state\.auth\.accounts\[\d+\]: .* is there already/);
  const text = readFileSync(path, "utf8");
  for (const [who, coins, sentence] of [
    ["lease1wrong", "5ulease", /invalid|bech32|checksum/],
    [address, "ulease", /is not a coin/],
    [address, "5ulease,6ulease", /ulease stands twice/],
  ] as const) {
    const { failure } = await runCommand(home, "genesis", "add-account", who, coins, "--append");
    assert.match(failure, sentence);
  }
  assert.is(readFileSync(path, "utf8"), text, "nothing is written before all is checked");
  assert.match((await runCommand(home, "genesis", "validate")).out, /is valid/);
  const node = await openTestNode(home);
  await node.stop();
  const late = await runCommand(home, "genesis", "add-account", address, "5ulease", "--append");
  assert.match(late.failure, /has begun: its genesis cannot change any more/);
  rmSync(home, { recursive: true, force: true });
});

test("genesis validate tells everything that is wrong, with its path", async () => {
  const home = makeTestHome();
  const path = join(home, "config", "genesis.json");
  type Loose = { [key: string]: Loose };
  const spoil = (change: (json: Loose) => void): void => {
    const json = JSON.parse(readFileSync(path, "utf8")) as Loose;
    change(json);
    writeFileSync(join(home, "wrong.json"), JSON.stringify(json));
  };
  const set = (json: Loose | undefined, key: string, value: unknown): void => {
    (json as Record<string, unknown>)[key] = value;
  };
  spoil((json) => {
    set(json, "chain_id", "no spaces");
    set(json, "genesis_time", "yesterday");
    set(json, "surprise", 1);
  });
  const top = await runCommand(home, "genesis", "validate", join(home, "wrong.json"));
  for (const part of ["chain_id", "genesis_time", "surprise"])
    assert.match(top.out, new RegExp(`^genesis ${part}: `, "m"));
  assert.match(top.failure, /has 3 faults$/);
  spoil((json) => {
    const state = json["app_state"];
    set(state?.["bank"], "supply", [{ denom: "ulease", amount: "1" }]);
    set(state?.["auth"], "accounts", [{ "@type": "/nobody" }]);
    set(state, "stranger", {});
  });
  const deep = await runCommand(home, "validate-genesis", join(home, "wrong.json"), "-o", "json");
  const { valid, problems } = JSON.parse(deep.out) as { valid: boolean; problems: string[] };
  assert.is(valid, false);
  for (const part of ["auth", "bank", "stranger"])
    assert.ok(
      problems.some((one) => one.startsWith(`genesis app_state.${part}: `)),
      part,
    );
  spoil((json) => {
    set(json, "chain_id", "no spaces");
    const entry = (address: string): unknown => ({ address, coins: [] });
    const addresses = ["x", makeSigner("early", "lease").address, "y", "z"];
    set(json["app_state"]?.["bank"], "balances", addresses.map(entry));
  });
  const several = await runCommand(home, "genesis", "validate", join(home, "wrong.json"));
  for (const at of [0, 2, 3])
    assert.match(several.out, new RegExp(`^genesis app_state.bank: balances\\[${at}\\]`, "m"));
  assert.match(several.out, /^genesis chain_id: /m);
  assert.match(several.failure, /has 4 faults$/);
  spoil((json) => set(json["consensus"], "validators", []));
  const nobody = await runCommand(home, "genesis", "validate", join(home, "wrong.json"));
  assert.match(nobody.out, /^genesis validators: there is none/m);
  rmSync(home, { recursive: true, force: true });
});

test("comet commands show the keys, and a reset keeps what a key of a real chain signed", async () => {
  const home = makeTestHome();
  assert.match((await runCommand(home, "comet", "show-node-id")).out, /^[0-9a-f]{40}$/);
  assert.match(
    (await runCommand(home, "tendermint", "show-validator")).out,
    /ed25519.PubKey","key":/,
  );
  assert.match((await runCommand(home, "comet", "show-address")).out, /^[0-9A-F]{40}$/);
  const signed = (): string => {
    const text = readFileSync(join(home, "data", "priv_validator_state.json"), "utf8");
    return (JSON.parse(text) as { height: string }).height;
  };
  await (await openTestNode(home)).stop();
  assert.not.equal(signed(), "0");
  changeSettings(home, "app.toml", { dev: "false" });
  const kept = await runCommand(home, "comet", "unsafe-reset-all");
  assert.match(kept.out, /still knows that it signed up to height \d+/);
  assert.not.equal(signed(), "0");
  const refused = await openTestNode(home).catch((error: Error) => error.message);
  assert.match(String(refused), /the validator's key signed|has signed up to height/);
  await runCommand(home, "comet", "unsafe-reset-all", "--forget-signatures");
  assert.is(signed(), "0");
  await (await openTestNode(home)).stop();
  rmSync(home, { recursive: true, force: true });
});

test.run();
