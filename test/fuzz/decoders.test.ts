// The short version of `make fuzz`: a few thousand mutations per decoder, always the same ones.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DECODERS } from "./decoders.ts";
import { fuzz } from "./fuzzer.ts";

const SEED = 20261121;
/** Inputs of a decoder whose inputs cost least; the others get their share. */
const COUNT = 2000;
/** Doors answer through HTTP, and a node is started for each. */
const DOOR_COUNT = 600;
const DOORS = new Set(["rpc-post", "rpc-uri", "rpc-socket", "rest", "http"]);

const tests = suite("mutations");

for (const decoder of DECODERS)
  tests(decoder.name, async () => {
    const count = DOORS.has(decoder.name) ? DOOR_COUNT : COUNT;
    // A loaded machine is no finding: times are those of `make fuzz`.
    const tally = await fuzz({ ...decoder, limitMs: 20_000 }, { seed: SEED, count });
    const told = tally.findings.map(
      ({ index, what, input }) => `input ${index}: ${what}\n${input}`,
    );
    assert.is(told.length, 0, `${decoder.name} SEED=${SEED}\n${told.join("\n")}`);
    if (tally.inputs < 100) return;
    assert.ok(tally.accepted > 0, `nothing of ${tally.inputs} inputs was accepted`);
    assert.ok(tally.accepted < tally.inputs, "nothing was refused");
  });

tests.run();
