// Tidy: the house rules, enforced over the repository's own text. Each rule is one test; a fault
// names file and line. CONTRIBUTING.md lists the rules for people.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importFaults, isConsensus, floorOf, MODULE_ORDER } from "./tidy/floors.ts";
import { functionsOf, readSource, readText, repositoryFiles, ROOT } from "./tidy/source.ts";
import type { Source } from "./tidy/source.ts";

const FILE_LINES = 400;
const FUNCTION_LINES = 70;
const LINE_COLUMNS = 120;

const files = repositoryFiles().filter((path) => existsSync(join(ROOT, path)));
const sources = files
  .filter((path) => path.endsWith(".ts") && !path.startsWith("chain/codec/gen/"))
  .map(readSource);
const consensus = sources.filter((source) => isConsensus(source.path));

const tidy = suite("tidy");

function none(faults: readonly string[]): void {
  assert.is(faults.length, 0, `\n  ${faults.slice(0, 40).join("\n  ")}`);
}

/** Every line of code (comments and strings blanked) that matches. */
function grep(among: readonly Source[], pattern: RegExp, why: string): string[] {
  return among.flatMap((source) =>
    source.code.flatMap((line, index) =>
      pattern.test(line)
        ? [`${source.path}:${index + 1} ${why}: ${source.lines[index]?.trim()}`]
        : [],
    ),
  );
}

tidy("imports only go down, through doors, in order", () => {
  none(sources.flatMap(importFaults));
});

tidy("modules/order.ts declares the same order", () => {
  const text = readText("modules/order.ts");
  const named = [...text.matchAll(/"([a-z]+)"/g)].map((match) => match[1]);
  assert.equal(named, [...MODULE_ORDER]);
});

tidy("consensus code is synchronous and sees no host", () => {
  const words =
    /\b(async|await|Promise|Date|Intl|localeCompare|WeakRef|FinalizationRegistry)\b|Math\.random/;
  none(grep(consensus, words, "not in consensus code"));
});

tidy("try stands only where failures are decided", () => {
  const allowed = ["chain/runtime/", "chain/crypto/", "chain/base/bytes.ts"];
  const others = consensus.filter(
    (source) => !allowed.some((prefix) => source.path.startsWith(prefix)),
  );
  none(grep(others, /\btry\s*\{/, "use ctx.attempt"));
});

tidy("numbers are whole and sorted on purpose", () => {
  const others = consensus.filter((source) => source.path !== "chain/base/integers.ts");
  none(grep(others, /\.sort\(\)/, "sort needs a comparator"));
  none(grep(others, /\b(?:Math\.(?:pow|exp|log|sin|cos|sqrt|cbrt)|parseFloat)\b/, "no floats"));
  const modules = others.filter((source) => !source.path.startsWith("chain/store/"));
  none(grep(modules, /(?<!Math\.(?:floor|ceil|trunc)\(.*)\s\/\s/, "divide by floorDiv or ceilDiv"));
});

tidy("modules use no unchecked non-null", () => {
  const modules = sources.filter((source) => source.path.startsWith("modules/"));
  none(grep(modules, /[\w\])]!(?:[.;,)\]]|\s*$)/, "use must()"));
});

tidy("files, functions and lines have a bound", () => {
  const faults: string[] = [];
  for (const source of sources) {
    if (source.lines.length > FILE_LINES + 1)
      faults.push(`${source.path}: ${source.lines.length} lines, ${FILE_LINES} at most`);
    for (const found of functionsOf(source)) {
      if (found.length > FUNCTION_LINES && !source.path.endsWith(".test.ts")) {
        faults.push(
          `${source.path}:${found.line}: function of ${found.length} lines, ${FUNCTION_LINES} at most`,
        );
      }
    }
    for (const [index, line] of source.lines.entries()) {
      if (
        line.length > LINE_COLUMNS &&
        !/https?:|"[^"]{60,}"|`[^`]{60,}`|^\s*\/.*\/[a-z]*;?$/.test(line)
      ) {
        faults.push(`${source.path}:${index + 1}: ${line.length} columns`);
      }
    }
  }
  none(faults);
});

tidy("every export has a doc comment", () => {
  const exported =
    /^export (?:abstract )?(?:async )?(?:function\*?|class|const|interface|type) (\w+)/;
  const faults: string[] = [];
  for (const source of sources) {
    if (floorOf(source.path) === undefined) continue;
    const seen = new Set<string>();
    for (const [index, line] of source.lines.entries()) {
      const name = exported.exec(line)?.[1];
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      if (!/\*\/\s*$/.test(source.lines[index - 1] ?? ""))
        faults.push(`${source.path}:${index + 1} ${name}`);
    }
  }
  none(faults);
});

