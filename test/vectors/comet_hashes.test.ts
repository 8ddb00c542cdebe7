// Every hash, sign byte and proposer rotation that CometBFT 0.38.25 computed for 360 random objects.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../chain/base/bytes.ts";
import { parseTime } from "../../chain/base/time.ts";
import { ExecTxResult } from "../../chain/codec/gen/tendermint/abci.ts";
import {
  Block,
  Commit,
  DuplicateVoteEvidence,
  Header,
} from "../../chain/codec/gen/tendermint/types.ts";
import {
  commitHash,
  dataHash,
  evidenceHash,
  headerHash,
  partSet,
  txProofs,
} from "../../chain/node/comet/header.ts";
import { leafHash, verifyMerkleProof } from "../../chain/crypto/merkle.ts";
import { consensusHash } from "../../chain/node/comet/params.ts";
import { resultsHash } from "../../chain/runtime/index.ts";
import { newValidatorSet, proposerOf, rotate, validatorsHash } from "../../chain/node/comet/validators.ts";
import { BlockIDFlag, checkCommit, commitSignBytes } from "../../chain/node/comet/votes.ts";
import { fastPlatform } from "../../chain/node/platform.ts";

const platform = fastPlatform(() => undefined);
const file = new URL("../../../test/vectors/wire/comet.jsonl.gz", import.meta.url);
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Row = { readonly [key: string]: any };
const rows = gunzipSync(readFileSync(file))
  .toString("utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Row);

function bytes(hex: string): Uint8Array {
  const value = fromHex(hex);
  if (value === undefined) throw new Error(`${hex} is not hex`);
  return value;
}

function of(kind: string): readonly Row[] {
  const found = rows.filter((row) => row["kind"] === kind);
  assert.is(found.length, 60, `60 rows of ${kind}`);
  return found;
}

const test = suite("comet hashes");

test("validator sets: order, hash and twelve rotations", () => {
  for (const row of of("validator_set")) {
    let set = newValidatorSet(
      platform,
      row["validators"].map((v: Row) => ({ key: bytes(v["ed25519"]), power: BigInt(v["power"]) })),
    );
    assert.is(toHex(validatorsHash(platform, set)), row["hash"]);
    assert.is(set.total.toString(), row["total_power"]);
    assert.equal(
      set.list.map((v) => toHex(v.address)),
      row["order"],
    );
    for (const [turn, expected] of row["proposers"].entries()) {
      if (turn > 0) set = rotate(set, 1);
      assert.is(toHex(proposerOf(set).address), expected.address);
      assert.is(proposerOf(set).priority.toString(), expected.priority);
    }
  }
});

test("consensus parameters", () => {
  for (const row of of("consensus_params")) {
    const hash = consensusHash(platform, BigInt(row["max_bytes"]), BigInt(row["max_gas"]));
    assert.is(toHex(hash), row["hash"]);
  }
});

test("results", () => {
  for (const row of of("results")) {
    const results = (row["results"] ?? []).map((r: Row) =>
      ExecTxResult.create({
        code: r["code"],
        data: bytes(r["data"] ?? ""),
        gasWanted: BigInt(r["gas_wanted"]),
        gasUsed: BigInt(r["gas_used"]),
        log: "not hashed",
      }),
    );
    assert.is(toHex(resultsHash(platform, results)), row["hash"]);
  }
});

test("commits: proto form, hash and sign bytes of each vote", () => {
  for (const row of of("commit")) {
    const commit = Commit.decode(bytes(row["proto"]));
    assert.is(toHex(Commit.encode(commit)), row["proto"]);
    assert.is(toHex(commitHash(platform, commit)), row["hash"]);
    for (const [index, vote] of row["votes"].entries()) {
      assert.is(commit.signatures[index]?.blockIdFlag, vote.flag);
      if (vote.flag === BlockIDFlag.ABSENT) continue;
      assert.is(toHex(commitSignBytes(row["chain_id"], commit, index)), vote.sign_bytes);
    }
  }
});

test("commits: signatures of the validators verify, a changed one does not", () => {
  const sets = new Map<string, Row>();
  for (const row of of("validator_set")) for (const v of row["validators"]) sets.set(v.address, v);
  const row = of("commit").find((r) => r["votes"].every((v: Row) => sets.has(v["address"])));
  if (row === undefined) throw new Error("no commit whose validators are known");
  const set = newValidatorSet(
    platform,
    row["votes"].map((vote: Row) => {
      const v = sets.get(vote["address"]) as Row;
      return { key: bytes(v["ed25519"]), power: BigInt(v["power"]) };
    }),
  );
  const commit = Commit.decode(bytes(row["proto"]));
  const id = commit.blockId;
  const short = checkCommit(platform, row["chain_id"], set, id, commit);
  assert.ok(short === undefined || /power/.test(short), short);
  assert.match(checkCommit(platform, "another", set, id, commit) ?? "", /signature 0 is wrong/);
});

test("evidence", () => {
  for (const row of of("evidence")) {
    const list = (row["evidence"] ?? []).map((e: Row) => ({
      duplicateVoteEvidence: DuplicateVoteEvidence.decode(bytes(e["proto"])),
    }));
    assert.is(toHex(evidenceHash(platform, list)), row["hash"]);
  }
});

test("blocks: data hash, proofs, header hash and parts", () => {
  let whole = 0;
  for (const row of of("block")) {
    const header = Header.decode(bytes(row["header_proto"]));
    assert.is(toHex(Header.encode(header)), row["header_proto"]);
    assert.is(toHex(headerHash(platform, header)), row["header_hash"]);
    assert.equal(header.time, parseTime(row["time"]));
    if (row["txs_sizes_only"] === undefined) {
      const txs = ((row["txs"] ?? []) as string[]).map(bytes);
      assert.is(toHex(dataHash(platform, txs)), row["data_hash"]);
      const proof = row["tx_proof"];
      if (proof !== null && proof !== undefined) checkProof(txs, proof);
    }
    if (row["proto"] === undefined) continue;
    whole++;
    const block = Block.decode(bytes(row["proto"]));
    assert.is(toHex(Block.encode(block)), row["proto"]);
    const parts = partSet(platform, bytes(row["proto"]));
    assert.is(parts.total, row["parts_total"]);
    assert.is(toHex(parts.hash), row["parts_hash"]);
    assert.is(toHex(evidenceHash(platform, block.evidence.evidence)), toHex(header.evidenceHash));
    assert.is(toHex(commitHash(platform, block.lastCommit as Commit)), toHex(header.lastCommitHash));
  }
  assert.ok(whole > 20, `${whole} whole blocks`);
});

function checkProof(txs: readonly Uint8Array[], expected: Row): void {
  const { root, proofs } = txProofs(platform, txs);
  const proof = proofs[Number(expected["index"])];
  if (proof === undefined) throw new Error("no proof at that index");
  assert.is(toHex(root), expected["root"]);
  assert.is(toHex(proof.leafHash), expected["leaf_hash"]);
  assert.equal(proof.aunts.map(toHex), expected["aunts"] ?? []);
  const leaf = platform.sha256(txs[Number(expected["index"])] as Uint8Array);
  assert.is(toHex(leafHash(platform, leaf)), expected["leaf_hash"]);
  assert.ok(verifyMerkleProof(platform, root, leaf, proof));
  assert.not.ok(verifyMerkleProof(platform, root, platform.sha256(leaf), proof));
}

test.run();
