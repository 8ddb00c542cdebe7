// Random histories with deletes and re-adds on our tree and on cosmos/iavl: equal roots at every
// version, equal proofs byte by byte, and ics23 accepts ours. ORACLE_HISTORIES says how many (500);
// ORACLE_SEED where they begin (1). A failure names the seed of its history.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { must } from "../../chain/base/assert.ts";
import { toHex } from "../../chain/base/bytes.ts";
import { CommitmentProof } from "../../chain/codec/gen/cosmos/ics23/v1.ts";
import { checkAbsence, checkPresence, IAVL_SPEC } from "../../chain/crypto/ics23.ts";
import { NIL } from "../../chain/store/nodes.ts";
import { proveKey } from "../../chain/store/proofs.ts";
import { TreeEngine } from "../../chain/store/tree.ts";
import { askOracle, buildOracle } from "../support/oracle.ts";
import type { OracleHistory } from "../support/oracle.ts";
import { printTable } from "../support/report.ts";
import { testPlatform } from "../support/platform.ts";
import { ReferenceTree } from "../support/reference_tree.ts";

const HISTORIES = Number(process.env["ORACLE_HISTORIES"] ?? 500);
const FIRST_SEED = Number(process.env["ORACLE_SEED"] ?? 1);
/** Histories sent to the oracle at once. */
const BATCH = 100;

