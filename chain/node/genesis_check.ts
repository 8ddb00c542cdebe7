// Checking a genesis as a whole: every part of the document and every module's part by itself, so that
// all that is wrong is told at once; and when nothing is, the chain's first state made of it in memory
// and held against all invariants.

import { AddressCodec } from "../base/address.ts";
import { BugError } from "../base/assert.ts";
import { ChainError } from "../base/errors.ts";
import type { Platform } from "../base/platform.ts";
import { leaseholdParts, storeNames } from "../app/index.ts";
import { createRegistry } from "../codec/index.ts";
import type { Json } from "../codec/index.ts";
import { appStateProblems, Application } from "../runtime/index.ts";
import { TreeMultiStore } from "../store/index.ts";
import { genesisChecks, parseGenesis } from "../../genesis/index.ts";
import type { GenesisDocument, JsonObject } from "../../genesis/index.ts";
import { genesisInput, initChainRequest } from "./embedded/start.ts";
import { prefixOf } from "./home.ts";

/** Faulty entries of one list that are looked for. */
const MAX_ENTRIES = 100;
/** Module, list and index of what a sentence is about. */
const ENTRY = /^genesis app_state\.(\w+): (\w+)\[(\d+)\]/;

/** Sentences about all that is wrong, each with the JSON path; none when the genesis can be started. */
export function genesisProblems(platform: Platform, json: Json): readonly string[] {
  const problems: string[] = [];
  for (const check of genesisChecks(json)) problems.push(...told(check));
  const state = appStateOf(json);
  if (state !== undefined) problems.push(...stateProblems(platform, state));
  if (problems.length > 0) return [...new Set(problems)];
  return startProblems(platform, parseGenesis(json));
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function appStateOf(json: Json): JsonObject | undefined {
  const state = isObject(json) ? json["app_state"] : undefined;
  return isObject(state) ? state : undefined;
}

/**
 * What the modules say of their parts. Each stops at its first fault: an entry of a list that is at fault
 * is left out and the part looked at again, so that all such entries are told. What else a part says then
 * may only follow from that, and is not told.
 */
function stateProblems(platform: Platform, appState: JsonObject): readonly string[] {
  const { modules } = leaseholdParts(platform, "");
  const registry = createRegistry(modules.flatMap((module) => module.types ?? []));
  const addresses = new AddressCodec(prefixOf({ appState }));
  const problems: string[] = [];
  for (const module of modules) {
    const mine = appState[module.name];
    let state: JsonObject = mine === undefined ? {} : { [module.name]: mine };
    const gone: Gone[] = [];
    while (gone.length < MAX_ENTRIES) {
      const [sentence] = appStateProblems([module], state, registry, { addresses });
      if (sentence === undefined) break;
      const left = withoutEntry(state, sentence, gone);
      if (left !== undefined || gone.length === 0) problems.push(left?.sentence ?? sentence);
      if (left === undefined) break;
      state = left.state;
    }
  }
  const strangers = Object.keys(appState).filter((name) =>
    modules.every((module) => module.name !== name),
  );
  const foreign = Object.fromEntries(strangers.map((name) => [name, {}]));
  return [...problems, ...appStateProblems([], foreign, registry, { addresses })];
}

/** An entry that was left out: its list and where it stood among what was left. */
interface Gone {
  readonly list: string;
  readonly index: number;
}

/** The state without the entry that a sentence is about, and the sentence with the entry's own index. */
function withoutEntry(
  state: JsonObject,
  sentence: string,
  gone: Gone[],
): { readonly state: JsonObject; readonly sentence: string } | undefined {
  const [head = "", name = "", list = "", digits = ""] = ENTRY.exec(sentence) ?? [];
  const part = state[name];
  const entries = isObject(part) ? part[list] : undefined;
  const index = Number(digits);
  if (!isObject(part) || !Array.isArray(entries) || index >= entries.length) return undefined;
  let own = index;
  for (const one of gone.toReversed()) if (one.list === list && one.index <= own) own += 1;
  gone.push({ list, index });
  const rest = (entries as readonly Json[]).filter((_, at) => at !== index);
  const told = `genesis app_state.${name}: ${list}[${own}]${sentence.slice(head.length)}`;
  return { state: { ...state, [name]: { ...part, [list]: rest } }, sentence: told };
}

/** What InitChain and the invariants say. */
function startProblems(platform: Platform, document: GenesisDocument): readonly string[] {
  const parts = leaseholdParts(platform, "");
  const store = new TreeMultiStore(platform, storeNames(parts));
  const app = new Application(parts, { store, platform });
  const broken: string[] = [];
  const refused = told(() => {
    app.initChain(initChainRequest(genesisInput(document)));
    broken.push(...app.brokenInvariants());
  });
  return [...refused, ...broken.map((sentence) => `genesis app_state: invariant ${sentence}`)];
}

/** The message of the refusal that `work` ends in, if it does. */
function told(work: () => void): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ChainError) return [error.message];
    // InitChain holds the values of a checked genesis for granted: what it stumbles over was not checked.
    if (error instanceof BugError) return [`genesis app_state: ${error.message}`];
    throw error;
  }
}
