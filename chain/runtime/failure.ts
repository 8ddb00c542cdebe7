// What a thrown value means. Three outcomes (2-chain 2): a ChainError fails what the user asked
// for; a deterministic bug fails one transaction or queue item, loudly; a resource failure stops
// the node, because another node may not fail at the same depth.

import { ChainError, undefinedErrors } from "../base/errors.ts";
import { OutOfGasError } from "./gas.ts";

/** Called with every deterministic bug that was contained, for log and counter; tests rethrow. */
export type BugReporter = (error: unknown, where: string) => void;

/**
 * Whether the host ran out of something (call stack, memory, disk): such an error may strike one
 * node and spare another, so nothing may be concluded from it. A RangeError of arithmetic
 * (division by zero, BigInt too big) is the same everywhere and is not one.
 */
export function isResourceFailure(error: unknown): boolean {
  if (error instanceof ChainError) return false;
  if (!(error instanceof Error)) return false;
  if (error instanceof RangeError)
    return /call stack|allocation|memory|array length|string length/i.test(error.message);
  return "syscall" in error || error.name === "StoreError";
}

/** Whether `attempt` may turn this error into a value: a ChainError that is not out of gas. */
export function isRefusal(error: unknown): error is ChainError {
  return error instanceof ChainError && !(error instanceof OutOfGasError);
}

/** One line about any thrown value, without its stack. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** An error that no module registered, as Go's plain errors come out: undefined/1. */
export function undefinedError(text: string): ChainError {
  return new ChainError(undefinedErrors.internal.codespace, undefinedErrors.internal.code, text);
}
