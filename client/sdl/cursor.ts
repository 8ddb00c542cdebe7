// A place in the tree together with its path, and the ways to read it. Every reader reports what
// it cannot take and goes on with a default, so that one pass finds all problems of a file.

import { looksTyped, parseYamlUint32 } from "./numbers.ts";
import { clip, TooLarge } from "./problems.ts";
import type { Position, Problems } from "./problems.ts";
import type { MapEntry, MapNode, TextNode, YamlNode } from "./yaml.ts";

/** Most nodes that are visited: aliases let a small file describe a huge one. */
const MAX_VISITS = 200_000;

/** What all cursors of one file share. */
export interface Reading {
  readonly problems: Problems;
  /** Whether unknown keys are errors (SDL 3.0) or warnings (2.x, where Go ignores them). */
  strict: boolean;
  visits: number;
}

/** How a mapping is read: `strict` makes unknown keys errors whatever the version. */
export interface FieldOptions {
  readonly strict?: boolean;
  /** Keys known from elsewhere, with the sentence that says what to do instead. */
  readonly hints?: Readonly<Record<string, string>>;
}

/** One node with its path. */
export class Cursor {
  readonly node: YamlNode;
  readonly path: string;
  readonly reading: Reading;

  constructor(reading: Reading, node: YamlNode, path: string) {
    if (++reading.visits > MAX_VISITS) throw new TooLarge(`more than ${MAX_VISITS} nodes`);
    this.reading = reading;
    this.node = node;
    this.path = path;
  }

  get at(): Position {
    return this.node.at;
  }

  /** Reports an error at this node. */
  error(message: string): void {
    this.reading.problems.error(this.path, this.node.at, message);
  }

  /** Reports a warning at this node. */
  warn(message: string): void {
    this.reading.problems.warn(this.path, this.node.at, message);
  }

  /** Whether nothing, `~` or `null` stands here. */
  get isNull(): boolean {
    return isNullNode(this.node);
  }

  /** Whether `[]` stands here. */
  get isEmptyList(): boolean {
    return this.node.kind === "list" && this.node.items.length === 0;
  }

  /** The scalar text as written, whatever it looks like; undefined for null and non-scalars. */
  raw(expected: string): string | undefined {
    if (this.node.kind === "text") return this.isNull ? undefined : this.node.text;
    this.error(`expected ${expected}, found a ${this.node.kind === "list" ? "list" : "mapping"}`);
    return undefined;
  }

  /** A text field; null reads as "". Warns of texts that look like something else. */
  text(quiet = false): string {
    const text = this.raw("a text") ?? "";
    if (
      !quiet &&
      this.node.kind === "text" &&
      this.node.plain &&
      !this.isNull &&
      looksTyped(text)
    ) {
      this.warn(`${text} is kept as the text "${text}"; quote it to say so`);
    }
    return text;
  }

  /** An unsigned 32-bit integer; null reads as 0, quoted numbers are refused as in Go. */
  uint32(): number | undefined {
    const text = this.raw("a whole number");
    if (text === undefined) return this.isNull ? 0 : undefined;
    if (!(this.node as TextNode).plain) {
      this.error(`"${clip(text)}" is a text, write the number without quotes`);
      return undefined;
    }
    const integer = parseYamlUint32(text);
    if (integer === undefined) {
      this.error(`${clip(text)} is not a whole number from 0 to 4294967295`);
      return undefined;
    }
    if (integer.oddity !== undefined) this.warn(integer.oddity);
    return Number(integer.value);
  }

  /** true or false; also yes, on, y and their opposites, as YAML 1.1 has them. Null reads as false. */
  bool(): boolean {
    const text = this.raw("true or false");
    if (text === undefined) return false;
    if ((this.node as TextNode).plain && /^(true|True|TRUE)$/.test(text)) return true;
    if ((this.node as TextNode).plain && /^(false|False|FALSE)$/.test(text)) return false;
    const word = /^(y|Y|yes|on)$/.test(text)
      ? true
      : /^(n|N|no|off)$/.test(text)
        ? false
        : undefined;
    if (word === undefined) this.error(`"${clip(text)}" is neither true nor false`);
    else this.warn(`${text} is read as ${word}; write ${word}`);
    return word ?? false;
  }