tidy("a file of more than 60 lines opens with what lives in it", () => {
  const faults = sources
    .filter((source) => floorOf(source.path) !== undefined && source.lines.length > 60)
    .filter((source) => !/^(\/\/|\/\*|#!)/.test(source.text))
    .map((source) => source.path);
  none(faults);
});

const MODULE_FILES = /^(README\.md|(?:msgs|queries|blocks|keeper)\/[a-z_0-9]+\.ts|[a-z_0-9]+\.ts)$/;
const VAGUE = /(^|\/)(utils?|helpers?|common|manager|misc|data|info|shared)\.ts$/;

tidy("files have names that say what is in them", () => {
  none(files.filter((path) => VAGUE.test(path)));
  const inModules = files.filter((path) => /^modules\/[^/]+\/.+/.test(path));
  none(inModules.filter((path) => !MODULE_FILES.test(path.replace(/^modules\/[^/]+\//, ""))));
  none(sources.map((source) => source.path).filter((path) => !/^[a-z0-9_./]+$/.test(path)));
});

const README_HEADINGS = [
  "Concepts",
  "State",
  "Transitions",
  "Messages",
  "Blocks",
  "Hooks",
  "Events",
  "Params",
  "Errors",
  "Queries",
  "Invariants",
];

tidy("a module's README is its spec: the same headings in the same order", () => {
  const modules = new Set(
    files.flatMap((path) => /^modules\/([^/]+)\/module\.ts$/.exec(path)?.[1] ?? []),
  );
  const faults: string[] = [];
  for (const name of modules) {
    const path = `modules/${name}/README.md`;
    if (!files.includes(path)) {
      faults.push(`${path} is missing`);
      continue;
    }
    const headings = [...readText(path).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    if (headings.join() !== README_HEADINGS.join())
      faults.push(`${path}: headings are ${headings.join(", ")}`);
  }
  none(faults);
});

tidy("each codespace is declared once and its codes ascend", () => {
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const source of consensus) {
    for (const match of source.text.matchAll(/defineErrors\(\s*"(\w+)",\s*\{([\s\S]*?)\n\}\)/g)) {
      const [, codespace, body] = match as unknown as [string, string, string];
      if (owners.has(codespace))
        faults.push(`${codespace} in ${source.path} and ${owners.get(codespace)}`);
      owners.set(codespace, source.path);
      const codes = [...body.matchAll(/:\s*\[\s*(\d+),/g)].map((found) => Number(found[1]));
      const ascending = codes.every(
        (code, index) => index === 0 || code > (codes[index - 1] as number),
      );
      if (!ascending) faults.push(`${source.path}: codes of ${codespace} do not ascend`);
    }
  }
  none(faults);
});

tidy("every test file really runs", () => {
  const tests = sources.filter((source) => source.path.endsWith(".test.ts"));
  none(tests.filter((source) => !/\.run\(\)/.test(source.text)).map((source) => source.path));
});

tidy("auditors and recounts import nothing from modules", () => {
  const independent =
    /^test\/(?:sim\/(?:auditor|\w*_model)|support\/\w*_model|dev\/recount)[\w]*\.ts$/;
  const faults = sources
    .filter((source) => independent.test(source.path))
    .flatMap((source) =>
      source.imports
        .filter((found) => /^(?:modules|chain\/(?:app|runtime|store))\//.test(found.target ?? ""))
        .map((found) => `${source.path}:${found.line} ${found.specifier}`),
    );
  none(faults);
});

tidy("tests on published clients do not import ours", () => {
  const faults = sources
    .filter((source) =>
      /^(?:test\/node\/\w*cosmjs\w*\.test\.ts|client\/examples\/send\.ts)$/.test(source.path),
    )
    .flatMap((source) =>
      source.imports
        .filter((found) => found.target?.startsWith("client/"))
        .map((found) => `${source.path}:${found.line} ${found.specifier}`),
    );
  none(faults);
});

tidy("no unfinished business", () => {
  const marks = new RegExp(
    `\\b(?:${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`,
  );
  const faults = sources.flatMap((source) =>
    source.lines.flatMap((line, index) =>
      marks.test(line) ? [`${source.path}:${index + 1} ${line.trim()}`] : [],
    ),
  );
  none(faults);
});

tidy("each source file is reached from somewhere", () => {
  const targets = new Set(sources.flatMap((source) => source.imports.map((found) => found.target)));
  const entry =
    /^(?:proto\/|test\/|chain\/cli\/(?:main|bundle)\.ts|client\/(?:index|examples\/\w+(?:\/page)?)\.ts|chain\/node\/(?:\w+_)?worker\.ts|.*\.d\.ts)|^chain\/\w+\/index\.ts$/;
  none(
    sources.map((source) => source.path).filter((path) => !entry.test(path) && !targets.has(path)),
  );
});

tidy("each page has one first heading, each decision is in the index", () => {
  const pages = files.filter((path) => path.endsWith(".md"));
  const faults = pages.filter((path) => {
    const text = readText(path).replace(/^```[\s\S]*?^```/gm, "");
    return [...text.matchAll(/^# /gm)].length !== 1;
  });
  none(faults);
  const index = readText("docs/adr/README.md");
  const records = pages.filter((path) => /^docs\/adr\/\d{4}-/.test(path));
  none(records.filter((path) => !index.includes(path.replace("docs/adr/", ""))));
});

tidy("the list of dependencies is pinned and explained", () => {
  const pack = JSON.parse(readText("package.json")) as Record<string, Record<string, string>>;
  const reasons = readText("CONTRIBUTING.md");
  const faults: string[] = [];
  for (const [name, version] of Object.entries({
    ...pack["dependencies"],
    ...pack["devDependencies"],
  })) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) faults.push(`${name} is not pinned exactly: ${version}`);
    if (!reasons.includes(`\`${name}\``)) faults.push(`${name} has no reason in CONTRIBUTING.md`);
  }
  none(faults);
});

tidy.run();
