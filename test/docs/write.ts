// Writes the pages of docs/spec.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { specPages } from "./pages.ts";

const folder = fileURLToPath(new URL("../../../docs/spec/", import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, text] of specPages()) writeFileSync(join(folder, name), text);
