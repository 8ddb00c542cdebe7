// SDL files: the YAML reader and everything behind it, to the plan that messages are made from.

import { readdirSync, readFileSync } from "node:fs";
import { hashManifestText, inspectSdl } from "../../../client/sdl/index.ts";
import { toHex } from "../../../chain/base/bytes.ts";
import { canonicalJson } from "../../../client/sdl/index.ts";
import type { SdlReport } from "../../../client/sdl/index.ts";
import { must, requireSentence } from "../fuzzer.ts";
import type { Decoder } from "../fuzzer.ts";
import { retouched } from "../text.ts";
import type { Random } from "../../sim/random.ts";
import { textTarget } from "./text.ts";

const FOLDER = "test/vectors/sdl";
const TOKENS = [
  "\n  ",
  "<<: *x",
  "&x ",
  "*x",
  "null",
  "- ",
  ": ",
  "|\n",
  ">\n",
  "? ",
  "!!binary ",
].concat([
  "!!str ",
  "---\n",
  "...\n",
  "version",
  "9Ei",
  "1e9999",
  "{a: b}",
  "[a, b]",
  "'",
  '"',
  "services:\n",
]);

function checkReport(report: SdlReport): boolean {
  must(report.accepted === (report.errors.length === 0), () => "neither accepted nor refused");
  for (const problem of [...report.errors, ...report.blockers, ...report.warnings])
    requireSentence(problem.message);
  if (!report.accepted) return false;
  // The hash is that of the canonical text, and the text is the only one of its content.
  const text = canonicalJson(report.manifest);
  const hash = hashManifestText(text);
  must(hash !== undefined && toHex(hash) === report.manifestHash, () => `another hash of ${text}`);
  return true;
}

/** Decoders of this file. */
export const SDL_DECODERS: readonly Decoder[] = [
  {
    name: "sdl",
    what: "SDL files (YAML) to a plan",
    open: () => {
      const names = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));
      const texts = names.map((name) => readFileSync(`${FOLDER}/${name}`, "utf8"));
      const run = (text: string): boolean => checkReport(inspectSdl("mutation", text));
      const target = textTarget(texts, run, TOKENS);
      // A file is strict in many places: half of the inputs are only touched.
      const make = (random: Random): string =>
        random.chance(50) ? retouched(random.of(texts), random) : target.make(random);
      return { ...target, make };
    },
  },
];
