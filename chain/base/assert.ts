/** A bug in this program: something that cannot be false was false. Never caused by input. */
export class BugError extends Error {
  override readonly name = "BugError";
}

/** Asserts what cannot be false. Stays on in production; the sentence carries the values. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new BugError(sentence);
}

/** Ends a switch over a union: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new BugError(`unreachable: ${String(value)}`);
}

/** Gives back a value that must be there, or stops with a bug that names it. */
export function must<T>(value: T | undefined, sentence: string): T {
  if (value === undefined) throw new BugError(sentence);
  return value;
}
