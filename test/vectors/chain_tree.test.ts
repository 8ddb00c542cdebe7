// The writes of three recorded Go chains give their store roots, application hashes and proofs.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../chain/base/bytes.ts";
import { must } from "../../chain/base/assert.ts";
import { parseTime } from "../../chain/base/time.ts";
import { checkStoreProof } from "../../chain/crypto/ics23.ts";
import { TreeMultiStore } from "../../chain/store/index.ts";
import type { StoreChange, StoreRoot } from "../../chain/store/index.ts";
import { appHashOf, proveStore } from "../../chain/store/roots.ts";
import { testPlatform } from "../support/platform.ts";

interface RecordedProof {
  readonly note: string;
  readonly store: string;
  readonly height: number;
  readonly key: string;
  readonly value: string | null;
  readonly store_root: string;
  readonly app_hash: string;
  readonly iavl_proof: string;
  readonly store_proof: string;
}

interface Recorded {
  readonly blocks: readonly {
    readonly height: number;
    readonly time: string;
    readonly writes: readonly { store: string; key: string; value: string | null }[];
    readonly roots: Readonly<Record<string, string>>;
    readonly app_hash: string;
  }[];
  readonly proofs: readonly RecordedProof[];
  readonly proofs_refused: readonly RecordedProof[];
}

const hex = (text: string): Uint8Array => must(fromHex(text), `hex ${text}`);

function load(name: string): Recorded {
  const file = new URL(`../../../test/vectors/chain/tree-${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as Recorded;
}

/** Replays the writes; `names` are the stores whose writes were recorded. */
function replay(recorded: Recorded, names: readonly string[]): TreeMultiStore {
  const store = new TreeMultiStore(testPlatform, names, { provableHeights: 1000 });
  for (const block of recorded.blocks) {
    const changes = new Map<string, StoreChange[]>();
    for (const write of block.writes) {
      const list = changes.get(write.store) ?? [];
      list.push([hex(write.key), write.value === null ? undefined : hex(write.value)]);
      changes.set(write.store, list);
    }
    const time = must(parseTime(block.time), block.time);
    // Staging twice must give the same: the first is discarded.
    store.stage(BigInt(block.height), time, changes, new Map());
    store.stage(BigInt(block.height), time, changes, new Map());
    store.promote();
    const info = must(store.commitInfo(BigInt(block.height)), "commit");
    for (const root of info.roots)
      assert.is(toHex(root.hash), block.roots[root.name], `${root.name} at ${block.height}`);
    const all: StoreRoot[] = Object.keys(block.roots)
      .toSorted()
      .map((name) => ({ name, hash: hex(block.roots[name] as string) }));
    assert.is(toHex(appHashOf(testPlatform, all)), block.app_hash, `block ${block.height}`);
    if (names.length === all.length) assert.is(toHex(store.appHash), block.app_hash);
  }
  return store;
}

const test = suite("recorded chains");

for (const name of ["bank", "grants", "staking"]) {
  test(`${name}: roots, application hashes and proofs`, () => {
    const recorded = load(name);
    const last = must(recorded.blocks.at(-1), "block");
    const names = name === "bank" ? ["acc", "bank"] : Object.keys(last.roots);
    const store = replay(recorded, names);
    let checked = 0;
    for (const proof of [...recorded.proofs, ...recorded.proofs_refused]) {
      if (!names.includes(proof.store)) continue;
      const view = must(store.at(BigInt(proof.height)), `height ${proof.height}`);
      const ops = view.prove(proof.store, hex(proof.key));
      assert.is(toHex(must(ops[0], "op").data), proof.iavl_proof, proof.note);
      const block = must(recorded.blocks[proof.height - 1], "block");
      const roots = Object.keys(block.roots)
        .toSorted()
        .map((store) => ({ name: store, hash: hex(block.roots[store] as string) }));
      assert.is(toHex(proveStore(testPlatform, roots, proof.store)), proof.store_proof, proof.note);
      // A proof of presence without a value is one of the empty value.
      const absent = proof.value === null && proof.iavl_proof.startsWith("12");
      const value = absent ? undefined : hex(proof.value ?? "");
      assert.equal(view.store(proof.store).get(hex(proof.key)), value, proof.note);
      const reason = checkStoreProof(
        testPlatform,
        [
          { type: "ics23:iavl", key: hex(proof.key), data: hex(proof.iavl_proof) },
          { type: "ics23:simple", key: new Uint8Array(0), data: hex(proof.store_proof) },
        ],
        { appHash: hex(proof.app_hash), store: proof.store, key: hex(proof.key), value },
      );
      const refused = recorded.proofs_refused.includes(proof);
      assert.is(reason, refused ? "a leaf needs a value" : undefined, proof.note);
      checked += 1;
    }
    assert.ok(checked >= 18, `${checked} proofs`);
  });
}

test.run();
