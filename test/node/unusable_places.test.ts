// Places that cannot be read or written, as the program tells of them: one sentence that names the place
// and what is expected there, exit status 1, and an end in any case.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dataPaths } from "../../chain/node/claim.ts";
import { makeTestHome } from "../support/node.ts";

const PROGRAM = fileURLToPath(new URL("../../chain/cli/main.js", import.meta.url));
/** Longest time for a refusal, milliseconds: Node's own way to make a folder in /proc never ends. */
const LIMIT_MS = 20_000;
const NOBODY = 65534;
const OF_STATE = ["rollback", "reindex", "reindex --side", "prune", "verify-state", "export"];
const OF_KEYS = ["comet show-node-id", "comet show-validator", "comet show-address", "keys list"];

interface World {
  folder: string;
  file: string;
}

const test = suite<World>("unusable places");

test.before((world) => {
  world.folder = mkdtempSync(join(tmpdir(), "leasehold-places-"));
  world.file = join(world.folder, "file");
  writeFileSync(world.file, "");
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** The sentence that a call fails with. */
function refusal(argv: readonly string[], as: { readonly uid?: number } = {}): string {
  const all = [PROGRAM, ...argv];
  const ids = as.uid === undefined ? {} : { uid: as.uid, gid: as.uid };
  const options = { encoding: "utf8", timeout: LIMIT_MS, cwd: "/", ...ids } as const;
  const { status, stderr } = spawnSync(process.execPath, all, options);
  assert.is(status, 1, `${argv.join(" ")}: ${stderr}`);
  const lines = stderr.trim().split("\n");
  assert.is(lines.length, 1, stderr);
  return (lines[0] as string).replace(/^leasehold: /, "");
}

test("testnet init and init name what stands in the way", ({ folder, file }) => {
  const expected = /is a file, and a folder is expected there \(ENOTDIR\)$/;
  for (const place of [file, join(file, "deep", "er")])
    for (const argv of [
      ["testnet", "init", "--output-dir", place],
      ["init", "--home", place],
    ]) {
      const sentence = refusal(argv);
      assert.match(sentence, expected);
      assert.ok(sentence.includes(` ${file} is a file`), sentence);
    }
  assert.equal(readdirSync(folder), ["file"]);
});

test("a place where no folder can be made is refused, and does not hang", () => {
  if (!existsSync("/proc/self")) return;
  const sentence = /^\/proc\/leasehold cannot be made: \/proc takes no folder; .*\(ENOENT\)$/;
  assert.match(refusal(["testnet", "init", "--output-dir", "/proc/leasehold"]), sentence);
  assert.match(refusal(["init", "--home", "/proc/leasehold"]), sentence);
});

test("a home of the wrong kind is not called one without blocks", ({ file }) => {
  for (const words of [...OF_STATE, ...OF_KEYS, "comet unsafe-reset-all", "start"])
    assert.match(
      refusal([...words.split(" "), "--home", file]),
      /cannot be read: .* is a file, and a folder is expected there \(ENOTDIR\)$/,
    );
  const home = makeTestHome();
  const { application } = dataPaths(home);
  writeFileSync(application, "");
  for (const words of [...OF_STATE, "comet unsafe-reset-all", "start"])
    assert.is(
      refusal([...words.split(" "), "--home", home]),
      `${application} cannot be used: it is a file, and a folder is expected there (EEXIST)`,
    );
  const folder = /cannot be read: it is a folder, and a file is expected there \(EISDIR\)$/;
  for (const file of ["config/priv_validator_key.json", "data/priv_validator_state.json"]) {
    rmSync(join(home, file));
    mkdirSync(join(home, file));
  }
  assert.match(refusal(["comet", "show-address", "--home", home]), folder);
  rmSync(application);
  assert.match(refusal(["comet", "unsafe-reset-all", "--home", home]), folder);
  writeFileSync(application, "");
  const settings = join(home, "config", "app.toml");
  rmSync(settings);
  mkdirSync(settings);
  for (const words of OF_STATE)
    assert.is(
      refusal([...words.split(" "), "--home", home]),
      `${settings} cannot be read: it is a folder, and a file is expected there (EISDIR)`,
    );
  rmSync(home, { recursive: true, force: true });
});

test("a home that its user may not read is said to be that", ({ folder }) => {
  // Only root may become another user; and that one must be able to read the program.
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  if (uid === undefined || spawnSync(process.execPath, [PROGRAM, "version"], { uid }).status !== 0)
    return void process.stdout.write("left out: a home of another user, because of this user\n");
  // The temporary folder belongs to this user alone.
  const home = join(folder, "home");
  for (const words of [...OF_STATE, ...OF_KEYS, "start"])
    assert.match(
      refusal([...words.split(" "), "--home", home], { uid }),
      /cannot be read: .*\(EACCES\)$/,
    );
});

test.run();
