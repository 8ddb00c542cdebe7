// The twin: a second application that gets the same blocks with other caches and settings, with
// everything in between that must not matter (checks, simulations, proposals, queries at old heights,
// exports, blocks that are never committed), and to which accidents happen: the process stops before
// or after a block is written, during a snapshot, with a damaged snapshot. It must always agree.

import { equalBytes } from "../../chain/base/bytes.ts";
import type { ResponseFinalizeBlock } from "../../chain/codec/gen/tendermint/abci.ts";
import { QueryTotalSupplyRequest } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  QueryMarketStatsRequest,
  QueryOrdersRequest,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import { purePlatform } from "../../chain/crypto/pure.ts";
import { answersOf } from "./answers.ts";
import { difference } from "./differences.ts";
import { Machine } from "./machine.ts";
import type { MachineGenesis, MachineOptions } from "./machine.ts";
import type { Random } from "./random.ts";
import { damageNewest, diskFaults, sideDifference } from "./recovery.ts";
import type { Tally } from "./tally.ts";

/** Table of what happened to twins. */
export const ACCIDENTS = "accidents";
/** Table of the settings that twins had, by seeds. */
export const SETTINGS = "settings";
/** Table of what was asked of twins between blocks. */
export const ASIDES = "asides";

const EMPTY = new Uint8Array(0);

/** Asked at old heights: single objects, sums, and lists that only the latest height answers. */
const QUESTIONS = [
  ["/cosmos.bank.v1beta1.Query/TotalSupply", QueryTotalSupplyRequest.encode({})],
  ["/leasehold.market.v1.Query/MarketStats", encoded(QueryMarketStatsRequest)],
  ["/leasehold.market.v1.Query/Orders", encoded(QueryOrdersRequest)],
  ["/leasehold.chain.v1.Query/Clocks", EMPTY],
] as const;

function encoded<T>(type: MessageType<T>): Uint8Array {
  return type.encode(type.create({}));
}

/** How a twin differs from the chain that it follows. */
export interface TwinSettings {
  readonly isPure: boolean;
  /** Verdicts of signatures that are remembered. */
  readonly memoSize: number;
  readonly provableHeights: number;
  readonly provableBytes: number;
  /** Heights that the archive keeps; 0 = no archive, Infinity = all. */
  readonly archived: number;
  readonly snapshots: { readonly blocks: number; readonly keys: number; readonly keep: number };
  /** Tree nodes per snapshot step: few make a snapshot span many blocks. */
  readonly stepNodes: number;
  /** Blocks in which the process stops, percent. */
  readonly accidents: number;
}

/** Draws a twin's settings. The pure platform checks signatures a hundred times slower: a share. */
export function drawTwin(random: Random): TwinSettings {
  return {
    isPure: random.chance(8),
    memoSize: random.of([1, 16, 1000]),
    provableHeights: random.of([1, 2, 8, 64]),
    provableBytes: random.of([1, 100_000, 1 << 28]),
    archived: random.of([0, 0, 12, Infinity]),
    snapshots: {
      blocks: random.of([2, 7, 30, 100_000]),
      keys: random.of([50, 1000, 100_000]),
      keep: random.of([1, 2, 3]),
    },
    stepNodes: random.of([100, 1000, 100_000]),
    accidents: random.of([1, 2, 5]),
  };
}

interface Block {
  readonly txs: readonly Uint8Array[];
  readonly time: bigint;
  readonly response: ResponseFinalizeBlock;
}

/** Blocks that a rollback may go back. */
const RECENT = 8;

/** A chain that must not differ from the one it follows. */
export class Twin {
  readonly machine: Machine;
  readonly #random: Random;
  readonly #settings: TwinSettings;
  readonly #tally: Tally;
  readonly #main: Machine;
  readonly #addresses: readonly string[];
  /** The last blocks, oldest first: what a rolled back chain executes again. */
  readonly #recent: Block[] = [];
  /** Height of the snapshot that was damaged last. */
  #damaged: bigint | undefined;

