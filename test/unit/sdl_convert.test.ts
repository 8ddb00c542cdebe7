// Conversions of SDL files to a chain: denoms and rates, auditors, placement attributes, limits. Each
// change is told, and what cannot be changed blocks the deployment without refusing the file.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec, decodeBech32 } from "../../chain/base/address.ts";
import { inspectSdl, readSdl, SdlError } from "../../client/sdl/index.ts";
import type { ConvertOptions, SdlPlan } from "../../client/sdl/index.ts";

const FOREIGN = readFileSync("test/vectors/sdl/foreign.yaml", "utf8");
const MINIMAL = readFileSync("test/vectors/sdl/minimal-2.0.yaml", "utf8");
const AUDITOR = "cosmos1qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5lzv7xu";
const auditorBytes = decodeBech32(AUDITOR)?.bytes as Uint8Array;
const OTHER = new AddressCodec("lease").format(auditorBytes.toReversed());

const convert = suite("sdl convert");

/** Price of the first unit of a plan. */
function priceOf(plan: SdlPlan): { readonly denom: string; readonly amount: string } | undefined {
  return plan.groups[0]?.units[0]?.price;
}

function priced(amount: string, denom: string, options: Partial<ConvertOptions>): string {
  const source = MINIMAL.replace("amount: 100", `amount: ${amount}`).replace("uusd", denom);
  const price = priceOf(readSdl(source, options));
  return `${price?.amount} ${price?.denom}`;
}

// written amount per block | denom | map | per hour (amount * 600 * rate, rounded up)
const PRICES: readonly (readonly [string, string, Record<string, string>, string])[] = [
  ["100", "uusd", {}, "60000 uusd"],
  ["100", "ulease", {}, "60000 ulease"],
  ["1", "uakt", {}, "600 uusd"],
  ["0.000000000000000001", "uakt", {}, "1 uusd"],
  ["1.0016666666666666", "uakt", {}, "601 uusd"],
  ["1.0016666666666667", "uakt", {}, "602 uusd"],
  ["3", "uakt", { uakt: "uusd:0.8" }, "1440 uusd"],
  ["1", "uakt", { uakt: "uusd:0.0016666" }, "1 uusd"],
  ["1", "uakt", { uakt: "uusd:0.0016667" }, "2 uusd"],
  ["7", "uakt", { uakt: "ulease:12.5" }, "52500 ulease"],
  ["7", "uusd", { uusd: "ulease:2" }, "8400 ulease"],
  ["10", "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1", {}, "6000 uusd"],
];

for (const [amount, denom, denomMap, expected] of PRICES) {
  convert(`${amount} ${denom} ${JSON.stringify(denomMap)} -> ${expected}`, () => {
    assert.is(priced(amount, denom, { denomMap }), expected);
    const source = MINIMAL.replace("amount: 100", `amount: ${amount}`).replace("uusd", denom);
    const told = inspectSdl("x", source, { denomMap }).conversions;
    assert.is(told.length, 1);
    assert.is(told[0]?.to, `${expected} per hour`);
    assert.is(told[0]?.path, "profiles.placement.anywhere.pricing.small");
    assert.is(told[0]?.line, 24);
  });
}

convert("a denom without a match blocks, and says which option helps", () => {
  const options = { denoms: ["ustake"], otherDenoms: "" };
  const report = inspectSdl("x", MINIMAL, options);
  assert.ok(report.accepted);
  assert.not(report.deployable);
  assert.is(report.groupSpecs, null);
  assert.is(report.blockers.length, 1);
  assert.match(
    report.blockers[0]?.message ?? "",
    /uusd is no denom of this market \(ustake\).*--denom-map/,
  );
  assert.throws(
    () => readSdl(MINIMAL, options),
    (error: unknown) => error instanceof SdlError,
  );
  const mapped = readSdl(MINIMAL, { ...options, denomMap: { uusd: "ustake:3" } });
  assert.equal(priceOf(mapped), { denom: "ustake", amount: "180000" });
});

