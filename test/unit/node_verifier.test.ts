// Signatures on another thread: the same verdicts as on this one, whatever the jobs; a thread that is
// not there, or dies, holds nobody up.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SILENT } from "../../chain/node/log.ts";
import { fastPlatform } from "../../chain/node/platform.ts";
import { packJobs, verifyPacked } from "../../chain/node/verify/packing.ts";
import type { SignatureJob } from "../../chain/node/verify/packing.ts";
import { INLINE_VERIFIER, WorkerVerifier } from "../../chain/node/verify/verifier.ts";

const platform = fastPlatform(() => undefined);
const SCRIPT = new URL("../../chain/node/signature_worker.js", import.meta.url);
const test = suite("signature worker");

function jobs(count: number): SignatureJob[] {
  return Array.from({ length: count }, (_, i) => {
    const secret = new Uint8Array(32).fill(1 + (i % 7));
    const digest = new Uint8Array(32).fill(i);
    const signature = secp256k1.sign(digest, secret, { prehash: false });
    if (i % 3 === 1) signature[40] = (signature[40] ?? 0) ^ 1;
    return { key: secp256k1.getPublicKey(secret), digest, signature };
  });
}

function verdictHere({ key, digest, signature }: SignatureJob): boolean {
  return platform.verifySecp256k1(key, digest, signature);
}

test("packed jobs give the verdicts of single ones", () => {
  const all = jobs(9);
  const verdicts = [...verifyPacked(packJobs(all), platform.verifySecp256k1)];
  assert.equal(
    verdicts,
    all.map((job) => (verdictHere(job) ? 1 : 0)),
  );
});

test("workers teach the verdicts that the platform gives", async () => {
  const learnt = new Map<SignatureJob, boolean>();
  const verifier = new WorkerVerifier(
    (job, verdict) => learnt.set(job, verdict),
    2,
    SCRIPT,
    SILENT,
  );
  const all = jobs(150);
  const odd = { ...(all[0] as SignatureJob), signature: new Uint8Array(63) };
  await Promise.all(all.map((job) => verifier.prepare([job, odd])));
  assert.is(learnt.size, 150);
  for (const job of all) assert.is(learnt.get(job), verdictHere(job));
  await verifier.close();
  await verifier.prepare(jobs(1));
});

test("one job alone does not wait for others", async () => {
  const verifier = new WorkerVerifier(() => undefined, 1, SCRIPT, SILENT);
  for (const job of jobs(3)) await verifier.prepare([job]);
  await verifier.close();
});

test("a thread that cannot start leaves the work to the caller", async () => {
  const missing = new URL("./not_there.js", SCRIPT);
  const verifier = new WorkerVerifier(() => undefined, 1, missing, SILENT);
  await verifier.prepare(jobs(2));
  await verifier.close();
  await INLINE_VERIFIER.prepare(jobs(1));
});

test.run();
