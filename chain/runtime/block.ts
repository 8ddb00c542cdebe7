// The stages of FinalizeBlock: clocks, PreBlock, BeginBlock, transactions, EndBlock.

import type {
  ExecTxResult,
  RequestFinalizeBlock,
  ResponseFinalizeBlock,
  ValidatorUpdate,
} from "../codec/gen/tendermint/abci.ts";
import { EMPTY_BYTES } from "../base/bytes.ts";
import { verifyAhead } from "./ahead.ts";
import { toAbciEvents, toTxResult, toValidatorUpdate } from "./abci.ts";
import type { Branches } from "./branches.ts";
import { BranchContext } from "./context.ts";
import type { ContextEnv } from "./context.ts";
import { BlockGas, Execution, UNDECODABLE } from "./execute.ts";
import type { ExecuteNeeds } from "./execute.ts";
import type { AppParts, ClockReading } from "./parts.ts";
import type { Transaction } from "./transaction.ts";
import type { AppModule, Attribute, ValidatorChange } from "./types.ts";

/** What a block runs on. */
export interface BlockBase {
  /** Receives all changes of the block. */
  readonly branches: Branches;
  readonly env: (clock: ClockReading) => ContextEnv;
  readonly decode: (bytes: Uint8Array) => Transaction | undefined;
}

/**
 * Runs a block on `base.branches`. The answer's app hash is left empty for the caller. Whatever a
 * block stage throws stops the node: due items contain their own failures.
 */
export function runBlock(
  parts: AppParts,
  needs: ExecuteNeeds,
  request: RequestFinalizeBlock,
  base: BlockBase,
): ResponseFinalizeBlock {
  const clock = parts.chain.advance(base.branches, request.time.seconds);
  const env = base.env(clock);
  // Joined by literals: as arguments of push a hundred thousand events would end the call stack.
  let events: ReturnType<typeof toAbciEvents> = [];
  for (const [stage, order, mode] of [
    ["preBlock", parts.order.preBlock, undefined],
    ["beginBlock", parts.order.beginBlock, { key: "mode", value: "BeginBlock" }],
  ] as const)
    events = [...events, ...runStage(base, env, order, stage, mode).events];
  const txResults = runTransactions(parts, needs, request.txs, base, env);
  const end = runStage(base, env, parts.order.endBlock, "endBlock", {
    key: "mode",
    value: "EndBlock",
  });
  return {
    events: [...events, ...end.events],
    txResults,
    validatorUpdates: end.validators,
    consensusParamUpdates: parts.consensus.params(base.branches),
    appHash: EMPTY_BYTES,
  };
}

function runStage(
  base: BlockBase,
  env: ContextEnv,
  order: readonly AppModule[],
  stage: "preBlock" | "beginBlock" | "endBlock",
  mark: Attribute | undefined,
): { events: ReturnType<typeof toAbciEvents>; validators: ValidatorUpdate[] } {
  const ctx = new BranchContext(env, "block", base.branches);
  const changes: ValidatorChange[] = [];
  for (const module of order) changes.push(...(module[stage]?.(ctx) ?? []));
  return { events: toAbciEvents(ctx.events, mark), validators: changes.map(toValidatorUpdate) };
}

function runTransactions(
  parts: AppParts,
  needs: ExecuteNeeds,
  txs: readonly Uint8Array[],
  base: BlockBase,
  env: ContextEnv,
): ExecTxResult[] {
  const blockGas = new BlockGas(parts.consensus.params(base.branches).block?.maxGas ?? 0n);
  const decoded = txs.map((bytes) => base.decode(bytes));
  verifyAhead(new BranchContext(env, "deliver", base.branches), decoded, needs.ante);
  const results = decoded.map((tx) => {
    if (tx === undefined) return toTxResult(UNDECODABLE);
    return toTxResult(new Execution(env, "deliver", base.branches, needs).run(tx, blockGas));
  });
  needs.ante.memo.settle();
  return results;
}