convert("a map that is none is told as it is", () => {
  for (const text of ["uusd", "uusd:", "uusd:0", "uusd:-1", "uusd:x", "nothere:1", ":1"]) {
    const report = inspectSdl("x", FOREIGN, { denomMap: { uakt: text } });
    assert.not(report.deployable, text);
    assert.match(report.blockers[0]?.message ?? "", /is not denom:rate/, text);
  }
});

convert("names of objects in a map are no trap", () => {
  const source = MINIMAL.replace("denom: uusd", "denom: constructor");
  assert.equal(priceOf(readSdl(source)), { denom: "uusd", amount: "60000" });
});

convert("auditors: re-encoded, mapped, dropped, refused", () => {
  const signed = (options: Partial<ConvertOptions>): readonly string[] | undefined =>
    readSdl(FOREIGN, options).groups[0]?.requirements.signedBy.anyOf;
  const same = new AddressCodec("lease").format(auditorBytes);
  assert.equal(signed({}), [same]);
  assert.equal(signed({ prefix: "cosmos" }), [AUDITOR]);
  assert.equal(signed({ trustMap: { [AUDITOR]: OTHER } }), [OTHER]);
  assert.equal(signed({ trustMap: { [AUDITOR]: "none" } }), []);
  const foreign = inspectSdl("x", FOREIGN, { trustMap: { [AUDITOR]: AUDITOR } });
  assert.match(foreign.blockers[0]?.message ?? "", /which is no lease address/);
  const broken = inspectSdl("x", FOREIGN.replace(AUDITOR, "cosmos1nonsense"));
  assert.ok(broken.accepted);
  assert.match(broken.blockers[0]?.message ?? "", /"cosmos1nonsense" is not a bech32 address/);
  const twice = FOREIGN.replace(`- ${AUDITOR}`, `- ${AUDITOR}\n          - ${same}`);
  assert.equal(readSdl(twice).groups[0]?.requirements.signedBy.anyOf, [same]);
});

convert("placement attributes: kept, or dropped on demand and told", () => {
  const attributes = (ignorePlacement: boolean): unknown =>
    readSdl(FOREIGN, { ignorePlacement }).groups[0]?.requirements.attributes;
  assert.equal(attributes(false), [{ key: "host", value: "akash" }]);
  assert.equal(attributes(true), []);
  const report = inspectSdl("x", FOREIGN, { ignorePlacement: true });
  assert.ok(
    report.conversions.some(({ kind, from }) => kind === "attribute" && from === "host=akash"),
  );
  assert.not(report.warnings.some(({ message }) => message.includes("host=akash")));
  const tee = readFileSync("test/vectors/sdl/tee.yaml", "utf8");
  const kept = readSdl(tee, { ignorePlacement: true }).groups[0]?.requirements.attributes;
  assert.equal(kept, [{ key: "tee/type", value: "cpu" }]);
});

convert("conversions change neither the manifest nor the hash nor the groups as written", () => {
  const plain = inspectSdl("x", FOREIGN);
  const changed = inspectSdl("x", FOREIGN, {
    denomMap: { uakt: "ulease:9" },
    trustMap: { [AUDITOR]: "none" },
    ignorePlacement: true,
  });
  assert.is(changed.manifestHash, plain.manifestHash);
  assert.equal(changed.groups, plain.groups);
  assert.not.equal(changed.groupSpecs, plain.groupSpecs);
});

convert("a group above 10^15 an hour is blocked", () => {
  const dear = MINIMAL.replace("amount: 100", "amount: 10000000").replace("count: 1", "count: 50");
  assert.ok(inspectSdl("x", dear).deployable);
  const report = inspectSdl("x", dear, { denomMap: { uusd: "uusd:4000" } });
  assert.match(report.blockers[0]?.message ?? "", /1200000000000000 uusd per hour for the group/);
});

convert.run();
