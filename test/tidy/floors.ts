// Floors and doors: which file may import which.

import type { Source } from "./source.ts";

/** The declared order of modules; a module imports only from earlier ones (see modules/order.ts). */
export const MODULE_ORDER = [
  "chain",
  "consensus",
  "auth",
  "bank",
  "authz",
  "feegrant",
  "staking",
  "distribution",
  "mint",
  "provider",
  "escrow",
  "market",
  "deployment",
  "slashing",
  "evidence",
  "governance",
  "upgrade",
] as const;

const FLOORS: readonly (readonly [prefix: string, floor: number])[] = [
  ["chain/base/", 0],
  ["chain/codec/", 0],
  ["chain/crypto/", 0],
  ["chain/store/", 1],
  ["chain/runtime/", 2],
  ["modules/", 3],
  ["chain/app/", 4],
  ["genesis/", 4],
  ["chain/node/", 5],
  ["chain/cli/", 6],
  ["client/", 6],
  ["proto/", 6],
];

/** Floor of a file; undefined for tests, which may import everything. */
export function floorOf(path: string): number | undefined {
  return FLOORS.find(([prefix]) => path.startsWith(prefix))?.[1];
}

/** Whether a file belongs to the consensus project (floors 0 to 4). */
export function isConsensus(path: string): boolean {
  const floor = floorOf(path);
  return floor !== undefined && floor <= 4 && !path.startsWith("chain/codec/gen/");
}

function moduleOf(path: string): string | undefined {
  return /^modules\/([^/]+)\//.exec(path)?.[1];
}

function clientFault(source: Source, target: string): string | undefined {
  if (!source.path.startsWith("client/") || target.startsWith("client/")) return undefined;
  if (source.path.startsWith("client/examples/")) return undefined;
  if (floorOf(target) === 0 || /^modules\/[^/]+\/types\.ts$/.test(target)) return undefined;
  return "the client imports floor 0, generated types and modules' types.ts only";
}

function moduleFault(source: Source, target: string): string | undefined {
  const from = moduleOf(source.path);
  const to = moduleOf(target);
  if (to === undefined || from === to) return undefined;
  const door = /^modules\/[^/]+\/(index|types)\.ts$/.test(target);
  const isOutside = !source.path.startsWith("modules/");
  if (!door && floorOf(source.path) !== undefined)
    return "a module is entered by its index.ts or types.ts only";
  if (isOutside || from === undefined) return undefined;
  const order = MODULE_ORDER as readonly string[];
  return order.indexOf(to) < order.indexOf(from)
    ? undefined
    : `module ${from} may not import ${to}: it does not stand earlier in the order`;
}

/** What is wrong with the imports of one file. */
export function importFaults(source: Source): string[] {
  const faults: string[] = [];
  const floor = floorOf(source.path);
  for (const { line, specifier, target } of source.imports) {
    const fault = (text: string): number =>
      faults.push(`${source.path}:${line} ${text} (${specifier})`);
    if (target === undefined) continue;
    if (!/\.(ts|json)$/.test(specifier)) fault("relative imports end in .ts");
    const targetFloor = floorOf(target);
    if (floor !== undefined && targetFloor === undefined) fault("a floor may not import tests");
    if (floor !== undefined && targetFloor !== undefined && targetFloor > floor) {
      fault(`floor ${floor} may not import floor ${targetFloor}`);
    }
    const other = clientFault(source, target) ?? moduleFault(source, target);
    if (other !== undefined) fault(other);
  }
  return faults;
}
