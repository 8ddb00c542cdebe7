// The form in which signature checks travel to the thread that does them: 129 bytes each.

/** One ECDSA check that a transaction will need: 33, 32 and 64 bytes. */
export interface SignatureJob {
  readonly key: Uint8Array;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
}

/** Bytes of one packed job: key, digest, signature. */
export const JOB_BYTES = 33 + 32 + 64;

/** Whether a job has the lengths that the curve asks for; others are refused without arithmetic. */
export function isWellFormed(job: SignatureJob): boolean {
  return job.key.length === 33 && job.digest.length === 32 && job.signature.length === 64;
}

/** Joins well-formed jobs. */
export function packJobs(jobs: readonly SignatureJob[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(jobs.length * JOB_BYTES);
  for (const [index, job] of jobs.entries()) {
    const offset = index * JOB_BYTES;
    packed.set(job.key, offset);
    packed.set(job.digest, offset + 33);
    packed.set(job.signature, offset + 65);
  }
  return packed;
}

/** Runs `verify` over packed jobs: 1 for good, 0 for bad, in order. */
export function verifyPacked(
  packed: Uint8Array,
  verify: (key: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.floor(packed.length / JOB_BYTES));
  for (let i = 0; i < out.length; i++) {
    const job = packed.subarray(i * JOB_BYTES, (i + 1) * JOB_BYTES);
    out[i] = verify(job.subarray(0, 33), job.subarray(33, 65), job.subarray(65)) ? 1 : 0;
  }
  return out;
}
