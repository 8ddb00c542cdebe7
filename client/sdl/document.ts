// The top of an SDL file: its version, its sections, what is deployed where.

import { parseSdlVersion } from "./version.ts";
import type { Reading } from "./cursor.ts";
import { Cursor } from "./cursor.ts";
import { clip } from "./problems.ts";
import type { AwardTerms, DeployedService, Grammar, Sdl } from "./model.ts";
import { parseGoDuration, parseSeconds } from "./numbers.ts";
import { readCompute, readPlacement } from "./profiles.ts";
import { readEndpoints, readServices } from "./services.ts";
import type { MapNode, YamlNode } from "./yaml.ts";

const SECTIONS = [
  "version",
  "include",
  "services",
  "profiles",
  "deployment",
  "endpoints",
  "reclamation",
] as const;
const OUR_SECTIONS = ["award", "on_lease_close", "sticky"] as const;

type Section = (typeof SECTIONS)[number] | (typeof OUR_SECTIONS)[number];

/** Reads a whole file; undefined when it has no usable version, without which nothing is defined. */
export function readDocument(reading: Reading, root: YamlNode): Sdl | undefined {
  const cursor = new Cursor(reading, root, "");
  if (root.kind !== "map") {
    cursor.error("an SDL file is a mapping with version, services, profiles and deployment");
    return undefined;
  }
  const version = readVersion(cursor, root);
  if (version === undefined) return undefined;
  const { grammar } = version;
  const ours = grammar === "3.0";
  const hints = ours
    ? {}
    : Object.fromEntries(OUR_SECTIONS.map((name) => [name, 'needs version: "3.0"']));
  const fields = cursor.fields<Section>(ours ? [...SECTIONS, ...OUR_SECTIONS] : SECTIONS, {
    strict: true,
    hints,
  });
  reading.strict = ours;
  if ((fields.include?.items() ?? []).length > 0) fields.include?.warn("include has no effect");
  const profiles = fields.profiles?.fields(["compute", "placement"]);
  for (const section of ["services", "profiles", "deployment"] as const) {
    if (fields[section] === undefined || fields[section].isNull)
      cursor.error(`no ${section} found`);
  }
  return {
    grammar,
    version: version.text,
    services: readServices(fields.services),
    compute: readCompute(profiles?.compute, grammar),
    placement: readPlacement(profiles?.placement, grammar),
    deployment: readDeployment(fields.deployment),
    endpoints: readEndpoints(fields.endpoints),
    reclamation: readReclamation(fields.reclamation),
    award: readAward(fields),
  };
}

function readVersion(
  cursor: Cursor,
  root: MapNode,
): { readonly grammar: Grammar; readonly text: string } | undefined {
  const entry = root.entries.find(({ key }) => key.text === "version");
  if (entry === undefined) {
    cursor.error('no version found; write version: "2.0" or "3.0"');
    return undefined;
  }
  const at = new Cursor(cursor.reading, entry.value, "version");
  const text = at.raw("a version") ?? "";
  const parsed = entry.value.alias ? undefined : parseSdlVersion(text);
  if (parsed === undefined || parsed.grammar === undefined) {
    at.error(`version "${clip(text)}" is not supported; 2.0, 2.1 and 3.0 are`);
    return undefined;
  }
  if (parsed.note !== undefined) at.warn(parsed.note);
  return { grammar: parsed.grammar, text: parsed.text };
}

function readDeployment(cursor: Cursor | undefined): Map<string, Map<string, DeployedService>> {
  const deployment = new Map<string, Map<string, DeployedService>>();
  for (const [service, placements] of cursor?.entries() ?? []) {
    const places = new Map<string, DeployedService>();
    for (const [placement, place] of placements.entries() ?? []) {
      const fields = place.fields(["profile", "count"]);
      const count = fields.count === undefined ? 0 : fields.count.uint32();
      if (count === 0) (fields.count ?? place).error("count is missing or 0, at least 1 is needed");
      places.set(placement, {
        path: place.path,
        at: place.at,
        profile: fields.profile?.text() ?? "",
        count: count ?? 0,
      });
    }
    if (places.size === 0) placements.warn("this service is placed nowhere");
    deployment.set(service, places);
  }
  return deployment;
}

function readReclamation(cursor: Cursor | undefined): bigint {
  if (cursor === undefined) return 0n;
  const window = cursor.fields(["min_window"]).min_window;
  const text = window?.raw("a duration") ?? "";
  const seconds = parseGoDuration(text);
  if (seconds === undefined || seconds === 0n) {
    (window ?? cursor).error(`min_window "${clip(text)}" is not a duration above 0 such as 24h`);
  }
  return seconds ?? 0n;
}

function readAward(fields: Partial<Record<Section, Cursor>>): AwardTerms {
  const { award } = fields;
  const scalar = award?.node.kind === "text" && !award.isNull;
  const inner = scalar
    ? {}
    : (award?.fields(["mode", "deadline", "order_ttl", "all_or_nothing", "same_provider"]) ?? {});
  const modeAt = scalar ? award : inner.mode;
  const mode = modeAt?.text() ?? "default";
  if (mode !== "default" && mode !== "auto" && mode !== "manual") {
    modeAt?.error(`award is auto or manual, found "${clip(mode)}"`);
  }
  if (mode === "manual" && inner.deadline !== undefined) {
    inner.deadline.error("a deadline is for auto awards; a manual award has none");
  }
  const close = fields.on_lease_close?.text() ?? "default";
  if (close !== "default" && close !== "reopen" && close !== "pause") {
    fields.on_lease_close?.error(`on_lease_close is reopen or pause, found "${clip(close)}"`);
  }
  return {
    mode: mode === "manual" ? "manual" : mode === "auto" || inner.deadline ? "auto" : "default",
    deadline: seconds(inner.deadline) ?? 30n,
    orderTtl: seconds(inner.order_ttl) ?? 0n,
    onLeaseClose: close === "reopen" || close === "pause" ? close : "default",
    sticky: fields.sticky?.bool() ?? true,
    allOrNothing: inner.all_or_nothing?.bool() ?? false,
    sameProvider: inner.same_provider?.bool() ?? false,
  };
}

function seconds(cursor: Cursor | undefined): bigint | undefined {
  const text = cursor?.raw("a duration");
  if (cursor === undefined || text === undefined) return undefined;
  const value = parseSeconds(text);
  if (value === undefined) cursor.error(`"${clip(text)}" is not a duration such as 30s, 5m or 2h`);
  return value;
}