  /** Items of a list, null items dropped with a warning; undefined for null. */
  items(): Cursor[] | undefined {
    if (this.isNull) return undefined;
    if (this.node.kind !== "list") {
      this.error(`expected a list, found a ${this.node.kind === "map" ? "mapping" : "text"}`);
      return undefined;
    }
    const cursors: Cursor[] = [];
    for (const [index, item] of this.node.items.entries()) {
      const cursor = new Cursor(this.reading, item, `${this.path}[${index}]`);
      if (cursor.isNull) cursor.warn("an empty item is dropped");
      else cursors.push(cursor);
    }
    return cursors;
  }

  /** Texts of a list; undefined for null. */
  texts(quiet = false): string[] | undefined {
    return this.items()?.map((item) => item.text(quiet));
  }

  /** Entries of a mapping with free keys; undefined for null. `merge` applies `<<`. */
  entries(merge = true): [name: string, value: Cursor, key: TextNode][] | undefined {
    if (this.isNull) return undefined;
    if (this.node.kind !== "map") {
      this.error(`expected a mapping, found a ${this.node.kind}`);
      return undefined;
    }
    return this.unique(merge ? this.merged(this.node, 0) : this.node.entries).map(
      ({ key, value }) => [
        key.text,
        new Cursor(this.reading, value, joinPath(this.path, key.text)),
        key,
      ],
    );
  }

  /** Fields of a mapping with known keys. Unknown ones are reported; null gives no fields. */
  fields<Name extends string>(
    known: readonly Name[],
    options: FieldOptions = {},
  ): Partial<Record<Name, Cursor>> {
    const fields: Partial<Record<Name, Cursor>> = {};
    for (const [name, value, key] of this.entries(options.strict !== true) ?? []) {
      if ((known as readonly string[]).includes(name)) fields[name as Name] = value;
      else this.unknown(name, key.at, known, options);
    }
    return fields;
  }

  private unknown(
    name: string,
    at: Position,
    known: readonly string[],
    options: FieldOptions,
  ): void {
    const hint = options.hints?.[name];
    const near = hint === undefined ? nearest(name, known) : undefined;
    const advice =
      hint ?? (near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`);
    const path = joinPath(this.path, name);
    const strict = options.strict === true || this.reading.strict;
    const sentence = `unknown key ${clip(name)}${strict ? "" : " is ignored"} (${advice})`;
    if (strict) this.reading.problems.error(path, at, sentence);
    else this.reading.problems.warn(path, at, sentence);
  }

  /** Drops null keys with a warning and reports duplicate ones. */
  private unique(entries: readonly MapEntry[]): MapEntry[] {
    const seen = new Map<string, MapEntry>();
    for (const entry of entries) {
      const { key } = entry;
      const path = joinPath(this.path, key.text);
      if (isNullNode(key)) {
        this.reading.problems.warn(this.path, key.at, "an entry without a key is dropped");
      } else if (seen.has(key.text)) {
        const first = (seen.get(key.text) as MapEntry).key.at.line;
        this.reading.problems.error(
          path,
          key.at,
          `the key stands here twice (first in line ${first})`,
        );
      } else seen.set(key.text, entry);
    }
    return [...seen.values()];
  }

  /** Own entries, then those of `<<` that are not overridden. */
  private merged(map: MapNode, depth: number): readonly MapEntry[] {
    const own = map.entries.filter(({ key }) => !isMergeKey(key));
    if (own.length === map.entries.length) return own;
    const names = new Set(own.map(({ key }) => key.text));
    const all = [...own];
    for (const { key, value } of map.entries) {
      if (!isMergeKey(key)) continue;
      const sources = value.kind === "list" ? value.items : [value];
      for (const source of sources) {
        if (source.kind !== "map" || depth > 8) {
          this.reading.problems.error(joinPath(this.path, "<<"), key.at, "<< needs a mapping");
          continue;
        }
        for (const entry of this.merged(source, depth + 1)) {
          if (names.has(entry.key.text)) continue;
          names.add(entry.key.text);
          all.push(entry);
        }
      }
    }
    return all;
  }
}

function isMergeKey(key: TextNode): boolean {
  return key.plain && key.text === "<<";
}

function isNullNode(node: YamlNode): boolean {
  return node.kind === "text" && node.plain && /^(|~|null|Null|NULL)$/.test(node.text);
}

/** `a.b`; the root has no name. */
export function joinPath(path: string, name: string): string {
  return path === "" ? clip(name) : `${path}.${clip(name)}`;
}

/** The known key at edit distance 1 or 2 of a mistyped one. */
function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = name.length > 4 ? 3 : 2;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Edits that turn one text into the other; swapped neighbours count as two. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
