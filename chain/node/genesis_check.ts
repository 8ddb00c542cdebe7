// Checking a genesis as a whole: every part of the document and every module's part by itself, so that
// all that is wrong is told at once; and when nothing is, the chain's first state made of it in memory
// and held against all invariants.

import { AddressCodec } from "../base/address.ts";
import { BugError } from "../base/assert.ts";
import { ChainError } from "../base/errors.ts";
import type { Platform } from "../base/platform.ts";
import { utf8 } from "../base/bytes.ts";
import { leaseholdParts, storeNames } from "../app/index.ts";
import { createRegistry } from "../codec/index.ts";
import type { Json } from "../codec/index.ts";
import { appStateProblems, Application } from "../runtime/index.ts";
import { TreeMultiStore } from "../store/index.ts";
import { genesisChecks, parseGenesis } from "../../genesis/index.ts";
import type { GenesisDocument } from "../../genesis/index.ts";
import { prefixOf } from "./home.ts";

/** Sentences about all that is wrong, each with the JSON path; none when the genesis can be started. */
export function genesisProblems(platform: Platform, json: Json): readonly string[] {
  const problems: string[] = [];
  for (const check of genesisChecks(json)) problems.push(...told(check));
  if (problems.length > 0) return [...new Set(problems)];
  const document = parseGenesis(json);
  problems.push(...stateProblems(platform, document));
  if (problems.length > 0) return problems;
  return startProblems(platform, document);
}

function stateProblems(platform: Platform, document: GenesisDocument): readonly string[] {
  const { modules } = leaseholdParts(platform, "");
  const registry = createRegistry(modules.flatMap((module) => module.types ?? []));
  const addresses = new AddressCodec(prefixOf(document));
  return appStateProblems(modules, document.appState, registry, { addresses });
}

/** What InitChain and the invariants say. */
function startProblems(platform: Platform, document: GenesisDocument): readonly string[] {
  const parts = leaseholdParts(platform, "");
  const store = new TreeMultiStore(platform, storeNames(parts));
  const app = new Application(parts, { store, platform });
  const broken: string[] = [];
  const refused = told(() => {
    app.initChain({
      time: document.genesisTime,
      chainId: document.chainId,
      consensusParams: document.consensusParams,
      validators: document.validators.map(({ key, power }) => ({
        pubKey: { ed25519: key },
        power,
      })),
      appStateBytes: utf8(JSON.stringify(document.appState)),
      initialHeight: document.initialHeight,
    });
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
