// What is wrong with an SDL file, each with the place where it stands.

/** A place in the source: both count from 1; a column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One finding: the path of the key (`services.web.expose[0].port`), its place, one sentence. */
export interface Problem extends Position {
  readonly path: string;
  readonly message: string;
}

/** The only error that this parser throws: for callers that ask for a result or an exception. */
export class SdlError extends Error {
  override readonly name = "SdlError";
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((problem) => formatProblem(file, problem)).join("\n"));
    this.problems = problems;
  }
}

/** `file:line:column: path: sentence`, the form that editors and terminals make clickable. */
export function formatProblem(file: string, problem: Problem): string {
  const path = problem.path === "" ? "" : `${problem.path}: `;
  return `${file}:${problem.line}:${problem.column}: ${path}${problem.message}`;
}

/** Most findings kept per kind: a hostile file must not fill the memory with sentences. */
const MAX_PROBLEMS = 500;

/** Ends the reading of a file whose aliases would make it grow without bound. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** Collects errors and warnings of one file. */
export class Problems {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];

  /** Adds an error: the file is refused. */
  error(path: string, at: Position, message: string): void {
    add(this.errors, path, at, message);
  }

  /** Adds a warning: the file is taken, but something in it is surely not what was meant. */
  warn(path: string, at: Position, message: string): void {
    add(this.warnings, path, at, message);
  }
}

function add(list: Problem[], path: string, at: Position, message: string): void {
  if (list.length >= MAX_PROBLEMS) return;
  const known = list.some(
    (other) => other.line === at.line && other.column === at.column && other.message === message,
  );
  if (!known) list.push({ path, line: at.line, column: at.column, message });
}

/** Order of findings: by place, then as found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** At most 60 characters of a text, for messages. */
export function clip(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
