// Forms and limits of what may be asked of the market, by themselves.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec } from "../../chain/base/address.ts";
import {
  EndpointKind,
  GroupSpec,
  ResourceUnit,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { formFault } from "../../modules/deployment/keeper/forms.ts";
import {
  DEFAULT_DEPLOYMENT_PARAMS as PARAMS,
  groupTotals,
  limitFault,
} from "../../modules/deployment/index.ts";

const GIB = 1n << 30n;
const TIB = 1n << 40n;
const CODEC = new AddressCodec("lease");

function unit(fields: Partial<ResourceUnit> = {}): ResourceUnit {
  return ResourceUnit.create({
    id: 1,
    cpu: { milli: 1000n, attributes: [] },
    memory: { bytes: GIB, attributes: [] },
    storage: [{ name: "default", bytes: GIB, attributes: [] }],
    gpu: { units: 0n, models: [] },
    count: 1,
    price: { denom: "ulease", amount: "1000" },
    ...fields,
  });
}

function group(units: readonly ResourceUnit[], fields: Partial<GroupSpec> = {}): GroupSpec {
  return GroupSpec.create({ name: "web", units, ...fields });
}

function storage(...bytes: readonly bigint[]): ResourceUnit["storage"] {
  return bytes.map((size, index) => ({ name: `v${index}`, bytes: size, attributes: [] }));
}

test("a plain group is within all limits", () => {
  assert.is(limitFault(group([unit()]), PARAMS), undefined);
  assert.is(formFault(group([unit()]), CODEC), undefined);
});

const outside: readonly (readonly [string, Partial<ResourceUnit>, RegExp])[] = [
  ["too little CPU", { cpu: { milli: 9n, attributes: [] } }, /cpu\.milli 9 is not in 10\.\.384000/],
  ["too much CPU", { cpu: { milli: 384_001n, attributes: [] } }, /cpu\.milli 384001/],
  ["too many GPUs", { gpu: { units: 25n, models: [] } }, /gpu\.units 25/],
  ["too little memory", { memory: { bytes: (1n << 20n) - 1n, attributes: [] } }, /memory\.bytes/],
  ["too much memory", { memory: { bytes: 2n * TIB + 1n, attributes: [] } }, /memory\.bytes/],
  ["a small volume", { storage: storage(5n * (1n << 20n) - 1n) }, /storage\[0\]\.bytes/],
  ["a second volume too large", { storage: storage(GIB, 32n * TIB + 1n) }, /storage\[1\]\.bytes/],
  ["no replica", { count: 0 }, /count 0 is not in 1\.\.50/],
  ["51 replicas", { count: 51 }, /count 51/],
  ["9 volumes", { storage: storage(...Array.from({ length: 9 }, () => GIB)) }, /volumes 9/],
];
for (const [name, fields, words] of outside)
  test(`limit of a unit: ${name}`, () => {
    assert.match(limitFault(group([unit(fields)]), PARAMS) ?? "", words);
  });

test("totals are added up over units and replicas, each of the five", () => {
  const units = [unit({ count: 2 }), unit({ id: 2, count: 3, gpu: { units: 4n, models: [] } })];
  assert.equal(groupTotals(group(units)), {
    cpuMilli: 5000n,
    gpus: 12n,
    memoryBytes: 5n * GIB,
    storageBytes: 5n * GIB,
    price: 5000n,
  });
});

test("the total of storage is really enforced: 51 volumes of 32 TiB are refused", () => {
  const at50 = group([unit({ count: 50, storage: storage(32n * TIB) })]);
  assert.is(limitFault(at50, PARAMS), undefined);
  const at51 = group([
    unit({ count: 50, storage: storage(32n * TIB) }),
    unit({ id: 2, storage: storage(32n * TIB) }),
  ]);
  assert.match(limitFault(at51, PARAMS) ?? "", /total of the group: storage\.bytes/);
});

test("totals of CPU, memory, GPUs and price are enforced", () => {
  const over = (fields: Partial<ResourceUnit>): string =>
    limitFault(group([unit({ count: 50, ...fields }), unit({ id: 2, ...fields })]), PARAMS) ?? "";
  assert.match(over({ cpu: { milli: 384_000n, attributes: [] } }), /total.*cpu\.milli/);
  assert.match(over({ memory: { bytes: 2n * TIB, attributes: [] } }), /total.*memory\.bytes/);
  assert.match(over({ gpu: { units: 24n, models: [] } }), /total.*gpu\.units/);
  assert.match(over({ price: { denom: "ulease", amount: `${10n ** 14n}` } }), /total.*price/);
});

test("21 units are refused", () => {
  const units = Array.from({ length: 21 }, (_, index) => unit({ id: index + 1 }));
  assert.match(limitFault(group(units), PARAMS) ?? "", /units: number 21 is not in 1\.\.20/);
});

const misshapen: readonly (readonly [string, GroupSpec, RegExp])[] = [
  ["no name", group([unit()], { name: "" }), /name/],
  ["a price of nothing", group([unit({ price: { denom: "ulease", amount: "0" } })]), /price/],
  [
    "a price that is no number",
    group([unit({ price: { denom: "ulease", amount: "1e3" } })]),
    /price/,
  ],
  ["a negative price", group([unit({ price: { denom: "ulease", amount: "-5" } })]), /price/],
  ["a denom of one letter", group([unit({ price: { denom: "u", amount: "5" } })]), /denom/],
  [
    "GPU models without GPUs",
    group([
      unit({
        gpu: { units: 0n, models: [{ vendor: "nvidia", model: "h100", ram: "", interface: "" }] },
      }),
    ]),
    /models without units/,
  ],
  [
    "two volumes of one name",
    group([unit({ storage: [...storage(GIB), ...storage(GIB)] })]),
    /there twice/,
  ],
  [
    "an address of its own without number",
    group([unit({ endpoints: [{ kind: EndpointKind.LEASED_IP, sequenceNumber: 0 }] })]),
    /sequence_number/,
  ],
  [
    "a key twice",
    group([unit()], {
      requirements: {
        attributes: [
          { key: "region", value: "a" },
          { key: "region", value: "b" },
        ],
        signedBy: { allOf: [], anyOf: [] },
        preferred: [],
      },
    }),
    /there twice/,
  ],
];
for (const [name, spec, words] of misshapen)
  test(`form of a group: ${name}`, () => assert.match(formFault(spec, CODEC) ?? "", words));

test("an auditor that is no address is refused", () => {
  const requirements = {
    attributes: [],
    signedBy: { allOf: ["akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63"], anyOf: [] },
    preferred: [],
  };
  assert.throws(() => formFault(group([unit()], { requirements }), CODEC), /prefix/);
});

test.run();
