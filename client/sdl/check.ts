// Rules across sections: names that must exist, ports that clash, limits of resources. Only what is
// deployed is checked, as in Go; what stands unused in the file gets a warning.

import { clip } from "./problems.ts";
import type {
  Compute,
  DeployedService,
  Expose,
  Placement,
  Resources,
  Sdl,
  Service,
} from "./model.ts";
import { sortNames } from "./model.ts";
import { formatDecimal18 } from "./numbers.ts";
import type { Problems } from "./problems.ts";

/** One service in one placement with all that belongs to it. */
export interface Use {
  readonly name: string;
  readonly service: Service;
  readonly placementName: string;
  readonly placement: Placement;
  readonly compute: Compute;
  readonly resources: Resources;
  readonly place: DeployedService;
}

/** Every (service, placement) in order of names; the incomplete ones are reported and left out. */
export function resolveUses(sdl: Sdl, problems: Problems): Use[] {
  const uses: Use[] = [];
  for (const name of sortNames(sdl.deployment.keys())) {
    const places = sdl.deployment.get(name) as ReadonlyMap<string, DeployedService>;
    for (const placementName of sortNames(places.keys())) {
      const place = places.get(placementName) as DeployedService;
      const use = resolveUse(sdl, problems, name, placementName, place);
      if (use !== undefined) uses.push(use);
    }
  }
  return uses;
}

function resolveUse(
  sdl: Sdl,
  problems: Problems,
  name: string,
  placementName: string,
  place: DeployedService,
): Use | undefined {
  const refuse = (sentence: string): void => problems.error(place.path, place.at, sentence);
  const service = sdl.services.get(name);
  const compute = sdl.compute.get(place.profile);
  const placement = sdl.placement.get(placementName);
  if (service === undefined) refuse(`no service is called ${clip(name)}`);
  if (compute === undefined) refuse(`no compute profile is called "${clip(place.profile)}"`);
  if (placement === undefined) refuse(`no placement profile is called ${clip(placementName)}`);
  else if (!placement.pricing.has(place.profile)) {
    refuse(`placement ${clip(placementName)} has no price for profile ${clip(place.profile)}`);
  }
  if (compute !== undefined && compute.resources === undefined) {
    problems.error(compute.path, compute.at, "a compute profile needs resources");
  }
  const resources = compute?.resources;
  if (service === undefined || compute === undefined || placement === undefined) return undefined;
  if (resources === undefined) return undefined;
  return { name, service, placementName, placement, compute, resources, place };
}

/** Checks everything that spans sections. */
export function checkDocument(sdl: Sdl, uses: readonly Use[], problems: Problems): void {
  if (uses.length === 0 && problems.errors.length === 0) {
    problems.error("deployment", { line: 1, column: 1 }, "nothing is deployed");
  }
  const services = new Map(uses.map((use) => [use.name, use.service]));
  for (const [name, service] of services) checkService(name, service, problems);
  checkHosts(uses, problems);
  checkAddresses(sdl, services, problems);
  checkVolumes(sdl, uses, problems);
  checkTee(uses, problems);
  checkResources(uses, problems);
  checkPrices(uses, problems);
  warnUnused(sdl, uses, problems);
  const global = uses.some(({ service }) =>
    service.expose.some(({ to }) => to.some((t) => t.global)),
  );
  if (uses.length > 0 && !global) {
    const at = uses[0] as Use;
    problems.error(
      at.service.path,
      at.service.at,
      "no port of any service is exposed with global: true",
    );
  }
}

const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function checkService(name: string, service: Service, problems: Problems): void {
  const refuse = (sentence: string): void => problems.error(service.path, service.at, sentence);
  if (!SERVICE_NAME.test(name))
    refuse("a service name is a-z, 0-9 and -, first a letter, last no -");
  if (service.image === "") refuse("a service needs an image");
  for (const [index, entry] of (service.env ?? []).entries()) {
    const variable = entry.split("=", 1)[0] ?? "";
    if (!ENV_NAME.test(variable) || variable === "." || variable.startsWith("..")) {
      const at = service.envAt[index] ?? service.at;
      problems.error(
        `${service.path}.env[${index}]`,
        at,
        `"${clip(variable)}" is not a variable name`,
      );
    }
  }
  const { credentials } = service;
  for (const key of ["host", "username", "password"] as const) {
    if (credentials !== undefined && credentials[key].trim() === "") {
      problems.error(`${credentials.path}.${key}`, credentials.at, `credentials need ${key}`);
    }
  }
}

