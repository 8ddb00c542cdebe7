// YAML text to a small tree of texts, lists and mappings, with places. The tree keeps what was
// written: `1.10`, `0x10` and `yes` stay text, and only the reader of a field decides what they
// are. Rules are those of YAML 1.1 as Go's yaml.v3 applies them, since that is what SDL files are
// written for; where that package and npm `yaml` differ, the difference is handled here.

import type { Document, Node, Pair, Scalar } from "yaml";
import { Composer, isAlias, isMap, isScalar, isSeq, Parser, visit } from "yaml";
import { clip } from "./problems.ts";
import type { Position, Problems } from "./problems.ts";
import { cleanSource, Lines } from "./source.ts";

/** A scalar: its text after unquoting and folding. `plain` when it was written without quotes. */
export interface TextNode {
  readonly kind: "text";
  readonly text: string;
  readonly plain: boolean;
  readonly alias: boolean;
  readonly at: Position;
}

/** A sequence. */
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
  readonly alias: boolean;
  readonly at: Position;
}

/** A mapping, with duplicate and merge keys still in it. */
export interface MapNode {
  readonly kind: "map";
  readonly entries: readonly MapEntry[];
  readonly alias: boolean;
  readonly at: Position;
}

/** One `key: value` of a mapping. */
export interface MapEntry {
  readonly key: TextNode;
  readonly value: YamlNode;
}

/** Any node. */
export type YamlNode = TextNode | ListNode | MapNode;

/** Deepest nesting that is read; SDL needs ten levels. */
const MAX_DEPTH = 64;
/** Most syntax errors that are told: the first ones cause the rest. */
const MAX_SYNTAX_ERRORS = 20;
/** Longest sentence of the YAML library that is told, characters: it quotes the file. */
const MAX_SENTENCE = 300;
/** Most quoted scalars that are re-indented in one file. */
const MAX_REPAIRS = 50;

/** Parses the first document of a file; undefined when its syntax is wrong or it is empty. */
export function parseYaml(source: string | Uint8Array, problems: Problems): YamlNode | undefined {
  const text = cleanSource(source, problems);
  if (text === undefined || problems.errors.length > 0) return undefined;
  const parsed = compose(text);
  const lines = new Lines(parsed.text, parsed.padding);
  if (parsed.document === undefined) {
    problems.error("", lines.at(0), "the file is empty");
    return undefined;
  }
  reportSyntax(parsed.document, lines, problems);
  reportTabs(parsed.document, parsed.text, lines, problems);
  if (problems.errors.length > 0) return undefined;
  const node = new TreeBuilder(lines, problems).build(parsed.document.contents, 0);
  if (node.kind === "text" && node.plain && /^(|~|null|Null|NULL)$/.test(node.text)) {
    problems.error("", lines.at(0), "the first YAML document is empty");
  }
  if (problems.errors.length > 0) return undefined;
  if (parsed.next !== undefined) {
    problems.warn(
      "",
      lines.at(parsed.next),
      "only the first YAML document is read, the rest is not",
    );
  }
  return node;
}

interface Composed {
  readonly text: string;
  readonly padding: ReadonlyMap<number, number>;
  readonly document: Document.Parsed | undefined;
  /** Offset of a second document. */
  readonly next: number | undefined;
}

/** Composes, and composes again after indenting quoted scalars that Go accepts and npm does not. */
function compose(text: string): Composed {
  const padding = new Map<number, number>();
  for (let repairs = 0; ; repairs++) {
    const documents = new Composer({
      schema: "failsafe",
      version: "1.1",
      keepSourceTokens: true,
      uniqueKeys: false,
    }).compose(new Parser().parse(text));
    const document = documents.next().value as Document.Parsed | undefined;
    const repaired =
      document === undefined || repairs === MAX_REPAIRS
        ? undefined
        : indentQuoted(text, document, padding);
    if (repaired === undefined) {
      const second = document === undefined ? undefined : documents.next().value;
      const next = (second as Document.Parsed | undefined)?.range[0];
      return { text, padding, document, next };
    }
    text = repaired;
  }
}

/**
 * A quoted scalar may go on at any column for libyaml and Go; npm `yaml` wants it indented deeper
 * than its parent. Leading blanks of its further lines are no part of its value, so adding some
 * changes nothing but columns, which `padding` corrects.
 */
function indentQuoted(
  text: string,
  document: Document.Parsed,
  padding: Map<number, number>,
): string | undefined {
  const error = document.errors.find(
    (each) => each.code === "MISSING_CHAR" && each.message.startsWith("Missing closing"),
  );
  if (error === undefined) return undefined;
  let start = -1;
  visit(document, {
    Scalar(_key, scalar) {
      const quoted = scalar.type === "QUOTE_SINGLE" || scalar.type === "QUOTE_DOUBLE";
      const offset = scalar.range?.[0] ?? -1;
      if (quoted && offset <= error.pos[0] && offset > start) start = offset;
    },
  });
  const end = start < 0 ? -1 : closingQuote(text, start);
  if (end < 0) return undefined;
  const width = start - (text.lastIndexOf("\n", start - 1) + 1) + 1;
  const [first, ...rest] = text.slice(start, end).split("\n");
  if (rest.length === 0 || rest.some((line) => /^(---|\.\.\.)(\s|$)/.test(line))) return undefined;
  let number = text.slice(0, start).split("\n").length;
  const indented = rest.map((line) => {
    number++;
    const missing = width - (/^ */.exec(line)?.[0].length ?? 0);
    if (line.trim() === "" || missing <= 0) return line;
    padding.set(number, (padding.get(number) ?? 0) + missing);
    return " ".repeat(missing) + line;
  });
  if (indented.every((line, index) => line === rest[index])) return undefined;
  return text.slice(0, start) + [first, ...indented].join("\n") + text.slice(end);
}

