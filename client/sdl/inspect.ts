// One call from a file to everything that is known about it.

import { AwardSettings, GroupSpec } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Json as ProtoJson } from "../../chain/codec/types.ts";
import { checkDocument, resolveUses } from "./check.ts";
import type { Conversion, Converted, ConvertOptions } from "./convert.ts";
import { convert, LOCAL_OPTIONS } from "./convert.ts";
import type { Reading } from "./cursor.ts";
import { readDocument } from "./document.ts";
import { lint } from "./lint.ts";
import type { Json } from "./manifest.ts";
import { buildGroups, canonicalJson, groupsJson, hashManifest, manifestJson } from "./manifest.ts";
import type { Sdl } from "./model.ts";
import type { Problem } from "./problems.ts";
import { Problems, SdlError, sortProblems, TooLarge } from "./problems.ts";
import { parseYaml } from "./yaml.ts";
import { toHex } from "../../chain/base/bytes.ts";

/** An accepted file: what goes into messages, and what goes to the provider. */
export interface SdlPlan extends Converted {
  /** major.minor as parsed. */
  readonly version: string;
  /** Canonical manifest: exactly the text whose UTF-8 is hashed. */
  readonly manifest: string;
  /** SHA-256 of the manifest, 32 bytes. */
  readonly manifestHash: Uint8Array;
  /** Group specs in the form of Go's implementation, prices as written. */
  readonly goGroups: Json;
  readonly warnings: readonly Problem[];
}

/** What `sdl inspect` prints for one file; every value is plain JSON. */
export interface SdlReport {
  readonly path: string;
  /** Whether the file is right. */
  readonly accepted: boolean;
  /** Whether it can be deployed with these options: right, and everything in it was converted. */
  readonly deployable: boolean;
  readonly errors: readonly Problem[];
  /** What keeps a right file from being deployed here: a denom or an auditor without a match. */
  readonly blockers: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly conversions: readonly Conversion[];
  /** major.minor as parsed; null when there is none. */
  readonly version: string | null;
  /** Hex; null when refused, like all that follows. */
  readonly manifestHash: string | null;
  /** Group specs as written, in the form of Go's implementation. */
  readonly groups: Json;
  readonly manifest: Json;
  /** Group specs as this chain gets them: converted, prices in base units per hour and replica. */
  readonly groupSpecs: ProtoJson;
  readonly settings: ProtoJson;
  readonly denom: string | null;
  /** Most that the whole file may cost, base units per hour. */
  readonly ceilingPerHour: string | null;
}

type Outcome = Accepted | Refused;

interface Accepted {
  readonly plan: SdlPlan;
  readonly manifest: Json;
  readonly blockers: readonly Problem[];
}

interface Refused {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly version: string | undefined;
}

const NO_TYPES = { find: () => undefined };

/** Reads a file and tells everything about it, right or wrong. Never throws on account of the file. */
export function inspectSdl(
  path: string,
  source: string | Uint8Array,
  options: Partial<ConvertOptions> = {},
): SdlReport {
  const outcome = evaluate(source, { ...LOCAL_OPTIONS, ...options });
  if (!("plan" in outcome)) return refusal(path, outcome);
  const { plan, manifest, blockers } = outcome;
  const deployable = blockers.length === 0;
  return {
    path,
    accepted: true,
    deployable,
    errors: [],
    blockers,
    warnings: plan.warnings,
    conversions: plan.conversions,
    version: plan.version,
    manifestHash: toHex(plan.manifestHash),
    groups: plan.goGroups,
    manifest,
    groupSpecs: deployable ? plan.groups.map((group) => GroupSpec.toJson(group, NO_TYPES)) : null,
    settings: deployable ? AwardSettings.toJson(plan.settings, NO_TYPES) : null,
    denom: deployable ? plan.denom : null,
    ceilingPerHour: deployable ? plan.ceilingPerHour.toString() : null,
  };
}

function refusal(path: string, { errors, warnings, version }: Refused): SdlReport {
  return {
    path,
    accepted: false,
    deployable: false,
    errors,
    blockers: [],
    warnings,
    conversions: [],
    version: version ?? null,
    manifestHash: null,
    groups: null,
    manifest: null,
    groupSpecs: null,
    settings: null,
    denom: null,
    ceilingPerHour: null,
  };
}

/** Reads a file for a deployment. Throws: SdlError with every problem of the file. */
export function readSdl(
  source: string | Uint8Array,
  options: Partial<ConvertOptions> = {},
  file = "sdl",
): SdlPlan {
  const outcome = evaluate(source, { ...LOCAL_OPTIONS, ...options });
  if (!("plan" in outcome)) throw new SdlError(file, outcome.errors);
  if (outcome.blockers.length > 0) throw new SdlError(file, outcome.blockers);
  return outcome.plan;
}

function evaluate(source: string | Uint8Array, options: ConvertOptions): Outcome {
  const problems = new Problems();
  let sdl: Sdl | undefined;
  try {
    const reading: Reading = { problems, strict: false, visits: 0 };
    const root = parseYaml(source, problems);
    sdl = root === undefined ? undefined : readDocument(reading, root);
    const outcome = sdl === undefined ? undefined : makePlan(sdl, options, problems);
    if (outcome !== undefined) return outcome;
  } catch (error) {
    if (!(error instanceof TooLarge || error instanceof RangeError)) throw error;
    problems.error("", { line: 1, column: 1 }, `the file is too large: ${error.message}`);
  }
  return {
    errors: sortProblems(problems.errors),
    warnings: sortProblems(problems.warnings),
    version: sdl?.version,
  };
}

function makePlan(sdl: Sdl, options: ConvertOptions, problems: Problems): Accepted | undefined {
  const uses = resolveUses(sdl, problems);
  checkDocument(sdl, uses, problems);
  lint(sdl, problems);
  if (problems.errors.length > 0) return undefined;
  const groups = buildGroups(sdl, uses);
  const converted = convert(sdl, groups, options, problems);
  const manifest = manifestJson(sdl, groups);
  return {
    manifest,
    blockers: sortProblems(problems.errors),
    plan: {
      ...converted,
      version: sdl.version,
      manifest: canonicalJson(manifest),
      manifestHash: hashManifest(manifest),
      goGroups: groupsJson(groups),
      warnings: sortProblems(problems.warnings),
    },
  };
}