const HOST_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Hosts must be DNS names and stand once in the manifest, which repeats them per `to` entry. */
function checkHosts(uses: readonly Use[], problems: Problems): void {
  const seen = new Set<string>();
  for (const { service } of uses) {
    for (const expose of service.expose) {
      for (const [index, { host, at }] of (expose.accept ?? []).entries()) {
        const path = `${expose.path}.accept[${index}]`;
        if (!HOST_NAME.test(host) || host.length > 253) {
          problems.error(
            path,
            at,
            `"${clip(host)}" is not a host name (a-z, 0-9, -, dots; no port)`,
          );
        }
        if (expose.to.length > 1) {
          problems.error(
            path,
            at,
            "accept with several `to` entries would give the host several times",
          );
        } else if (seen.has(host)) problems.error(path, at, `host ${clip(host)} stands here twice`);
        seen.add(host);
      }
    }
  }
}

/** Leased addresses: declared, used, global, and each (address, port, protocol) once. */
function checkAddresses(
  sdl: Sdl,
  services: ReadonlyMap<string, Service>,
  problems: Problems,
): void {
  const used = new Set<string>();
  const clashes = new Map<string, string>();
  const placesOf = (name: string): number => sdl.deployment.get(name)?.size ?? 1;
  for (const [name, service] of services) {
    for (const expose of service.expose) {
      for (const to of expose.to) {
        if (to.ip === "") continue;
        const refuse = (sentence: string): void => problems.error(to.path, to.at, sentence);
        if (!to.global) refuse("an ip needs global: true");
        if (!sdl.endpoints.has(to.ip)) refuse(`no endpoint is called ${clip(to.ip)}`);
        used.add(to.ip);
        const key = `${to.ip} ${expose.as} ${expose.protoText}`;
        const other = clashes.get(key) ?? (placesOf(name) > 1 ? name : undefined);
        if (other !== undefined) {
          refuse(
            `port ${expose.as || expose.port} of address ${clip(to.ip)} is in use by ${other}`,
          );
        }
        clashes.set(key, name);
      }
    }
  }
  for (const [name, endpoint] of sdl.endpoints) {
    if (!used.has(name))
      problems.error(endpoint.path, endpoint.at, "this endpoint is used nowhere");
  }
}

function checkVolumes(sdl: Sdl, uses: readonly Use[], problems: Problems): void {
  for (const { service, resources } of uses) {
    const mounts = service.params?.storage ?? [];
    const points = new Map<string, string>();
    for (const mount of mounts) {
      const volume = resources.storage.find(({ name }) => name === mount.volume);
      const refuse = (sentence: string): void => problems.error(mount.path, mount.at, sentence);
      if (volume === undefined)
        refuse(`the compute profile has no volume called ${clip(mount.volume)}`);
      const other = points.get(mount.mount);
      if (other !== undefined) refuse(`${clip(mount.mount)} is already the mount of ${other}`);
      points.set(mount.mount, mount.volume);
      const ram = volume?.attributes?.some(({ key, value }) => key === "class" && value === "ram");
      if (sdl.grammar !== "2.0" && ram === true && mount.readOnly) {
        refuse("a volume of class ram cannot be read-only");
      }
    }
    for (const volume of resources.storage) {
      const persistent = volume.attributes?.some(
        (a) => a.key === "persistent" && a.value === "true",
      );
      if (persistent !== true || mounts.some((mount) => mount.volume === volume.name)) continue;
      const sentence = `the persistent volume ${clip(volume.name)} is mounted nowhere in ${service.path}`;
      // Go 2.0 is content with any mount of the service, Go 2.1 does not look.
      const refused = sdl.grammar === "3.0" || (sdl.grammar === "2.0" && mounts.length === 0);
      if (refused) problems.error(volume.path, volume.at, sentence);
      else problems.warn(volume.path, volume.at, sentence);
    }
  }
}

function checkTee(uses: readonly Use[], problems: Problems): void {
  const groups = new Map<string, string>();
  for (const { service, resources, placementName } of uses) {
    const { params } = service;
    if (params === undefined || params.tee === "") continue;
    if (params.tee === "cpu-gpu" && (resources.gpu?.units ?? 0n) === 0n) {
      problems.error(params.path, params.at, "tee cpu-gpu needs GPUs in the compute profile");
    }
    const other = groups.get(placementName);
    if (other !== undefined && other !== params.tee) {
      problems.error(params.path, params.at, `tee ${params.tee} and ${other} in one group`);
    }
    groups.set(placementName, params.tee);
  }
}

const MIB = 1n << 20n;
const TIB = 1n << 40n;
/** How many times the unit limit a group may ask in total. */
const GROUP_FACTOR = 50n;
const MAX_CPU = 384_000n;
const MAX_GPU = 24n;
const MAX_MEMORY = 2n * TIB;

interface Totals {
  cpu: bigint;
  gpu: bigint;
  memory: bigint;
}

