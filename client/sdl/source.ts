// Bytes or text of a file to clean text: byte order marks, line breaks, forbidden characters. Also
// turns offsets into lines and columns.

import type { Position, Problems } from "./problems.ts";

/** Largest file that is read, in bytes or UTF-16 units. Real files stay below 20 kB. */
export const MAX_SOURCE = 1 << 20;

const START: Position = { line: 1, column: 1 };

/** Text with every line break as one line feed, or undefined when there is no reading it. */
export function cleanSource(source: string | Uint8Array, problems: Problems): string | undefined {
  if (source.length > MAX_SOURCE) {
    problems.error(
      "",
      START,
      `the file has ${source.length} bytes, at most ${MAX_SOURCE} are read`,
    );
    return undefined;
  }
  const text = typeof source === "string" ? source : decode(source);
  if (text === undefined) {
    problems.error("", START, "the file is not valid UTF-8 (or UTF-16 with a byte order mark)");
    return undefined;
  }
  const clean = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  reportCharacters(clean, problems);
  return clean;
}

function decode(bytes: Uint8Array): string | undefined {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  try {
    return new TextDecoder(utf16 ?? "utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Characters that YAML forbids, and lone surrogates. */
const FORBIDDEN = new RegExp(
  "[\\0-\\x08\\x0B-\\x1F\\x7F-\\x84\\x86-\\x9F\\uFEFF\\uFFFE\\uFFFF]|" +
    "[\\uD800-\\uDBFF](?![\\uDC00-\\uDFFF])|(?<![\\uD800-\\uDBFF])[\\uDC00-\\uDFFF]",
  "g",
);
/** Characters that YAML 1.1 takes for line breaks and YAML 1.2 does not. */
const AMBIGUOUS_BREAK = /[\u0085\u2028\u2029]/g;

function reportCharacters(text: string, problems: Problems): void {
  const lines = new Lines(text);
  for (const match of text.matchAll(FORBIDDEN)) {
    problems.error("", lines.at(match.index), `${codePoint(match[0])} is not allowed in YAML`);
  }
  for (const match of text.matchAll(AMBIGUOUS_BREAK)) {
    problems.error(
      "",
      lines.at(match.index),
      `${codePoint(match[0])} ends a line for some YAML readers and not for others; ` +
        `write it as an escape in double quotes`,
    );
  }
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Finds the line and column of an offset. */
export class Lines {
  private readonly starts: number[] = [0];
  /** Blanks that were put in front of a line (by number, from 1) and do not count as columns. */
  private readonly padding: ReadonlyMap<number, number>;

  constructor(text: string, padding: ReadonlyMap<number, number> = new Map()) {
    this.padding = padding;
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) this.starts.push(i + 1);
  }

  /** The place of an offset. */
  at(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    const padding = this.padding.get(low + 1) ?? 0;
    return {
      line: low + 1,
      column: Math.max(1, offset - (this.starts[low] as number) - padding + 1),
    };
  }
}
