// Configuration files: what is written is read back; unknown keys are told, wrong values refused by line.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { configText, parseDuration, readConfigText } from "../../chain/node/config/config.ts";
import { parseGasPrices } from "../../chain/node/config/gas_prices.ts";
import { SETTINGS } from "../../chain/node/config/settings.ts";
import type { ConfigFile } from "../../chain/node/config/settings.ts";
import { parseToml } from "../../chain/node/config/toml.ts";

const test = suite("configuration");

test("every file that is written reads back without a warning", () => {
  for (const file of Object.keys(SETTINGS) as ConfigFile[])
    assert.equal(readConfigText(file, configText(file)).warnings, []);
});

test("a text that looks like the beginning of an array is a text", () => {
  const text = configText("client.toml", { node: "tcp://a = [" });
  assert.is(readConfigText("client.toml", text).values.text("node"), "tcp://a = [");
});

test("overrides are written and read", () => {
  const text = configText("config.toml", {
    moniker: 'a "quoted" \\ name \u0001',
    "consensus.timeout_commit": "1m30s",
    "rpc.cors_allowed_origins": ["http://a", "http://b"],
    "mempool.recheck": false,
  });
  const { values } = readConfigText("config.toml", text);
  assert.is(values.text("moniker"), 'a "quoted" \\ name \u0001');
  assert.is(values.number("consensus.timeout_commit"), 90_000);
  assert.equal(values.list("rpc.cors_allowed_origins"), ["http://a", "http://b"]);
  assert.not.ok(values.flag("mempool.recheck"));
  assert.throws(() => configText("app.toml", { nothing: 1 }), /no setting nothing/);
});

test("an unknown key is told with its line, and ignored", () => {
  const { warnings } = readConfigText("app.toml", "dev = true\n\n[api]\nnothing = true\n");
  assert.equal(warnings, ["app.toml line 4: the key api.nothing is not known and is ignored"]);
});

test("wrong values are refused with file and line", () => {
  const refused = (text: string, pattern: RegExp): void =>
    void assert.throws(() => readConfigText("config.toml", text), pattern);
  refused("moniker = 5", /config\.toml line 1: moniker must be a string/);
  refused('[mempool]\nsize = "many"', /line 2: mempool\.size must be an integer/);
  refused("[mempool]\nsize = 0", /at least 1/);
  refused('[consensus]\ntimeout_commit = "soon"', /a duration/);
  refused('log_level = "loud"', /one of debug, info/);
  refused('moniker = "a"\nmoniker = "b"', /line 2: moniker is set twice/);
  refused("moniker", /line 1: expected key = value/);
  refused("[a b]", /not a table name/);
  refused("moniker = {}", /not understood/);
  refused('moniker = "a\u0001b"', /not understood/);
  refused('moniker = "\\ud800"', /not understood/);
  refused(`${"m".repeat(101)} = {}`, /expected key/);
  refused('[consensus]\ntimeout_commit = "999999h"', /at most 24 days/);
});

test("comments, quotes and arrays over several lines", () => {
  const text = 'a = "x # y" # comment\n[t]\nb = [\n  "1", # one\n  \'2\'\n]\nc = 1_000\nd = -5\n';
  assert.equal(
    parseToml(text, "f").map(({ key, value }) => [key, value]),
    [
      ["a", "x # y"],
      ["t.b", ["1", "2"]],
      ["t.c", 1000n],
      ["t.d", -5n],
    ],
  );
});

test("durations", () => {
  assert.equal(
    ["1s", "500ms", "1m30s", "0s", "0", "1.5h"].map(parseDuration),
    [1000, 500, 90_000, 0, 0, 5_400_000],
  );
  assert.equal(["", "1", "s", "1d", "-1s"].map(parseDuration), Array(5).fill(undefined));
});

test("gas prices", () => {
  assert.equal(parseGasPrices(""), []);
  assert.equal(parseGasPrices("0.0025ulease,3uusd"), [
    { denom: "ulease", amount: 2_500_000_000_000_000n },
    { denom: "uusd", amount: 3_000_000_000_000_000_000n },
  ]);
  for (const text of ["ulease", "1", "1.ulease", "-1ulease", "1ulease,,"])
    assert.throws(() => parseGasPrices(text), /is not a price/);
});

test.run();