/** A repeatable source of numbers below a bound. */
function numbers(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Numbers = ReturnType<typeof numbers>;

/** Few enough keys that they meet again: short ones, ones with 0x00 and 0xff, long ones. */
function keyPool(next: Numbers): string[] {
  const size = [3, 12, 60, 300][next(4)] as number;
  return Array.from({ length: size }, () => {
    const length = next(10) === 0 ? 1 + next(300) : 1 + next(4);
    const edge = [0, 0xff, 0x80, -1][next(4)] as number;
    return toHex(Uint8Array.from({ length }, () => (edge < 0 ? next(256) : edge))).concat(
      next(3) === 0 ? "" : toHex(Uint8Array.of(next(256))),
    );
  });
}

/** Operations in any order, as iavl takes them; some versions change nothing. */
function randomVersion(next: Numbers, pool: readonly string[]): [string, string | null][] {
  const kind = next(8);
  if (kind === 0) return [];
  if (kind === 1) return pool.map((key) => [key, null]);
  const count = 1 + next(2 * pool.length);
  const deletes = kind === 2 ? 9 : 3;
  const ops = Array.from({ length: count }, (): [string, string | null] => {
    const key = pool[next(pool.length)] as string;
    if (next(10) < deletes) return [key, null];
    return [key, toHex(Uint8Array.from({ length: next(12) }, () => next(256)))];
  });
  // Half of the versions as a chain writes them: each key once, sorted.
  if (next(2) === 0) return ops;
  return [...new Map(ops).entries()].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** One history with our roots, our proofs as claims, and whether ics23 may accept each. */
function play(seed: number) {
  const next = numbers(seed);
  const pool = keyPool(next);
  const initial = next(5) === 0 ? 1 + next(1000) : 1;
  const engine = new TreeEngine(testPlatform);
  const versions: [string, string | null][][] = [];
  const claims: { version: number; key: string; value: string | null; proof: string }[] = [];
  const roots: string[] = [];
  const content = new Map<string, string>();
  let root = NIL;
  for (let i = 0; i < 2 + next(10); i++) {
    const ops = randomVersion(next, pool);
    versions.push(ops);
    engine.begin(initial + i);
    for (const [key, value] of ops) {
      const bytes = Buffer.from(key, "hex");
      if (value === null) content.delete(key);
      else content.set(key, value);
      root =
        value === null
          ? engine.remove(root, bytes)
          : engine.set(root, bytes, Buffer.from(value, "hex"));
    }
    engine.end();
    roots.push(toHex(engine.hashTree(root)));
    if (root === NIL) continue;
    for (const key of [
      must(pool[next(pool.length)], "key"),
      must(pool[0], "key"),
      `${pool[0]}00`,
    ]) {
      const proof = toHex(proveKey(engine, root, Buffer.from(key, "hex")));
      claims.push({ version: initial + i, key, value: content.get(key) ?? null, proof });
    }
  }
  const history: OracleHistory = { initial, versions, claims };
  return { seed, history, roots };
}

/** What our own verifier says to a claim. */
function ownVerdict(root: string, claim: OracleHistory["claims"][number]): string | undefined {
  const [rootBytes, proof, key] = [root, claim.proof, claim.key].map((hex) =>
    Buffer.from(hex, "hex"),
  );
  const of = [testPlatform, IAVL_SPEC, must(rootBytes, "root"), must(proof, "proof")] as const;
  if (claim.value === null) return checkAbsence(...of, must(key, "key"));
  return checkPresence(...of, must(key, "key"), Buffer.from(claim.value, "hex"));
}

/** Whether a leaf of the proof has no value: ics23 refuses those. */
function holdsEmptyLeaf(proof: string): boolean {
  const { exist, nonexist } = CommitmentProof.decode(Buffer.from(proof, "hex"));
  const leaves = [exist, nonexist?.left, nonexist?.right];
  return leaves.some((leaf) => leaf !== undefined && leaf.value.length === 0);
}

const test = suite("oracle: cosmos/iavl and ics23");
const oracle = buildOracle();

if ("missing" in oracle) {
  console.log(`left out: ${HISTORIES} histories against cosmos/iavl, because ${oracle.missing}.`);
  test("the same histories against the reference tree", () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + Math.min(HISTORIES, 500); seed++) {
      const { history, roots } = play(seed);
      const reference = new ReferenceTree();
      for (const [i, ops] of history.versions.entries()) {
        for (const [key, value] of ops) {
          if (value === null) reference.delete(Buffer.from(key, "hex"));
          else reference.set(Buffer.from(key, "hex"), Buffer.from(value, "hex"));
        }
        assert.is(roots[i], reference.commit(history.initial + i).toString("hex"), `seed ${seed}`);
      }
    }
  });
} else {
  test(`${HISTORIES} random histories from seed ${FIRST_SEED}`, () => {
    let [roots, accepted, empty] = [0, 0, 0];
    for (let at = 0; at < HISTORIES; at += BATCH) {
      const count = Math.min(BATCH, HISTORIES - at);
      const plays = Array.from({ length: count }, (_, i) => play(FIRST_SEED + at + i));
      const answers = askOracle(
        oracle.path,
        plays.map(({ history }) => history),
      );
      for (const [i, { seed, history, roots: ours }] of plays.entries()) {
        const answer = must(answers[i], "an answer");
        assert.equal(ours, answer.roots, `seed ${seed}: roots`);
        roots += ours.length;
        for (const [c, claim] of history.claims.entries()) {
          const what = `seed ${seed}, version ${claim.version}, key ${claim.key}`;
          assert.is(claim.proof, answer.proofs[c], what);
          const reason = must(answer.claims[c], "a verdict");
          const root = must(ours[claim.version - history.initial], "root");
          assert.is(ownVerdict(root, claim) === undefined, reason === "", `${what}: our verifier`);
          if (reason === "") accepted += 1;
          else {
            // Only an empty leaf, as the key itself or as a neighbour, may be refused.
            empty += 1;
            assert.ok(holdsEmptyLeaf(claim.proof), `${what}: ${reason}`);
          }
        }
      }
    }
    assert.ok(accepted > 2 * empty, `${accepted} proofs accepted, ${empty} with an empty leaf`);
    const title = "cosmos/iavl 1.2.6 and ics23 0.11, a history being 2 to 11 versions of a tree";
    printTable(
      title,
      ["what", "count"],
      [
        ["random histories", HISTORIES],
        ["roots equal to Go's", roots],
        ["proofs equal to Go's byte by byte", accepted + empty],
        ["of these accepted by ics23 and by our verifier", accepted],
        ["of these refused by both (a leaf with an empty value)", empty],
      ],
    );
  });
}

test.run();