  constructor(
    main: Machine,
    genesis: MachineGenesis,
    options: MachineOptions,
    given: {
      readonly random: Random;
      readonly tally: Tally;
      readonly addresses: readonly string[];
    },
  ) {
    this.#main = main;
    this.#random = given.random;
    this.#tally = given.tally;
    this.#addresses = given.addresses;
    const settings = drawTwin(given.random);
    this.#settings = settings;
    const { memoSize, provableHeights, provableBytes, snapshots, isPure, archived } = settings;
    const heights = archived === Infinity ? undefined : archived;
    this.machine = new Machine(genesis, {
      ...options,
      disk: true,
      memoSize,
      store: { provableHeights, provableBytes, snapshots },
      ...(archived === 0 ? {} : { archive: { heights, interval: 5 } }),
      ...(isPure ? { platform: purePlatform } : {}),
    });
    this.#tell(settings);
    this.#births();
  }

  #tell({ isPure, memoSize, provableHeights, snapshots, archived }: TwinSettings): void {
    const rows = [
      `archive of ${archived === Infinity ? "all" : archived} heights`,
      `platform ${isPure ? "pure" : "fast"}`,
      `memo of ${memoSize} verdicts`,
      `${provableHeights} provable heights`,
      `snapshot after ${snapshots.blocks} blocks or ${snapshots.keys} keys, ${snapshots.keep} kept`,
    ];
    for (const row of rows) this.#tally.add(SETTINGS, row);
  }

  #happened(accident: string): void {
    this.#tally.add(ACCIDENTS, accident);
  }

  /** Before the first block: InitChain twice, or a stop that only InitChain knows of. */
  #births(): void {
    if (this.#random.chance(30)) {
      this.machine.initAgain();
      this.#happened("InitChain again");
    }
    if (!this.#random.chance(30)) return;
    this.machine.restart();
    this.#happened("stopped after InitChain");
  }

  /** Follows the main chain by one block that it has committed. */
  follow(txs: readonly Uint8Array[], time: bigint, response: ResponseFinalizeBlock): string[] {
    const { machine } = this;
    this.#asides(txs, time);
    const told = this.#block(txs, time);
    const faults = difference("the twin", response, told);
    this.#recent.push({ txs, time, response });
    if (this.#recent.length > RECENT) this.#recent.shift();
    if (machine.appHash !== this.#main.appHash)
      faults.push(`the twin's app hash is ${machine.appHash}, not ${this.#main.appHash}`);
    this.#upkeep();
    faults.push(...this.#after());
    return faults;
  }

  // ---- what must not matter -----------------------------------------------------------------------

  #asides(txs: readonly Uint8Array[], time: bigint): void {
    const { client, app, height } = this.machine;
    const random = this.#random;
    const aside = (what: string, percent: number, body: () => unknown): void => {
      if (!random.chance(percent)) return;
      body();
      this.#tally.add(ASIDES, what);
    };
    if (height === 0n) return;
    for (const tx of txs) {
      aside("checked", 60, () => client.checkTx(tx, random.chance(30)));
      aside("simulated", 10, () => app.simulate(tx));
    }
    aside("signature jobs", 5, () => txs.map((tx) => app.signatureJobs(tx)));
    aside("proposed", 10, () => client.propose(txs, height + 1n, random.of([500n, 1_000_000n])));
    aside("finalized another block", 10, () =>
      this.machine.finalize(random.chance(20) ? [] : txs, time + 77n),
    );
    aside("exported", 5, () => app.exportGenesis());
  }

  // ---- blocks and accidents ------------------------------------------------------------------------

  /** Runs the block, whatever happens meanwhile. */
  #block(txs: readonly Uint8Array[], time: bigint): ResponseFinalizeBlock {
    const { machine } = this;
    const random = this.#random;
    if (random.chance(5)) {
      const first = machine.finalize(txs, time);
      this.#happened("finalized twice");
      const faults = difference("again", first, machine.finalize(txs, time));
      if (faults.length > 0) throw new Error(faults.join("\n"));
    }
    if (!random.chance(this.#settings.accidents)) return machine.block(txs, time);
    const height = machine.height;
    if (random.chance(50)) {
      machine.stopIn(txs, time, "before the write");
      this.#restarted("stopped before the write", height);
      return machine.block(txs, time);
    }
    const told = machine.stopIn(txs, time, "after the write");
    this.#restarted("stopped after the write", height + 1n);
    return told;
  }

  #restarted(accident: string, height: bigint): void {
    const { machine } = this;
    if (machine.height !== height)
      throw new Error(`${accident}: back at height ${machine.height}, not ${height}`);
    this.#happened(accident);
    const from = machine.startedFrom === 0n ? "change sets alone" : "a snapshot";
    this.#happened(`loaded from ${from}`);
  }

  /** Writes on at a snapshot, when one is due; prunes the archive. */
  #upkeep(): void {
    const { machine } = this;
    machine.pruneStep();
    const before = machine.app.store.snapshots.complete.length;
    if (!machine.snapshotStep(this.#settings.stepNodes)) return;
    this.#tally.add(ASIDES, "snapshot steps");
    const { complete, writing } = machine.app.store.snapshots;
    if (complete.length !== before || writing === undefined) this.#tally.add(ASIDES, "snapshots");
  }

  /** Between blocks: a restart at times, also with the newest snapshot damaged; queries. */
  #after(): string[] {
    const { machine } = this;
    const random = this.#random;
    const faults: string[] = [];
    if (random.chance(this.#settings.accidents)) {
      const isCut = machine.app.store.snapshots.writing !== undefined;
      const wanted = random.chance(20) && !this.#isDamaged;
      const damaged = wanted ? damageNewest(machine.disk, random) : undefined;
      this.#damaged = damaged ?? this.#damaged;
      const { height } = machine;
      machine.restart();
      this.#restarted("stopped between blocks", height);
      if (isCut) this.#happened("stopped within a snapshot");
      if (damaged !== undefined) this.#happened("newest snapshot damaged");
      faults.push(...machine.app.brokenInvariants(), ...this.#sides());
    }
    if (random.chance(2)) faults.push(...this.#rolledBack());
    if (random.chance(30))
      for (const address of this.#addresses) answersOf(machine).balances(address);
    if (random.chance(20)) faults.push(...this.#oldHeights());
    return faults;
  }

  /** Whether a snapshot that was damaged still counts as whole: no load has begun with it since. */
  get #isDamaged(): boolean {
    const { complete } = this.machine.app.store.snapshots;
    return complete.some(({ height }) => height === this.#damaged);
  }

  /** Goes back some blocks on disk and executes them again. */
  #rolledBack(): string[] {
    const { machine } = this;
    const { height, lowest } = machine;
    const back = BigInt(this.#random.int(1, this.#recent.length - 1));
    // What was damaged and not noticed yet may be all that leads back.
    if (height - back < lowest || this.#isDamaged) return [];
    machine.goBack(height - back);
    this.#restarted("rolled back", height - back);
    const faults: string[] = [];
    for (const { txs, time, response } of this.#recent.slice(-Number(back)))
      faults.push(...difference("the rolled back twin", response, machine.block(txs, time)));
    if (machine.appHash !== this.#main.appHash)
      faults.push(`the rolled back twin's app hash is ${machine.appHash}`);
    return [...faults, ...this.#sides()];
  }

  /** What stands beside the trees, and no hash covers, is the same too. */
  #sides(): string[] {
    return sideDifference(this.#main.app.store, this.machine.app.store);
  }

  /** Both chains answer alike at every height that both still have, and refuse the others. */
  #oldHeights(): string[] {
    const [main, twin] = [this.#main.app.store, this.machine.app.store];
    const faults: string[] = [];
    for (let height = main.height; height > 0n && height > main.height - 6n; height--) {
      const isKept = height >= main.oldestHeight && height >= twin.oldestHeight;
      for (const [path, data] of QUESTIONS) {
        const [a, b] = [this.#main, this.machine].map(({ client }) =>
          client.query(path, data, height),
        );
        this.#tally.add(ASIDES, "queries at old heights");
        if (a === undefined || b === undefined) continue;
        if (height < twin.oldestHeight && b.code === 0)
          faults.push(`${path} at ${height}: answered, the oldest is ${twin.oldestHeight}`);
        if (!isKept) continue;
        if (a.code !== b.code || !equalBytes(a.value, b.value))
          faults.push(`${path} at ${height}: the twin answers ${b.code} ${b.log}, not ${a.log}`);
      }
    }
    return faults;
  }

  /** At the end: everything on disk is what is in memory, hash by hash. */
  finish(): string[] {
    const { machine } = this;
    const height = machine.height;
    machine.restart();
    this.#restarted("stopped at the end", height);
    const faults = diskFaults(machine.disk, machine.app.store, machine.app.rebuildSides());
    if (machine.appHash !== this.#main.appHash) faults.push("the disk holds another app hash");
    return [...faults, ...this.#sides()];
  }
}
