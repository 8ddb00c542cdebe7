// An SDL file as read: every value typed, every place kept, nothing checked across sections yet.

import type { Position } from "./problems.ts";

/** The grammar that a file follows. 2.1 shares one unit per compute profile; 3.0 adds our keys. */
export type Grammar = "2.0" | "2.1" | "3.0";

/** A key with its value. */
export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** Where a thing stands, for findings that come later. */
export interface Located {
  readonly path: string;
  readonly at: Position;
}

/** HTTP options of an expose, defaults filled in; times in milliseconds, sizes in bytes. */
export interface HttpOptions {
  readonly maxBodySize: number;
  /** 0 = not set, and then left out of the manifest. */
  readonly proxyBufferSize: number;
  readonly readTimeout: number;
  readonly sendTimeout: number;
  readonly nextTries: number;
  readonly nextTimeout: number;
  readonly nextCases: readonly string[];
}

/** One receiver of an expose. */
export interface ExposeTo extends Located {
  readonly service: string;
  readonly global: boolean;
  readonly ip: string;
}

/** One port of a service. */
export interface Expose extends Located {
  readonly port: number;
  /** As written; 0 = the port itself. */
  readonly as: number;
  /** As written, for the clash rule of leased addresses. */
  readonly protoText: string;
  readonly proto: "TCP" | "UDP";
  readonly to: readonly ExposeTo[];
  readonly accept: readonly { readonly host: string; readonly at: Position }[] | undefined;
  readonly http: HttpOptions;
}

/** A mount of a volume in a service. */
export interface Mount extends Located {
  readonly volume: string;
  readonly mount: string;
  readonly readOnly: boolean;
}

/** `params` of a service. */
export interface ServiceParams extends Located {
  readonly storage: readonly Mount[];
  readonly permissions: { readonly read: readonly string[] | undefined } | undefined;
  readonly tee: string;
}

/** Account at an image registry. */
export interface Credentials extends Located {
  readonly host: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

/** One container. Lists that were never written are undefined: the hash tells them from empty ones. */
export interface Service extends Located {
  readonly image: string;
  readonly imageAt: Position;
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly env: readonly string[] | undefined;
  readonly envAt: readonly Position[];
  readonly expose: readonly Expose[];
  readonly params: ServiceParams | undefined;
  readonly credentials: Credentials | undefined;
}

/** One volume of a compute profile. */
export interface Volume extends Located {
  readonly name: string;
  readonly bytes: bigint;
  readonly attributes: readonly Attribute[] | undefined;
}

/** GPUs of one replica. */
export interface Gpu extends Located {
  readonly units: bigint;
  readonly attributes: readonly Attribute[] | undefined;
}

/** Resources of one replica; undefined where the key is missing. */
export interface Resources extends Located {
  readonly cpu:
    | { readonly milli: bigint; readonly attributes: readonly Attribute[] | undefined }
    | undefined;
  readonly memory: bigint | undefined;
  readonly gpu: Gpu | undefined;
  /** In Go's order: by size, then its tie rules. */
  readonly storage: readonly Volume[];
}

/** A compute profile. */
export interface Compute extends Located {
  readonly resources: Resources | undefined;
}

/** What a tenant pays at most per replica. */
export interface Price extends Located {
  readonly denom: string;
  /** Amount * 10^18. */
  readonly amount: bigint;
  readonly per: "block" | "hour";
}

/** What SDL 3.0 adds to a placement. */
export interface PlacementTerms {
  readonly kind: "on_demand" | "spot" | "reserved";
  /** Seconds; 0 = until somebody ends it. */
  readonly duration: bigint;
  readonly minReputationPpm: number;
  readonly preferred: readonly Attribute[];
}

/** A placement profile: one group. */
export interface Placement extends Located {
  readonly attributes: readonly Attribute[] | undefined;
  readonly allOf: readonly string[] | undefined;
  readonly anyOf: readonly string[] | undefined;
  readonly signersAt: Position;
  readonly pricing: ReadonlyMap<string, Price>;
  readonly terms: PlacementTerms;
}

/** Where a service runs, in which profile and how often. */
export interface DeployedService extends Located {
  readonly profile: string;
  readonly count: number;
}

/** What SDL 3.0 says of the award, for the whole deployment. */
export interface AwardTerms {
  readonly mode: "default" | "auto" | "manual";
  /** Seconds. */
  readonly deadline: bigint;
  /** Seconds; 0 = the chain's default. */
  readonly orderTtl: bigint;
  readonly onLeaseClose: "default" | "reopen" | "pause";
  readonly sticky: boolean;
  readonly allOrNothing: boolean;
  readonly sameProvider: boolean;
}

/** A whole file. */
export interface Sdl {
  readonly grammar: Grammar;
  /** major.minor as parsed. */
  readonly version: string;
  readonly services: ReadonlyMap<string, Service>;
  readonly compute: ReadonlyMap<string, Compute>;
  readonly placement: ReadonlyMap<string, Placement>;
  readonly deployment: ReadonlyMap<string, ReadonlyMap<string, DeployedService>>;
  readonly endpoints: ReadonlyMap<string, Located & { readonly kind: string }>;
  /** Seconds; 0 = none asked. */
  readonly reclamation: bigint;
  readonly award: AwardTerms;
}

/** Names in bytewise order of their UTF-8, as Go sorts. */
export function sortNames(names: Iterable<string>): string[] {
  return [...names].sort(compareUtf8);
}

/** Order of two texts by their UTF-8 bytes, which is the order of their code points. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference =
      ((left[i] as string).codePointAt(0) ?? 0) - ((right[i] as string).codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
