// The process of an attacker: `node attacker.js NAME SECONDS DOORS` attacks for so long and tells what it
// did. A process of its own, so that what it costs is not taken from the node or from the honest load.

import { ATTACKS } from "./attacks.ts";
import type { Doors } from "./attacks.ts";

const [name, seconds, doors] = process.argv.slice(2);
const found = ATTACKS.find(([one]) => one === name);
if (found === undefined || seconds === undefined || doors === undefined)
  throw new Error("usage: attacker.js NAME SECONDS DOORS");
const until = performance.now() + Number(seconds) * 1000;
const done = await found[2](JSON.parse(doors) as Doors, until);
process.stdout.write(`done ${JSON.stringify(done)}\n`, () => process.exit(0));
