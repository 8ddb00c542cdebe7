// The JSON Schema of SDL 3.0 against the reader: what the schema takes the reader takes, for our own
// files and for single edits of the fullest one.

import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { inspectSdl } from "../../client/sdl/index.ts";
import { schemaFaults } from "../support/json_schema.ts";
import type { Value } from "../support/json_schema.ts";

const FOLDER = "test/vectors/sdl";
const schema = JSON.parse(readFileSync("client/sdl/schema.json", "utf8")) as {
  readonly [key: string]: Value;
};

const schemas = suite("sdl schema");

/** JSON of a file for a schema: YAML 1.2 values, as editors see them. */
function valuesOf(text: string): Value {
  return parse(text, { merge: true }) as Value;
}

schemas("our 3.0 files: schema and reader agree", () => {
  let files = 0;
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith("-3.0.yaml"))) {
    const text = readFileSync(`${FOLDER}/${file}`, "utf8");
    const faults = schemaFaults(schema, valuesOf(text));
    assert.is(
      faults.length === 0,
      inspectSdl(file, text).accepted,
      `${file}\n${faults.join("\n")}`,
    );
    files++;
  }
  assert.ok(files >= 4);
});

/** Every value that differs from `value` by one edit: a key or item left out, renamed or replaced. */
function* edits(value: Value): Generator<Value> {
  if (typeof value !== "object" || value === null) {
    for (const other of [null, -1, 0, 1.5, "", "x y", true, [], {}] as const) {
      if (typeof other !== typeof value) yield other;
    }
    return;
  }
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    for (const [index, item] of list.entries()) {
      yield list.toSpliced(index, 1);
      for (const edit of edits(item)) yield list.with(index, edit);
    }
    return;
  }
  const object = value as { readonly [key: string]: Value };
  for (const [key, item] of Object.entries(object)) {
    const { [key]: _left, ...rest } = object;
    yield rest;
    yield { ...rest, [`${key}_x`]: item };
    for (const edit of edits(item)) yield { ...object, [key]: edit };
  }
}

schemas("single edits: what the schema takes, the reader takes", () => {
  const full = valuesOf(readFileSync(`${FOLDER}/full-3.0.yaml`, "utf8"));
  const faults: string[] = [];
  let valid = 0;
  let total = 0;
  for (const edited of edits(full)) {
    total++;
    const schemaTakes = schemaFaults(schema, edited).length === 0;
    const report = inspectSdl("edit", stringify(edited));
    if (schemaTakes) valid++;
    // Rules across sections (a mount for a volume, an unused name, ...) are beyond a schema.
    const own = report.errors.filter(({ message }) => !CROSS.test(message));
    if (schemaTakes && own.length > 0) {
      faults.push(`${own.map(({ path, message }) => `${path}: ${message}`).join("; ")}`);
    }
  }
  assert.ok(total > 300 && valid > 30, `${valid} of ${total} valid`);
  assert.equal(faults, []);
});

/** Refusals that need more than one place of the file, or arithmetic. */
const CROSS = new RegExp(
  [
    "needs a duration",
    "no (compute|placement) profile is called",
    "no service is called",
    "has no price",
    "no port of any",
    "mounted nowhere",
    "no volume called",
    "two volumes",
    "class .* needs persistent",
    "cannot be persistent",
    "whole number of uusd",
    "GPUs need",
    "attributes without GPUs",
    "per replica",
    "bytes in a volume",
    "not above 0",
    "above 0 such as",
    "a deadline is for auto",
    "not a number of CPUs",
    "is not a plain decimal",
    "not a whole number of GPUs",
    "is not a number with",
    "nothing is deployed",
  ].join("|"),
);

schemas.run();
