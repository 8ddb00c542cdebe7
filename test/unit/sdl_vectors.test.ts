// SDL files of our own with written expectations. In a file, a comment `# E: text` says that this
// line has an error that contains the text, `# W: text` a warning; there may be no others. What
// cannot stand in a comment (bytes, hashes, units, conversions) stands in expected.json.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { inspectSdl, readSdl, SdlError } from "../../client/sdl/index.ts";
import type { Problem, SdlReport } from "../../client/sdl/index.ts";
import { readDifferences } from "../support/sdl_differences.ts";

const FOLDER = "test/vectors/sdl";

interface Expected {
  /** Findings of files in which comments cannot say it. */
  readonly errors?: readonly (readonly [line: number, text: string])[];
  readonly version?: string;
  /** Manifest as Go would print it, written by hand; its canonical form is hashed. */
  readonly manifest?: unknown;
  readonly manifestHash?: string;
  /** Per group: name, and per unit id, count, and what else is of interest. */
  readonly groups?: unknown;
  readonly specs?: unknown;
  readonly settings?: unknown;
  readonly conversions?: readonly string[];
  readonly ceilingPerHour?: string;
}

const expected = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8")) as Record<
  string,
  Expected
>;
const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .sort();

const vectors = suite("sdl vectors");

function markers(text: string, letter: "E" | "W"): (readonly [line: number, text: string])[] {
  const found: (readonly [number, string])[] = [];
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const comment = / # [EW]: /.exec(line);
    if (comment === null) continue;
    for (const part of line.slice(comment.index).split(/ # (?=[EW]: )/)) {
      if (part.startsWith(`${letter}: `)) found.push([index + 1, part.slice(3).trim()]);
    }
  }
  return found;
}

/** Each expectation takes one finding of its line; none may be left on either side. */
function compare(
  file: string,
  what: string,
  problems: readonly Problem[],
  wanted: readonly (readonly [number, string])[],
): void {
  const left = [...problems];
  for (const [line, text] of wanted) {
    const index = left.findIndex((each) => each.line === line && each.message.includes(text));
    const there = problems.map(
      (each) => `${each.line}:${each.column} ${each.path}: ${each.message}`,
    );
    assert.ok(
      index >= 0,
      `${file}: no ${what} "${text}" in line ${line}; there is\n${there.join("\n")}`,
    );
    left.splice(index, 1);
  }
  const rest = left.map((each) => `${each.line}:${each.column} ${each.path}: ${each.message}`);
  assert.is(rest.length, 0, `${file}: unexpected ${what}\n${rest.join("\n")}`);
}

/** Whether everything in `part` stands in `whole` (objects may hold more). */
function contains(whole: unknown, part: unknown, path: string): void {
  if (Array.isArray(part)) {
    assert.is((whole as unknown[]).length, part.length, `${path}: length`);
    for (const [index, item] of part.entries()) {
      contains((whole as unknown[])[index], item, `${path}[${index}]`);
    }
  } else if (typeof part === "object" && part !== null) {
    for (const [key, item] of Object.entries(part)) {
      contains((whole as Record<string, unknown>)[key], item, `${path}.${key}`);
    }
  } else assert.equal(whole, part, path);
}

function checkForms(name: string, report: SdlReport, want: Expected): void {
  if (want.version !== undefined) assert.is(report.version, want.version);
  if (want.manifest !== undefined) assert.equal(report.manifest, want.manifest);
  if (want.manifestHash !== undefined) assert.is(report.manifestHash, want.manifestHash);
  if (want.groups !== undefined) contains(report.groups, want.groups, `${name} groups`);
  if (want.specs !== undefined) contains(report.groupSpecs, want.specs, `${name} groupSpecs`);
  if (want.settings !== undefined) contains(report.settings, want.settings, `${name} settings`);
  if (want.ceilingPerHour !== undefined) assert.is(report.ceilingPerHour, want.ceilingPerHour);
  if (want.conversions !== undefined) {
    assert.equal(
      report.conversions.map((each) => each.message),
      want.conversions,
    );
  }
}

for (const file of files) {
  vectors(file, () => {
    const name = file.replace(/\.yaml$/, "");
    const bytes = new Uint8Array(readFileSync(`${FOLDER}/${file}`));
    const text = new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-8").decode(bytes);
    const want = expected[name] ?? {};
    const report = inspectSdl(file, bytes);
    compare(file, "error", report.errors, [...markers(text, "E"), ...(want.errors ?? [])]);
    compare(file, "warning", report.warnings, markers(text, "W"));
    assert.is(report.accepted, report.errors.length === 0);
    if (report.accepted) {
      const plan = readSdl(bytes);
      assert.is(toHex(sha256(utf8(plan.manifest))), report.manifestHash);
      assert.is(toHex(plan.manifestHash), report.manifestHash);
    } else {
      assert.throws(
        () => readSdl(bytes),
        (error: unknown) =>
          error instanceof SdlError && error.problems.length === report.errors.length,
      );
    }
    checkForms(name, report, want);
    JSON.stringify(report);
  });
}

vectors("docs/sdl-differences.md lists exactly the files whose header says that Go differs", () => {
  const differing = files.filter((file) => {
    const text = readFileSync(`${FOLDER}/${file}`, "latin1");
    const go = /^# go: (accepted|refused|panics)$/m.exec(text.replaceAll("\r", "\n"))?.[1];
    const here = inspectSdl(file, new Uint8Array(readFileSync(`${FOLDER}/${file}`))).accepted;
    return go !== undefined && go !== (here ? "accepted" : "refused");
  });
  const listed = readDifferences().own;
  assert.equal(listed.map((each) => each.file).sort(), differing);
  for (const { file, reason } of listed) assert.ok(reason.length > 20, `${file} needs a reason`);
});

vectors("expected.json names only files that exist", () => {
  for (const name of Object.keys(expected)) assert.ok(files.includes(`${name}.yaml`), name);
  assert.ok(files.length >= 40, `${files.length} files`);
});

vectors.run();
