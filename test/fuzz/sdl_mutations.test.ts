// Mutations of our own SDL files: whatever comes in, the reader answers with findings or a plan and
// throws nothing. Seeds are fixed; a failing one is printed and can be run again alone.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inspectSdl } from "../../client/sdl/index.ts";

const FOLDER = "test/vectors/sdl";
const ROUNDS = Number(process.env["SDL_FUZZ_ROUNDS"] ?? "40");

/** A small generator of 32-bit numbers (xorshift). */
function randomOf(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const TOKENS = [
  ..."[]{}:,-'\"|>&*!%@`#?~\t\n\r ",
  "\n  ",
  "<<: *x",
  "&x ",
  "*x",
  "null",
  "true",
  "0x1F",
  "1e9999",
  "-1",
  "99999999999999999999",
  "\u2028",
  "\ud800",
  "__proto__",
  "constructor",
  "toString",
  "version",
  "9Ei",
  "---\n",
  "...\n",
];

function mutate(
  text: string,
  random: (limit: number) => number,
  others: readonly string[],
): string {
  let mutated = text;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(mutated.length + 1);
    const length = random(12);
    const kind = random(5);
    const donor = others[random(others.length)] as string;
    const from = random(donor.length + 1);
    const insert =
      kind === 0
        ? (TOKENS[random(TOKENS.length)] as string)
        : kind === 1
          ? donor.slice(from, from + 1 + random(80))
          : kind === 2
            ? String.fromCharCode(random(128))
            : "";
    const cut = kind >= 2 ? length : 0;
    mutated = mutated.slice(0, at) + insert + mutated.slice(at + cut);
    if (kind === 4) {
      const lines = mutated.split("\n");
      const [line] = lines.splice(random(lines.length), 1);
      if (line !== undefined) lines.splice(random(lines.length + 1), 0, line);
      mutated = lines.join("\n");
    }
  }
  return mutated;
}

/** Another digit for a digit, another small letter for a letter: often still a right file. */
function retouch(text: string, random: (limit: number) => number): string {
  for (let tries = 0; tries < 50; tries++) {
    const at = random(text.length);
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57;
    if (!digit && !(code >= 97 && code <= 122)) continue;
    const other = digit ? String(1 + random(9)) : String.fromCharCode(97 + random(26));
    return text.slice(0, at) + other + text.slice(at + 1);
  }
  return text;
}

const fuzz = suite("sdl mutations");

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));
const texts = files.map((name) => readFileSync(`${FOLDER}/${name}`, "utf8"));

fuzz("every mutation gives a report, and some are still accepted", () => {
  let accepted = 0;
  let total = 0;
  for (const [index, text] of texts.entries()) {
    for (let round = 0; round < ROUNDS; round++) {
      const seed = index * 100_003 + round + 1;
      const random = randomOf(seed);
      const source = round % 4 === 0 ? mutate(text, random, texts) : retouch(text, random);
      const bytes = round % 5 === 0 ? new TextEncoder().encode(source) : source;
      try {
        const report = inspectSdl("mutation", bytes);
        assert.is(report.accepted, report.errors.length === 0);
        if (report.accepted) accepted++;
      } catch (error) {
        throw new Error(`${files[index]} with seed ${seed}: ${String(error)}\n${source}`, {
          cause: error,
        });
      }
      total++;
    }
  }
  const share = accepted / total;
  process.stdout.write(`${total} mutations, ${Math.round(share * 100)} % accepted\n`);
  assert.ok(share >= 0.1, `only ${share} of the mutations were accepted`);
});

fuzz("hostile shapes", () => {
  const deep = 10_000;
  const laughs = ["a0: &a0 [x, x]"];
  for (let level = 1; level < 40; level++) {
    laughs.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(8)}]`);
  }
  const services = Array.from({ length: 60 }, (_, index) => `  s${index}: *s`).join("\n");
  const exposes = Array.from({ length: 90 }, () => "      - *e").join("\n");
  const receivers = "{global: true}, ".repeat(90);
  const template =
    `version: "2.0"\nx: &e {port: 80, to: [${receivers}]}\n` +
    "services:\n  s: &s\n    image: i\n    expose:\n";
  const hostile = [
    "[".repeat(deep),
    "{a: ".repeat(deep),
    "- ".repeat(deep),
    `${"? ".repeat(deep)}a`,
    Array.from({ length: deep }, (_, index) => `${" ".repeat(index % 500)}a:`).join("\n"),
    laughs.join("\n"),
    `${template}${exposes}\n${services}\n`,
    "x".repeat((1 << 20) + 1),
    `version: "2.0"\nservices: {${"a: &a {image: *a}, ".repeat(3000)}}`,
    `version: "${"2".repeat(50_000)}"`,
    `version: "2.0"\nservices: {w: {args: ['${"''".repeat(100_000)}']}}`,
    "'".repeat(50_001),
    `a: 'b\n${"c\n".repeat(20_000)}`,
    "",
    "\0",
    "\ufeff",
    "%YAML 9.9\n---\na: b",
    "%TAG ! tag:x,1:\n---\n!a b: c",
  ];
  for (const [index, source] of hostile.entries()) {
    const started = performance.now();
    const report = inspectSdl(`hostile ${index}`, source);
    const ms = performance.now() - started;
    assert.not(report.accepted, `hostile ${index}`);
    assert.ok(report.errors.length > 0 && report.errors.length <= 500, `hostile ${index}`);
    assert.ok(ms < 10_000, `hostile ${index} took ${ms} ms`);
  }
});

fuzz.run();
