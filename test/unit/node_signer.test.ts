// The validator's hand never signs two blocks of one place, whatever it forgets and whenever it dies;
// its files are CometBFT's.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, toBase64, utf8 } from "../../chain/base/bytes.ts";
import { claimHome } from "../../chain/node/claim.ts";
import {
  generateKeyPair,
  keyPairOf,
  readNodeKey,
  readValidatorKey,
  writeValidatorKey,
} from "../../chain/node/embedded/keys.ts";
import { Signer, signStatePath, writeEmptySignState } from "../../chain/node/embedded/signer.ts";
import { writeDurably } from "../../chain/node/files.ts";
import { fastPlatform } from "../../chain/node/platform.ts";

const platform = fastPlatform(() => undefined);
const test = suite<{ home: string }>("signer");

test.before.each((context) => {
  context.home = mkdtempSync(join(tmpdir(), "leasehold-signer-"));
});
test.after.each(({ home }) => rmSync(home, { recursive: true, force: true }));

test("signs ascending places and refuses to go back", ({ home }) => {
  writeEmptySignState(home);
  const signer = new Signer(home, generateKeyPair(platform));
  const [one, two] = [utf8("one"), utf8("two")];
  const signature = signer.sign(5n, 0, one);
  assert.ok(platform.verifyEd25519(signer.key.publicKey, one, signature));
  assert.ok(equalBytes(signer.sign(5n, 0, one), signature), "the same again is the same");
  assert.throws(() => signer.sign(5n, 0, two), /twice with other bytes/);
  assert.throws(() => signer.sign(4n, 3, two), /refused to sign height 4 round 3/);
  assert.is(signer.freeRound(5n), 1);
  assert.is(signer.freeRound(6n), 0);
  signer.sign(5n, 1, two);
  assert.throws(() => signer.sign(5n, 0, one), /was signed before/);
});

test("remembers over a restart what it signed", ({ home }) => {
  const key = generateKeyPair(platform);
  new Signer(home, key).sign(9n, 2, utf8("block"));
  const again = new Signer(home, key);
  assert.throws(() => again.sign(9n, 2, utf8("other")), /twice with other bytes/);
  assert.is(again.freeRound(9n), 3);
  const json = JSON.parse(readFileSync(signStatePath(home), "utf8")) as Record<string, unknown>;
  assert.equal(Object.keys(json), ["height", "round", "step", "signature", "signbytes"]);
  assert.is(json["height"], "9");
  assert.is(json["step"], 3);
});

test("a damaged state is not taken for an empty one", ({ home }) => {
  writeEmptySignState(home);
  for (const text of [
    "",
    "{}",
    '{"height":5}',
    '{"height":"5","round":0,"step":3,"signature":"!"}',
  ]) {
    writeFileSync(signStatePath(home), text);
    assert.throws(() => new Signer(home, generateKeyPair(platform)), /priv_validator_state/);
  }
});

test("keys in CometBFT's form; a wrong public half is refused", ({ home }) => {
  const pair = keyPairOf(platform, new Uint8Array(32).fill(7));
  writeValidatorKey(home, pair);
  assert.equal(readValidatorKey(platform, home).publicKey, pair.publicKey);
  const path = join(home, "config", "priv_validator_key.json");
  const json = JSON.parse(readFileSync(path, "utf8")) as { pub_key: { value: string } };
  assert.is(json.pub_key.value, toBase64(pair.publicKey));
  const text = readFileSync(path, "utf8");
  const secret = /"PrivKeyEd25519",\s*"value": "([^"]+)"/.exec(text.replace(/tendermint\//g, ""));
  const other = toBase64(new Uint8Array(64).fill(9));
  writeFileSync(path, text.replace(secret?.[1] ?? "?", other));
  assert.throws(() => readValidatorKey(platform, home), /does not belong/);
  const node = readNodeKey(platform, home);
  assert.equal(readNodeKey(platform, home).publicKey, node.publicKey, "made once, then read");
});

test("a home that CometBFT signed in is refused", ({ home }) => {
  writeDurably(join(home, "data", "cs.wal", "wal"), "");
  assert.throws(() => claimHome(home, "embedded"), /under CometBFT/);
});

test("a home of our own is taken again, another engine's is not", ({ home }) => {
  writeEmptySignState(home);
  claimHome(home, "embedded");
  new Signer(home, generateKeyPair(platform)).sign(3n, 0, utf8("x"));
  claimHome(home, "embedded");
  writeDurably(join(home, "data", "engine.json"), '{"engine":"comet"}');
  assert.throws(() => claimHome(home, "embedded"), /belongs to engine comet/);
});

test.run();