/** Offset just before the quote that closes the one at `start`; -1 when there is none. */
function closingQuote(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i++) {
    if (quote === '"' && text[i] === "\\") i++;
    else if (text[i] === quote) {
      if (quote === '"' || text[i + 1] !== "'") return i;
      i++;
    }
  }
  return -1;
}

function reportSyntax(document: Document.Parsed, lines: Lines, problems: Problems): void {
  const exhausted = document.errors.find((error) => error.code === "RESOURCE_EXHAUSTION");
  if (exhausted !== undefined) {
    problems.error("", lines.at(exhausted.pos[0]), "nested too deeply to be read");
    return;
  }
  for (const error of document.errors.slice(0, MAX_SYNTAX_ERRORS)) {
    const sentence = error.message.split(/ at line |\n/)[0] ?? error.code;
    problems.error("", lines.at(error.pos[0]), `not YAML: ${sentence.slice(0, MAX_SENTENCE)}`);
  }
  const version = document.directives.yaml;
  if (version.explicit === true && version.version !== "1.1") {
    const named = clip(version.version);
    problems.error("", lines.at(0), `%YAML ${named} is refused: SDL is YAML 1.1`);
  }
}

/** A line of blanks with a tab among them, outside of scalars, is an error for Go and unseen by npm. */
function reportTabs(
  document: Document.Parsed,
  text: string,
  lines: Lines,
  problems: Problems,
): void {
  const matches = [...text.matchAll(/^ *\t[ \t]*$/gm)];
  if (matches.length === 0) return;
  const ranges: (readonly [number, number])[] = [];
  visit(document, {
    Scalar(_key, scalar) {
      if (scalar.range !== undefined && scalar.range !== null) {
        ranges.push([scalar.range[0], scalar.range[1]]);
      }
    },
  });
  for (const { index } of matches) {
    if (!ranges.some(([from, to]) => from < index && index < to)) {
      problems.error("", lines.at(index), "a tab cannot be used for indentation, write blanks");
    }
  }
}

/** Tags that say what a node is anyway. `!` and `!!str` make a plain scalar text. */
const STRING_TAGS = new Set(["!", "tag:yaml.org,2002:str"]);
const COLLECTION_TAGS = new Set(["!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"]);

class TreeBuilder {
  private readonly anchors = new Map<string, YamlNode | "open">();
  private readonly lines: Lines;
  private readonly problems: Problems;

  constructor(lines: Lines, problems: Problems) {
    this.lines = lines;
    this.problems = problems;
  }

  build(node: Node | null, depth: number, fallback = 0): YamlNode {
    const at = this.lines.at(node?.range?.[0] ?? fallback);
    const empty: TextNode = { kind: "text", text: "", plain: true, alias: false, at };
    if (node === null) return empty;
    if (depth > MAX_DEPTH) {
      this.problems.error("", at, `nested deeper than ${MAX_DEPTH} levels`);
      return empty;
    }
    if (isAlias(node)) return this.resolve(node.source, at) ?? empty;
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor !== undefined) this.anchors.set(anchor, "open");
    const built = this.collect(node, depth, at) ?? empty;
    if (anchor !== undefined) this.anchors.set(anchor, built);
    return built;
  }

  private resolve(name: string, at: Position): YamlNode | undefined {
    const target = this.anchors.get(name);
    if (target === undefined || target === "open") {
      const why = target === undefined ? "has no anchor before it" : "stands inside its own anchor";
      this.problems.error("", at, `the alias *${name} ${why}`);
      return undefined;
    }
    return { ...target, alias: true, at };
  }

  private collect(node: Node, depth: number, at: Position): YamlNode | undefined {
    if (isScalar(node)) return this.scalar(node, at);
    this.checkTag(node, COLLECTION_TAGS, at);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item as Node | null, depth + 1));
      return { kind: "list", items, alias: false, at };
    }
    if (!isMap(node)) return undefined;
    const entries: MapEntry[] = [];
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const key = this.build(pair.key, depth + 1, node.range?.[0]);
      const end = pair.key?.range?.[1] ?? node.range?.[0];
      const value = this.build(pair.value, depth + 1, end);
      if (key.kind === "text") entries.push({ key, value: atKey(key, value) });
      else this.problems.error("", key.at, "a key must be a text, not a list or mapping");
    }
    return { kind: "map", entries, alias: false, at };
  }

  private scalar(node: Scalar, at: Position): TextNode {
    this.checkTag(node, STRING_TAGS, at);
    const plain = node.type === "PLAIN" && node.tag === undefined;
    return { kind: "text", text: String(node.value ?? ""), plain, alias: false, at };
  }

  private checkTag(node: Node, allowed: ReadonlySet<string>, at: Position): void {
    const tag = (node as { tag?: string }).tag;
    if (tag !== undefined && !allowed.has(tag)) {
      this.problems.error("", at, `the tag ${tag} is not used in SDL`);
    }
  }
}

/** What begins below its key, or is empty, is found where the key stands. */
function atKey(key: TextNode, value: YamlNode): YamlNode {
  const empty = value.kind === "text" && value.plain && value.text === "";
  return empty || (value.kind !== "text" && value.at.line > key.at.line)
    ? { ...value, at: key.at }
    : value;
}
