// A reader for the part of TOML that configuration files use: tables, bare and quoted keys, strings,
// integers, booleans and arrays of strings on one or more lines. Anything else is refused with its line.

/** A value of a configuration file. */
export type TomlValue = string | bigint | boolean | readonly string[];

/** One assignment: its full key (`rpc.laddr`), value and line (from 1). */
export interface TomlEntry {
  readonly key: string;
  readonly value: TomlValue;
  readonly line: number;
}

const KEY = /^(?:[A-Za-z0-9_-]{1,100}|"[^"\\]{1,100}")$/;
/** What no string may hold as it is. Source: TOML 1.0, basic and literal strings. */
const CONTROL = /(?![\t\u0080-\u009f])\p{Cc}/u;
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  t: "\t",
  r: "\r",
  '"': '"',
  "\\": "\\",
};

/** Cuts a comment off, minding strings. */
function withoutComment(line: string): string {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (quote === '"' && char === "\\") i++;
    else if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "#") return line.slice(0, i);
  }
  return line;
}

function parseString(text: string): string | undefined {
  if (CONTROL.test(text)) return undefined;
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
  if (!/^"(?:[^"\\]|\\["\\bfntr]|\\u[0-9a-fA-F]{4})*"$/.test(text)) return undefined;
  const value = text
    .slice(1, -1)
    .replace(/\\(?:u(.{4})|(.))/g, (_, code: string | undefined, char: string) =>
      code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
    );
  return value.isWellFormed() ? value : undefined;
}

function parseArray(text: string): readonly string[] | undefined {
  const items = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^,\s]+/g) ?? [];
  const values = items.map(parseString);
  return values.some((value) => value === undefined) ? undefined : (values as string[]);
}

function parseValue(text: string): TomlValue | undefined {
  if (text === "true" || text === "false") return text === "true";
  if (/^[+-]?(?:0|[1-9](?:_?[0-9])*)$/.test(text)) return BigInt(text.replace(/[_+]/g, ""));
  return text.startsWith("[") && text.endsWith("]") ? parseArray(text) : parseString(text);
}

function fail(file: string, line: number, what: string): never {
  throw new Error(`${file} line ${line}: ${what}`);
}

/** Reads a file's text. Throws: Error that names `file`, the line and what is wrong. */
export function parseToml(text: string, file: string): readonly TomlEntry[] {
  const entries: TomlEntry[] = [];
  const seen = new Set<string>();
  let table = "";
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const number = i + 1;
    let line = withoutComment(lines[i] ?? "").trim();
    if (line === "") continue;
    if (line.startsWith("[")) {
      const name = /^\[\s*([A-Za-z0-9_.-]{1,100})\s*\]$/.exec(line)?.[1];
      table = name ?? fail(file, number, `${line.slice(0, 100)} is not a table name`);
      continue;
    }
    const equals = line.indexOf("=");
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (equals < 0 || !KEY.test(name)) fail(file, number, "expected key = value");
    if (/^\s*\[/.test(line.slice(equals + 1)))
      while (!line.endsWith("]") && i + 1 < lines.length)
        line += ` ${withoutComment(lines[++i] ?? "").trim()}`;
    const value = parseValue(line.slice(equals + 1).trim());
    if (value === undefined) fail(file, number, `the value of ${name} is not understood`);
    const key = (table === "" ? "" : `${table}.`) + name.replaceAll('"', "");
    if (seen.has(key)) fail(file, number, `${key} is set twice`);
    seen.add(key);
    entries.push({ key, value, line: number });
  }
  return entries;
}
