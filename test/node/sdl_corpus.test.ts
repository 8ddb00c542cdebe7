// SDL files as people published them, against what the Go implementation says of each: acceptance,
// version, manifest hash and groups. The files are other people's and lie outside of the project.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, utf8 } from "../../chain/base/bytes.ts";
import { canonicalJson, inspectSdl } from "../../client/sdl/index.ts";
import type { Json, SdlReport } from "../../client/sdl/index.ts";
import { readDifferences } from "../support/sdl_differences.ts";

const FOLDER = "../shared/data/sdl";

interface Verdict {
  readonly accepted: boolean;
  readonly error: string | null;
  readonly version: string | null;
  readonly manifest_hash: string | null;
  readonly groups: Json;
  readonly manifest: string | null;
}

const corpus = suite("sdl corpus");

if (!existsSync(FOLDER)) {
  corpus("the corpus is there", () => {
    const required = process.env["REQUIRE_SDL"] !== undefined || process.env["CI"] === "true";
    assert.not(required, `${FOLDER} is absent`);
    process.stdout.write(`left out: SDL corpus, ${FOLDER} is absent (skipped)\n`);
  });
} else {
  const oracle = JSON.parse(readFileSync(join(FOLDER, "go-oracle.json"), "utf8")) as Record<
    string,
    Verdict
  >;
  const reports = new Map<string, SdlReport>();
  const listed = new Set(readDifferences().corpus.map(({ file }) => file));
  const differing = new Set<string>();

  corpus("no file crashes the reader, every finding has a place", () => {
    for (const file of Object.keys(oracle)) {
      const report = inspectSdl(file, new Uint8Array(readFileSync(join(FOLDER, file))));
      reports.set(file, report);
      for (const { line, column, message } of [...report.errors, ...report.warnings]) {
        assert.ok(line >= 1 && column >= 1 && message !== "", `${file}: ${message}`);
      }
    }
    assert.ok(reports.size >= 250, `${reports.size} files`);
  });

  corpus("acceptance, version, hash and groups agree with Go, or the difference is listed", () => {
    const unlisted: string[] = [];
    let accepted = 0;
    for (const [file, report] of reports) {
      const fault = difference(report, oracle[file] as Verdict);
      if (report.accepted) accepted++;
      if (fault === undefined) continue;
      differing.add(file);
      if (!listed.has(file)) unlisted.push(`${file}: ${fault}`);
    }
    assert.is(unlisted.length, 0, `not in docs/sdl-differences.md:\n${unlisted.join("\n")}`);
    assert.ok(accepted >= 200, `only ${accepted} accepted`);
  });

  corpus("every listed difference is one", () => {
    for (const file of listed) assert.ok(differing.has(file), `${file} does not differ`);
  });

  corpus("prices are the written ones, and convert to the hour", () => {
    for (const [file, report] of reports) checkPrices(file, report);
  });

  corpus("fixtures: manifests and groups as the Go implementation's own files have them", () => {
    let fixtures = 0;
    for (const version of ["v2.0", "v2.1"]) {
      for (const name of readdirSync(join(FOLDER, "fixtures", version))) {
        const folder = join("fixtures", version, name);
        const read = (file: string): Json =>
          JSON.parse(readFileSync(join(FOLDER, folder, file), "utf8")) as Json;
        const report = reports.get(join(folder, "input.yaml")) as SdlReport;
        assert.is(canonicalJson(report.manifest), canonicalJson(read("manifest.json")), folder);
        assert.is(canonicalJson(report.groups), canonicalJson(read("group-specs.json")), folder);
        const digest = toHex(sha256(utf8(canonicalJson(read("manifest.json")))));
        assert.is(report.manifestHash, digest, folder);
        fixtures++;
      }
    }
    assert.is(fixtures, 9);
  });
}

function difference(report: SdlReport, verdict: Verdict): string | undefined {
  if (report.accepted !== verdict.accepted) {
    const why = report.errors.map((each) => `${each.line}: ${each.message}`).join("; ");
    return `accepted ${report.accepted}, Go ${verdict.accepted} (${verdict.error ?? why})`;
  }
  if (report.version !== verdict.version && report.accepted) {
    return `version ${report.version}, Go ${verdict.version}`;
  }
  if (!report.accepted) return undefined;
  if (canonicalJson(report.manifest) !== verdict.manifest) return "manifest";
  if (report.manifestHash !== verdict.manifest_hash) return "manifest hash";
  if (canonicalJson(report.groups) !== canonicalJson(verdict.groups)) return "groups";
  return undefined;
}

interface PricedUnit {
  readonly price: { readonly denom: string; readonly amount: string };
}

/** Recounts each converted price: the written amount * 600, rounded up. */
function checkPrices(file: string, report: SdlReport): void {
  if (!report.deployable) return;
  const written = report.groups as unknown as readonly {
    readonly resources: readonly PricedUnit[];
  }[];
  const specs = report.groupSpecs as unknown as readonly {
    readonly units: readonly PricedUnit[];
  }[];
  for (const [index, group] of written.entries()) {
    for (const [place, { price }] of group.resources.entries()) {
      const [whole = "", fraction = ""] = price.amount.split(".");
      const scaled = BigInt(whole + fraction) * 600n;
      const unit = 10n ** BigInt(fraction.length);
      const hourly = scaled % unit === 0n ? scaled / unit : scaled / unit + 1n;
      const got = specs[index]?.units[place]?.price;
      assert.equal(got, { denom: "uusd", amount: hourly.toString() }, file);
      const told = report.conversions.some(
        ({ kind, to }) => kind === "price" && to === `${hourly} uusd per hour`,
      );
      assert.ok(told, `${file}: the price was converted without a word`);
    }
  }
}

corpus.run();
