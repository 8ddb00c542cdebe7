// Where results are kept: the last one in the cache, the accepted one with the sources.

import { fileURLToPath } from "node:url";

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The last run's result. */
export const LAST = at(".cache/bench/last.json");

/** The result that later ones are held against. */
export const ACCEPTED = at("docs/bench/accepted.json");
