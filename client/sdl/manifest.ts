// The manifest and the group specs in the form in which Go's implementation prints them, and the
// manifest hash. What decides the hash: null for lists that were never written, key order, how
// numbers are printed, which empty fields are left out.

import { sha256 } from "@noble/hashes/sha2.js";
import { utf8 } from "../../chain/base/bytes.ts";
import type { Use } from "./check.ts";
import type { Attribute, Expose, ExposeTo, Resources, Sdl, Service, Volume } from "./model.ts";
import { compareUtf8, sortNames } from "./model.ts";
import { formatDecimal18 } from "./numbers.ts";

/** A JSON value of manifest and groups. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Endpoint kinds by Go's numbers: 0 behind the shared HTTP ingress, 1 a port, 2 a leased address. */
export interface EndpointForm {
  readonly kind: 0 | 1 | 2;
  readonly sequence: number;
}

/** One resource unit of a group, before it is printed. */
export interface Unit {
  readonly id: number;
  readonly profile: string;
  readonly resources: Resources;
  readonly endpoints: readonly EndpointForm[];
  readonly count: number;
}

/** One group with its services in name order. */
export interface Group {
  readonly name: string;
  readonly attributes: readonly Attribute[] | undefined;
  readonly units: readonly Unit[];
  readonly uses: readonly { readonly use: Use; readonly unit: number }[];
}

/** Puts services into groups: one group per placement, units by the rules of the grammar. */
export function buildGroups(sdl: Sdl, uses: readonly Use[]): Group[] {
  const numbers = numberAddresses(sdl);
  return sortNames(new Set(uses.map((use) => use.placementName))).map((name) => {
    const units: Unit[] = [];
    const placed: { use: Use; unit: number }[] = [];
    const own = uses.filter((use) => use.placementName === name);
    for (const use of own) {
      const endpoints = sortExposes(use.service.expose).flatMap((flat) =>
        endpointsOf(flat, numbers),
      );
      const { profile, count } = use.place;
      const index =
        sdl.grammar === "2.0" ? -1 : units.findIndex((unit) => unit.profile === profile);
      const shared = units[index];
      if (shared === undefined) {
        const { resources } = use;
        units.push({ id: units.length + 1, profile, resources, endpoints, count });
        placed.push({ use, unit: units.length });
      } else {
        const all = [...shared.endpoints, ...endpoints].sort((a, b) => a.sequence - b.sequence);
        units[index] = { ...shared, endpoints: all, count: shared.count + count };
        placed.push({ use, unit: shared.id });
      }
    }
    return { name, attributes: groupAttributes(own), units, uses: placed };
  });
}

/** Placement attributes, and `tee/type` when a service of the group asks for it. */
function groupAttributes(uses: readonly Use[]): readonly Attribute[] | undefined {
  const attributes = uses[0]?.placement.attributes;
  const tee = uses.find(({ service }) => (service.params?.tee ?? "") !== "")?.service.params?.tee;
  if (tee === undefined) return attributes;
  const all = [...(attributes ?? []), { key: "tee/type", value: tee }];
  return all.sort((a, b) => compareUtf8(a.key, b.key));
}

/**
 * Sequence numbers of leased addresses: the 1-based last place of each name among the sorted names
 * of the whole file, where every `to` entry that is not global counts as an empty name.
 */
function numberAddresses(sdl: Sdl): ReadonlyMap<string, number> {
  const names: string[] = [];
  for (const service of sdl.deployment.keys()) {
    for (const expose of sdl.services.get(service)?.expose ?? []) {
      for (const to of expose.to) if (!to.global || to.ip !== "") names.push(to.ip);
    }
  }
  return new Map(names.sort(compareUtf8).map((name, index) => [name, index + 1]));
}

/** One expose towards one receiver. */
interface FlatExpose {
  readonly expose: Expose;
  readonly to: Pick<ExposeTo, "service" | "global" | "ip">;
}

const NOBODY = { service: "", global: false, ip: "" } as const;

function sortExposes(exposes: readonly Expose[]): FlatExpose[] {
  return exposes
    .flatMap((expose) =>
      (expose.to.length === 0 ? [NOBODY] : expose.to).map((to) => ({ expose, to })),
    )
    .sort(
      (a, b) =>
        compareUtf8(a.to.service, b.to.service) ||
        a.expose.port - b.expose.port ||
        compareUtf8(a.expose.proto, b.expose.proto) ||
        Number(b.to.global) - Number(a.to.global),
    );
}

function endpointsOf(
  { expose, to }: FlatExpose,
  numbers: ReadonlyMap<string, number>,
): EndpointForm[] {
  if (!to.global) return [];
  const external = expose.as === 0 ? expose.port : expose.as;
  const ingress = expose.proto === "TCP" && external === 80;
  const first: EndpointForm = { kind: ingress ? 0 : 1, sequence: 0 };
  return to.ip === "" ? [first] : [first, { kind: 2, sequence: numbers.get(to.ip) ?? 0 }];
}

function attributesJson(attributes: readonly Attribute[]): Json {
  return attributes.map(({ key, value }) => (value === "" ? { key } : { key, value }));
}

function withAttributes(
  base: Record<string, Json>,
  attributes: readonly Attribute[] | undefined,
): Json {
  const present = attributes !== undefined && attributes.length > 0;
  return present ? { ...base, attributes: attributesJson(attributes) } : base;
}