function checkResources(uses: readonly Use[], problems: Problems): void {
  const totals = new Map<string, Totals>();
  for (const { resources, placementName, place } of uses) {
    const refuse = (part: string, sentence: string): void =>
      problems.error(`${resources.path}.${part}`, resources.at, sentence);
    const cpu = resources.cpu?.milli ?? 0n;
    const memory = resources.memory ?? 0n;
    const gpu = resources.gpu?.units ?? 0n;
    if (cpu < 10n || cpu > MAX_CPU)
      refuse("cpu", `${cpu} milli-CPU per replica, 10 to ${MAX_CPU} are possible`);
    if (gpu > MAX_GPU) refuse("gpu", `${gpu} GPUs per replica, at most ${MAX_GPU} are possible`);
    if (memory < MIB || memory > MAX_MEMORY) {
      refuse(
        "memory",
        `${memory} bytes of memory per replica, ${MIB} to ${MAX_MEMORY} are possible`,
      );
    }
    if (resources.storage.length === 0) refuse("storage", "at least one volume is needed");
    for (const volume of resources.storage) {
      if (volume.bytes < 5n * MIB || volume.bytes > 32n * TIB) {
        const range = `${5n * MIB} to ${32n * TIB} are possible`;
        problems.error(volume.path, volume.at, `${volume.bytes} bytes in a volume, ${range}`);
      }
    }
    const total = totals.get(placementName) ?? { cpu: 0n, gpu: 0n, memory: 0n };
    const count = BigInt(place.count);
    totals.set(placementName, {
      cpu: total.cpu + cpu * count,
      gpu: total.gpu + gpu * count,
      memory: total.memory + memory * count,
    });
  }
  for (const [name, total] of totals) checkTotals(name, total, uses, problems);
}

function checkTotals(name: string, total: Totals, uses: readonly Use[], problems: Problems): void {
  const at = uses.find((use) => use.placementName === name) as Use;
  const check = (asked: bigint, max: bigint, what: string): void => {
    if (asked <= max * GROUP_FACTOR) return;
    const sentence = `group ${clip(name)} asks for ${asked} ${what}, at most ${max * GROUP_FACTOR}`;
    problems.error(at.place.path, at.place.at, sentence);
  };
  check(total.cpu, MAX_CPU, "milli-CPU");
  check(total.gpu, MAX_GPU, "GPUs");
  check(total.memory, MAX_MEMORY, "bytes of memory");
}

const E18 = 10n ** 18n;
/** Highest price per block and replica that the other chain takes. */
const MAX_BLOCK_PRICE = 10_000_000n * E18;
/** Highest price per hour and replica that this chain can hold. */
const MAX_HOUR_PRICE = 10n ** 15n * E18;

function checkPrices(uses: readonly Use[], problems: Problems): void {
  let denom: string | undefined;
  for (const { placement, place } of uses) {
    const price = placement.pricing.get(place.profile);
    if (price === undefined || price.denom === "") continue;
    const refuse = (sentence: string): void => problems.error(price.path, price.at, sentence);
    denom ??= price.denom;
    if (price.denom !== denom) {
      refuse(`prices in ${clip(price.denom)} and ${clip(denom)}; a deployment has one denom`);
    }
    const max = price.per === "block" ? MAX_BLOCK_PRICE : MAX_HOUR_PRICE;
    if (price.amount > max) {
      const limit = `at most ${max / E18} per ${price.per} and replica`;
      refuse(`${formatDecimal18(price.amount)} ${price.denom}, ${limit}`);
    }
  }
}

function warnUnused(sdl: Sdl, uses: readonly Use[], problems: Problems): void {
  const used = {
    service: new Set<string>(),
    profile: new Set<string>(),
    placement: new Set<string>(),
  };
  for (const [service, places] of sdl.deployment) {
    if (places.size > 0) used.service.add(service);
    for (const [placement, { profile }] of places) {
      used.placement.add(placement);
      used.profile.add(profile);
    }
  }
  const warn = (
    what: keyof typeof used,
    all: ReadonlyMap<string, Service | Compute | Placement>,
  ): void => {
    for (const [name, each] of all) {
      if (!used[what].has(name)) problems.warn(each.path, each.at, `this ${what} is used nowhere`);
    }
  };
  warn("service", sdl.services);
  warn("profile", sdl.compute);
  warn("placement", sdl.placement);
  for (const { placement } of uses) {
    for (const [profile, price] of placement.pricing) {
      if (!sdl.compute.has(profile)) {
        problems.warn(
          price.path,
          price.at,
          `a price for ${clip(profile)}, which is no compute profile`,
        );
      }
    }
  }
  for (const { service } of uses)
    for (const expose of service.expose) warnTargets(sdl, expose, problems);
}

function warnTargets(sdl: Sdl, expose: Expose, problems: Problems): void {
  for (const to of expose.to) {
    if (to.service !== "" && !sdl.services.has(to.service)) {
      problems.warn(to.path, to.at, `no service is called ${clip(to.service)}`);
    }
    if (to.service === "" && !to.global) {
      problems.warn(
        to.path,
        to.at,
        "neither service nor global: nobody outside the group reaches this port",
      );
    }
  }
}
