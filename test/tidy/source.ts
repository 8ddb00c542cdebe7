// Reads the repository's own text for the tidy test: files, code without comments and strings,
// import lines and functions. No compiler API: the formatter makes the text regular enough.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the checkout (this file runs from build/test/tidy). */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** One source file of the repository. */
export interface Source {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** The text with comments, strings and regular expressions blanked, line for line. */
  readonly code: readonly string[];
  readonly imports: readonly Import[];
}

/** One import or re-export. */
export interface Import {
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Path from the root for relative imports, else undefined. */
  readonly target: string | undefined;
}

/** Every file that git tracks or would track, except what the build or others make. */
export function repositoryFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return [...new Set(listed.split("\n").filter((path) => path.length > 0))].sort();
}

/** The text of one file. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

const LITERALS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?{};\n+]\s*|return\s)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])*\/[dgimsuvy]*/g;

function blank(text: string): string {
  return text.replace(LITERALS, (match) => match.replace(/[^\n]/g, " "));
}

const IMPORT = /(?:^|\n)(?:import|export)\s(?:[^"';]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/g;

function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = (match[1] ?? match[2]) as string;
    const line = text.slice(0, match.index + match[0].length).split("\n").length;
    const target = specifier.startsWith(".")
      ? normalize(join(dirname(path), specifier))
      : undefined;
    return { line, specifier, target };
  });
}

/** Reads one TypeScript file. */
export function readSource(path: string): Source {
  const text = readText(path);
  const lines = text.split("\n");
  return { path, text, lines, code: blank(text).split("\n"), imports: importsOf(path, text) };
}

/** A function found by its first line and the closing brace of the same indentation. */
export interface FoundFunction {
  readonly line: number;
  readonly length: number;
}

const FUNCTION_START =
  /^(\s*)(?:export )?(?:default )?(?:async )?(?:function\b|(?:(?:public|private|protected|static|override|readonly|async|get|set|\*) ?)*[#\w$]+(?:<.*>)?\(.*\)(?::.*)? \{$|(?:const|let) \w+.*=> \{$|.*=> \{$)/;

/** Functions of a formatted file: enough to hold their length against the limit. */
export function functionsOf(source: Source): FoundFunction[] {
  const found: FoundFunction[] = [];
  for (const [index, line] of source.code.entries()) {
    const match = FUNCTION_START.exec(line);
    if (match === null || /^\s*(?:if|for|while|switch|catch)\b/.test(line)) continue;
    const indent = match[1] as string;
    const end = source.code.findIndex(
      (other, at) => at > index && other.startsWith(`${indent}}`) && !/^\s*\}[^;),\s]/.test(other),
    );
    if (end > index) found.push({ line: index + 1, length: end - index + 1 });
  }
  return found;
}
