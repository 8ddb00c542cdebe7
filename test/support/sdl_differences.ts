// The differences from the Go implementation that are meant, as docs/sdl-differences.md lists them:
// two tables whose rows tests read.

import { readFileSync } from "node:fs";

/** One row: a file, what Go says, what we say, why. */
export interface Difference {
  readonly file: string;
  readonly go: string;
  readonly here: string;
  readonly reason: string;
}

/** Rows of both tables. */
export interface Differences {
  /** Files of the corpus outside of the project. */
  readonly corpus: readonly Difference[];
  /** Files under test/vectors/sdl. */
  readonly own: readonly Difference[];
}

/** Reads the document. */
export function readDifferences(): Differences {
  const text = readFileSync("docs/sdl-differences.md", "utf8");
  const section = (title: string): Difference[] => {
    const body = text.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
    const rows = body.split("\n").filter((line) => line.startsWith("| `"));
    return rows.map((row) => {
      const [, file = "", go = "", here = "", reason = ""] = row
        .split("|")
        .map((cell) => cell.trim());
      return { file: file.replaceAll("`", ""), go, here, reason };
    });
  };
  return { corpus: section("Files of the corpus"), own: section("Inputs") };
}