function resourcesJson(id: number, resources: Resources, endpoints: readonly EndpointForm[]): Json {
  const units = (value: bigint): Json => ({ val: value.toString() });
  const volume = ({ name, bytes, attributes }: Volume): Json =>
    withAttributes({ name, size: units(bytes) }, attributes);
  return {
    id,
    cpu: withAttributes({ units: units(resources.cpu?.milli ?? 0n) }, resources.cpu?.attributes),
    memory: { size: units(resources.memory ?? 0n) },
    storage: resources.storage.map(volume),
    gpu: withAttributes({ units: units(resources.gpu?.units ?? 0n) }, resources.gpu?.attributes),
    endpoints: endpoints.map(({ kind, sequence }) =>
      kind === 0 ? { sequence_number: sequence } : { kind, sequence_number: sequence },
    ),
  };
}

/** Group specs as Go prints them; prices per block with 18 places. */
export function groupsJson(groups: readonly Group[]): Json {
  return groups.map(({ name, attributes, units, uses }) => {
    const placement = uses[0]?.use.placement;
    return {
      name,
      requirements: {
        attributes: attributes === undefined ? null : attributesJson(attributes),
        signed_by: { all_of: placement?.allOf ?? null, any_of: placement?.anyOf ?? null },
      },
      resources: units.map(({ id, profile, resources, endpoints, count }) => {
        const price = placement?.pricing.get(profile);
        return {
          resource: resourcesJson(id, resources, endpoints),
          count,
          price: { denom: price?.denom ?? "", amount: formatDecimal18(price?.amount ?? 0n) },
        };
      }),
    };
  });
}

/** The manifest as Go prints it. */
export function manifestJson(sdl: Sdl, groups: readonly Group[]): Json {
  const numbers = numberAddresses(sdl);
  return groups.map(({ name, uses }) => ({
    name,
    services: uses.map(({ use, unit }) => serviceJson(sdl, use, unit, numbers)),
  }));
}

function serviceJson(sdl: Sdl, use: Use, unit: number, numbers: ReadonlyMap<string, number>): Json {
  const { service } = use;
  const flat = sortExposes(service.expose);
  const endpoints = flat.flatMap((each) => endpointsOf(each, numbers));
  return {
    name: use.name,
    image: service.image,
    command: service.command ?? null,
    args: service.args ?? null,
    env: service.env ?? null,
    resources: resourcesJson(unit, use.resources, endpoints),
    count: use.place.count,
    expose: flat.map((each) => exposeJson(each, numbers)),
    ...(service.params === undefined ? {} : { params: paramsJson(service) }),
    credentials: credentialsJson(sdl, service),
  };
}

function exposeJson({ expose, to }: FlatExpose, numbers: ReadonlyMap<string, number>): Json {
  const { http } = expose;
  return {
    port: expose.port,
    externalPort: expose.as,
    proto: expose.proto,
    service: to.service,
    global: to.global,
    hosts: expose.accept?.map(({ host }) => host) ?? null,
    httpOptions: {
      maxBodySize: http.maxBodySize,
      ...(http.proxyBufferSize === 0 ? {} : { proxyBufferSize: http.proxyBufferSize }),
      readTimeout: http.readTimeout,
      sendTimeout: http.sendTimeout,
      nextTries: http.nextTries,
      nextTimeout: http.nextTimeout,
      nextCases: http.nextCases,
    },
    ip: to.ip,
    endpointSequenceNumber: to.global && to.ip !== "" ? (numbers.get(to.ip) ?? 0) : 0,
  };
}

function paramsJson(service: Service): Json {
  const params = service.params;
  if (params === undefined) return null;
  const mounts = params.storage
    .toSorted((a, b) => compareUtf8(a.volume, b.volume))
    .map(({ volume, mount, readOnly }) => ({ name: volume, mount, readOnly }));
  const { permissions, tee } = params;
  return {
    storage: mounts.length === 0 ? null : mounts,
    ...(permissions === undefined ? {} : { permissions: { read: permissions.read ?? null } }),
    ...(tee === "" ? {} : { tee: { type: tee, attestation: true } }),
  };
}

/** 2.0 drops the e-mail and keeps blanks; 2.1 and later trim and keep. */
function credentialsJson(sdl: Sdl, service: Service): Json {
  const { credentials } = service;
  if (credentials === undefined) return null;
  const { host, email, username, password } = credentials;
  if (sdl.grammar === "2.0") return { host, email: "", username, password };
  return {
    host: host.trim(),
    email: email.trim(),
    username: username.trim(),
    password: password.trim(),
  };
}

/** JSON with sorted keys and no blanks, with the characters escaped that Go escapes. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const object = value as { readonly [key: string]: Json };
    const pairs = sortNames(Object.keys(object)).map(
      (key) => `${quote(key)}:${canonicalJson(object[key] as Json)}`,
    );
    return `{${pairs.join(",")}}`;
  }
  return typeof value === "string" ? quote(value) : JSON.stringify(value);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029\x7F]/g, (character) =>
    character === "\x7F"
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** SHA-256 of the canonical JSON: 32 bytes that the chain stores as the manifest hash. */
export function hashManifest(manifest: Json): Uint8Array {
  return sha256(utf8(canonicalJson(manifest)));
}

/** The hash of a manifest that came as text; undefined when the text is not its canonical form. */
export function hashManifestText(text: string): Uint8Array | undefined {
  try {
    return canonicalJson(JSON.parse(text) as Json) === text ? sha256(utf8(text)) : undefined;
  } catch {
    return undefined;
  }
}
