// From an accepted SDL file to what this chain's messages carry. Files written for another chain
// name its denoms, its blocks and its auditors: each change is a conversion that can be printed,
// and nothing changes without one.

import { AddressCodec, decodeBech32 } from "../../chain/base/address.ts";
import { ceilDiv } from "../../chain/base/integers.ts";
import type {
  AwardSettings,
  GpuModel,
  GroupSpec,
  ResourceUnit,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { AwardMode, LeaseKind, OnLeaseClose } from "../../chain/codec/gen/leasehold/market/v1.ts";
import { clip } from "./problems.ts";
import type { Group, Unit } from "./manifest.ts";
import type { AwardTerms, Placement, Price, Sdl } from "./model.ts";
import { formatDecimal18, parseDecimal18 } from "./numbers.ts";
import type { Position, Problems } from "./problems.ts";

/** One printed change: what stood in the file, what the chain gets, and why. */
export interface Conversion extends Position {
  readonly path: string;
  readonly kind: "price" | "address" | "attribute" | "gpu" | "reclamation";
  readonly from: string;
  /** Empty when the thing is dropped. */
  readonly to: string;
  readonly message: string;
}

/** Which chain a file is read for, and what its user allows. */
export interface ConvertOptions {
  /** Bech32 prefix of accounts. */
  readonly prefix: string;
  /** Denoms that the market takes. */
  readonly denoms: readonly string[];
  /** Foreign denom -> `denom:rate`, rate = units of the local denom for one foreign unit. */
  readonly denomMap: Readonly<Record<string, string>>;
  /** Stands for every foreign denom that denomMap does not name, as `denom:rate`; empty = none. */
  readonly otherDenoms: string;
  /** Foreign auditor -> local address, or `none` to drop it. */
  readonly trustMap: Readonly<Record<string, string>>;
  /** Drops placement attributes. */
  readonly ignorePlacement: boolean;
}

/** Options of a local chain: prefix lease, denoms ulease and uusd, foreign amounts taken as uusd. */
export const LOCAL_OPTIONS: ConvertOptions = {
  prefix: "lease",
  denoms: ["ulease", "uusd"],
  denomMap: {},
  otherDenoms: "uusd:1",
  trustMap: {},
  ignorePlacement: false,
};

/** What the chain gets. */
export interface Converted {
  readonly groups: readonly GroupSpec[];
  readonly settings: AwardSettings;
  readonly denom: string;
  /** Sum over groups of the most that may be paid, base units per hour. */
  readonly ceilingPerHour: bigint;
  readonly conversions: readonly Conversion[];
}

/** Blocks of 6 s in an hour: prices of SDL 2.x are per block. */
const BLOCKS_PER_HOUR = 600n;
const E18 = 10n ** 18n;
/** Highest rate of a payment, base units per hour. */
const MAX_RATE = 10n ** 15n;

/** Converts accepted groups. What cannot be converted is reported as an error. */
export function convert(
  sdl: Sdl,
  groups: readonly Group[],
  options: ConvertOptions,
  problems: Problems,
): Converted {
  const converter = new Converter(options, problems);
  const specs = groups.map((group) => converter.group(sdl, group));
  let ceilingPerHour = 0n;
  for (const [index, spec] of specs.entries()) {
    let ceiling = 0n;
    for (const unit of spec.units) ceiling += BigInt(unit.price.amount) * BigInt(unit.count);
    if (ceiling > MAX_RATE) {
      const placement = (groups[index] as Group).uses[0]?.use.placement as Placement;
      const sentence = `${ceiling} ${spec.units[0]?.price.denom} per hour for the group, at most ${MAX_RATE}`;
      problems.error(placement.path, placement.at, sentence);
    }
    ceilingPerHour += ceiling;
  }
  return {
    groups: specs,
    settings: awardSettings(sdl.award),
    denom: specs[0]?.units[0]?.price.denom ?? "",
    ceilingPerHour,
    conversions: converter.conversions.toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}

function awardSettings(award: AwardTerms): AwardSettings {
  const modes = { default: AwardMode.UNSPECIFIED, auto: AwardMode.AUTO, manual: AwardMode.MANUAL };
  const closes = {
    default: OnLeaseClose.UNSPECIFIED,
    reopen: OnLeaseClose.REOPEN,
    pause: OnLeaseClose.PAUSE,
  };
  return {
    mode: modes[award.mode],
    deadlineS: award.mode === "auto" ? award.deadline : 0n,
    orderTtlS: award.orderTtl,
    onLeaseClose: closes[award.onLeaseClose],
    notSticky: !award.sticky,
    allOrNothing: award.allOrNothing,
    sameProvider: award.sameProvider,
  };
}

const KINDS = {
  on_demand: LeaseKind.ON_DEMAND,
  spot: LeaseKind.SPOT,
  reserved: LeaseKind.RESERVED,
} as const;

class Converter {
  readonly conversions: Conversion[] = [];
  private readonly options: ConvertOptions;
  private readonly problems: Problems;
  private readonly addresses: AddressCodec;
  private readonly told = new Set<string>();

  constructor(options: ConvertOptions, problems: Problems) {
    this.options = options;
    this.problems = problems;
    this.addresses = new AddressCodec(options.prefix);
  }

  group(sdl: Sdl, group: Group): GroupSpec {
    const placement = group.uses[0]?.use.placement as Placement;
    const allOf = this.signers(placement, "allOf");
    const anyOf = this.signers(placement, "anyOf");
    if (allOf.length + anyOf.length > 0) {
      const sentence =
        "auditors are named: until audits exist on this chain no provider meets that " +
        "(--trust-map ADDRESS=none drops one)";
      this.problems.warn(`${placement.path}.signedBy`, placement.signersAt, sentence);
    }
    return {
      name: group.name,
      requirements: {
        attributes: this.attributes(group, placement),
        signedBy: { allOf, anyOf },
        preferred: placement.terms.preferred,
      },
      units: group.units.map((unit) => this.unit(placement, unit)),
      kind: KINDS[placement.terms.kind],
      durationS: placement.terms.duration,
      minReputationPpm: placement.terms.minReputationPpm,
      reclamationWindowS: sdl.reclamation,
    };
  }

  private tell(at: Position, conversion: Omit<Conversion, "line" | "column">): void {
    const key = `${conversion.path} ${conversion.message}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.conversions.push({ ...conversion, line: at.line, column: at.column });
  }

  private attributes(group: Group, placement: Placement): { key: string; value: string }[] {
    const kept: { key: string; value: string }[] = [];
    for (const { key, value } of group.attributes ?? []) {
      const written = placement.attributes?.some((each) => each.key === key) ?? false;
      const path = `${placement.path}.attributes.${clip(key)}`;
      if (!written || !this.options.ignorePlacement) {
        kept.push({ key, value });
        if (key === "host" && value === "akash") {
          const sentence =
            "host=akash is kept: only providers that state it may bid (--ignore-placement drops it)";
          this.problems.warn(path, placement.at, sentence);
        }
        continue;
      }
      const message = `placement attribute ${clip(key)}=${clip(value)} is dropped (--ignore-placement)`;
      this.tell(placement.at, {
        path,
        kind: "attribute",
        from: `${key}=${value}`,
        to: "",
        message,
      });
    }
    return kept;
  }

  private signers(placement: Placement, list: "allOf" | "anyOf"): string[] {
    const converted: string[] = [];
    for (const [index, from] of (placement[list] ?? []).entries()) {
      const path = `${placement.path}.signedBy.${list}[${index}]`;
      const to = this.signer(path, placement.signersAt, from);
      if (to !== undefined && !converted.includes(to)) converted.push(to);
    }
    return converted;
  }

  private signer(path: string, at: Position, from: string): string | undefined {
    const mapped = Object.hasOwn(this.options.trustMap, from)
      ? this.options.trustMap[from]
      : undefined;
    if (mapped === "none") {
      const message = `auditor ${clip(from)} is dropped (--trust-map)`;
      this.tell(at, { path, kind: "address", from, to: "", message });
      return undefined;
    }
    const decoded = decodeBech32(mapped ?? from);
    const length = decoded?.bytes.length;
    if (decoded === undefined || (length !== 20 && length !== 32)) {
      this.problems.error(
        path,
        at,
        `"${clip(mapped ?? from)}" is not a bech32 address of 20 or 32 bytes`,
      );
      return undefined;
    }
    if (mapped !== undefined && decoded.prefix !== this.options.prefix) {
      const sentence = `--trust-map names ${clip(mapped)}, which is no ${this.options.prefix} address`;
      this.problems.error(path, at, sentence);
    }
    const to = this.addresses.format(decoded.bytes);
    if (to !== from) {
      const how =
        mapped === undefined ? "the same key under this chain's prefix" : "by --trust-map";
      this.tell(at, {
        path,
        kind: "address",
        from,
        to,
        message: `auditor ${from} -> ${to} (${how})`,
      });
    }
    return to;
  }

  private unit(placement: Placement, unit: Unit): ResourceUnit {
    const { resources } = unit;
    const price = placement.pricing.get(unit.profile) as Price;
    return {
      id: unit.id,
      cpu: { milli: resources.cpu?.milli ?? 0n, attributes: resources.cpu?.attributes ?? [] },
      memory: { bytes: resources.memory ?? 0n, attributes: [] },
      storage: resources.storage.map(({ name, bytes, attributes }) => ({
        name,
        bytes,
        attributes: attributes ?? [],
      })),
      gpu: {
        units: resources.gpu?.units ?? 0n,
        models: (resources.gpu?.attributes ?? []).map(({ key }) =>
          this.gpuModel(key, resources.gpu?.path ?? "", resources.gpu?.at ?? placement.at),
        ),
      },
      endpoints: unit.endpoints.map(({ kind, sequence }) => ({ kind, sequenceNumber: sequence })),
      count: unit.count,
      price: this.price(price),
    };
  }

  /** `vendor/nvidia/model/h100/ram/80Gi/interface/sxm` in parts; `*` stands for any. */
  private gpuModel(key: string, path: string, at: Position): GpuModel {
    const match =
      /^vendor\/([^/]+)\/model\/(.*?)(?:\/ram\/([^/]+))?(?:\/interface\/([^/]+))?$/.exec(key);
    const written = match?.[2] === "*" ? "" : (match?.[2] ?? "");
    const model = written.toLowerCase();
    if (model !== written) {
      const message = `GPU model ${clip(written)} -> ${clip(model)} (models are in lower case)`;
      this.tell(at, { path, kind: "gpu", from: written, to: model, message });
    }
    return { vendor: match?.[1] ?? "", model, ram: match?.[3] ?? "", interface: match?.[4] ?? "" };
  }

  private price(price: Price): { denom: string; amount: string } {
    const written = `${shortDecimal(price.amount)} ${price.denom} per ${price.per}`;
    const target = this.target(price);
    if (target === undefined) return { denom: price.denom, amount: "0" };
    const hours = price.per === "block" ? BLOCKS_PER_HOUR : 1n;
    const amount = ceilDiv(price.amount * hours * target.rate, E18 * E18);
    const to = `${amount} ${target.denom} per hour`;
    if (price.per !== "hour" || price.denom !== target.denom) {
      const steps = [
        ...(price.per === "block" ? ["600 blocks of 6 s in an hour"] : []),
        ...(price.denom === target.denom
          ? []
          : [`1 ${price.denom} = ${shortDecimal(target.rate)} ${target.denom} (${target.source})`]),
        "rounded up",
      ];
      const message = `price per replica ${written} -> ${to} (${steps.join(", ")})`;
      this.tell(price.at, { path: price.path, kind: "price", from: written, to, message });
    }
    return { denom: target.denom, amount: amount.toString() };
  }

  /** The local denom of a price, and how many of its units one written unit is (times 10^18). */
  private target(price: Price): { denom: string; rate: bigint; source: string } | undefined {
    const { denoms, denomMap, otherDenoms } = this.options;
    const named = Object.hasOwn(denomMap, price.denom) ? denomMap[price.denom] : undefined;
    if (named === undefined && denoms.includes(price.denom)) {
      return { denom: price.denom, rate: E18, source: "" };
    }
    const text = named ?? otherDenoms;
    const source = named === undefined ? "default, set it with --denom-map" : "by --denom-map";
    const match = /^([^:]+(?:\/[^:]+)?):(.+)$/.exec(text);
    const rate = match === null ? undefined : parseDecimal18(match[2] as string);
    if (
      match === null ||
      rate === undefined ||
      rate <= 0n ||
      !denoms.includes(match[1] as string)
    ) {
      const sentence =
        text === ""
          ? `${clip(price.denom)} is no denom of this market (${denoms.join(", ")}); give --denom-map`
          : `"${clip(text)}" is not denom:rate with a denom of this market (${denoms.join(", ")})`;
      this.problems.error(price.path, price.at, sentence);
      return undefined;
    }
    return { denom: match[1] as string, rate, source };
  }
}

/** A decimal scaled by 10^18 without trailing zeros. */
function shortDecimal(value: bigint): string {
  return formatDecimal18(value).replace(/\.?0+$/, "");
}
