/** One place in the code that protects something, and how to switch it off. */
export interface Guard {
  /** Short name, as in `make mutate ONLY=name`. */
  readonly name: string;
  /** Source file below the repository's root. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly source: string;
  /** What stands there when the guard is off; never something that means the same. */
  readonly replacement: string;
  /** What the guard protects, in a few words. */
  readonly protects: string;
  /** Test files (below test/, without .test.ts) of which every one must go red. */
  readonly tests: readonly string[];
}
