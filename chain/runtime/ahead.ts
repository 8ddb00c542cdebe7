// Signatures of a block that nobody has looked at: a helper thread verifies them while the main thread
// runs the transactions before them. Without a helper each is verified where it is needed; the verdicts
// are the same, since each comes from the pure function verify(key, digest, signature).

import { signatureJobs } from "./ante_signatures.ts";
import type { AnteNeeds } from "./ante_types.ts";
import type { SignatureCheck } from "./signatures.ts";
import type { Transaction } from "./transaction.ts";
import type { Context } from "./types.ts";

/** Fewer checks are done before another thread has woken up. */
const WORTH_IT = 8;

/** Begins the checks of these transactions that no verdict is known of; `memo.settle()` ends that. */
export function verifyAhead(
  ctx: Context,
  txs: readonly (Transaction | undefined)[],
  needs: AnteNeeds,
): void {
  const { helper } = ctx.platform;
  if (helper === undefined) return;
  const checks: SignatureCheck[] = [];
  const ids: string[] = [];
  for (const tx of txs) {
    if (tx === undefined || tx.wasVerified) continue;
    for (const check of foreseen(ctx, tx, needs)) {
      const { key, digest, signature } = check;
      if (key.length !== 33 || digest.length !== 32 || signature.length !== 64) continue;
      const id = tx.checkId(ctx.platform, check);
      if (needs.memo.has(id)) continue;
      checks.push(check);
      ids.push(id);
    }
  }
  if (checks.length >= WORTH_IT) needs.memo.expect(ids, helper.verify(checks));
}

/** A hint may fail without harm: the transaction meets the same fault when it runs, and it is told there. */
function foreseen(ctx: Context, tx: Transaction, needs: AnteNeeds): readonly SignatureCheck[] {
  try {
    return signatureJobs(ctx, tx, needs);
  } catch {
    return [];
  }
}
