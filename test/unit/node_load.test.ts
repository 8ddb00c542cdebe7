// State from a real disk when the snapshot that it begins with is damaged: the other leads to the same root.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { readConfigText } from "../../chain/node/config/config.ts";
import { Database } from "../../chain/node/db.ts";
import { loadStore } from "../../chain/node/loading.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { RECORD, TreeMultiStore } from "../../chain/store/index.ts";

const platform = fastPlatform(() => undefined);
const settings = { app: readConfigText("app.toml", "").values };
const test = suite<{ folder: string; database: Database }>("loading a state");

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "leasehold-load-"));
  context.database = await Database.open(join(context.folder, "a.db"), 1);
});
test.after.each(async ({ folder, database }) => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Twelve blocks with a snapshot after every fourth; gives the app hash. */
async function fill(database: Database): Promise<string> {
  const store = new TreeMultiStore(platform, ["a", "b"], {
    provableHeights: 3,
    snapshots: { blocks: 4 },
  });
  for (let height = 1n; height <= 12n; height++) {
    const change = [utf8(`key ${height % 7n}`), utf8(`value ${height}`)] as const;
    const changes = new Map([["a", [change]]]);
    store.stage(height, { seconds: height, nanos: 0 }, changes, new Map());
    await database.write(store.batch().writes, { sync: false });
    store.promote();
    const step = store.snapshots.step(1000);
    await database.write(step?.writes ?? [], { sync: false });
    for (const range of step?.clear ?? []) await database.clear(range);
  }
  return toHex(store.appHash);
}

async function recordsOf(database: Database, kind: number): Promise<[Uint8Array, Uint8Array][]> {
  const found: [Uint8Array, Uint8Array][] = [];
  const range = { gte: Uint8Array.of(kind), lt: Uint8Array.of(kind + 1) };
  await database.scan(range, (key, value) => void found.push([key.slice(), value.slice()]));
  return found;
}

test("whichever byte of the snapshot is wrong", async ({ database }) => {
  const hash = await fill(database);
  const chunk = (await recordsOf(database, RECORD.chunk))[0];
  const markers = await recordsOf(database, RECORD.marker);
  assert.is(markers.length, 2);
  assert.ok(chunk);
  const [key, value] = chunk;
  for (let at = 0; at < value.length; at++) {
    const damaged = value.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x81;
    await database.write([[key, damaged], ...markers], { sync: false });
    const told: string[] = [];
    const store = await loadStore(platform, ["a", "b"], database, settings, (sentence) => {
      told.push(sentence);
    });
    assert.is(toHex(store.appHash), hash, `byte ${at}`);
    assert.is(told.length, 1, `byte ${at}`);
    assert.match(told[0] ?? "", /trying without snapshot 8/);
  }
  assert.is((await recordsOf(database, RECORD.marker)).length, 1, "the damaged one is forgotten");
});

test("when nothing leads to the state the first damage is told", async ({ database }) => {
  await fill(database);
  const changes = await recordsOf(database, RECORD.changes);
  const writes = changes.map(([key]) => [key, undefined] as const);
  await database.write(writes, { sync: false });
  const chunks = await recordsOf(database, RECORD.chunk);
  await database.write(
    chunks.map(([key]) => [key, utf8("nonsense")] as const),
    { sync: false },
  );
  let sentence = "";
  await loadStore(platform, ["a", "b"], database, settings, () => undefined).catch(
    (error: Error) => (sentence = `${error.name}: ${error.message}`),
  );
  assert.match(sentence, /^DamagedState: /);
});

test.run();
