// Module provider on stores in memory: registry, claims, devices, heartbeats, genesis.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Address } from "../../chain/base/address.ts";
import type { GenesisState, Params } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import {
  MsgHeartbeat,
  MsgPauseProvider,
  MsgSetDevices,
  MsgSetKeys,
  MsgUnpauseProvider,
  MsgUpdateParams,
  MsgUpdateProvider,
  ProviderState,
  QueryProviderRequest,
  QueryProvidersRequest,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type {
  QueryProviderResponse,
  QueryProvidersResponse,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Event } from "../../chain/runtime/index.ts";
import { DEFAULT_PROVIDER_PARAMS } from "../../modules/provider/index.ts";
import { moduleOf, testAddress } from "../support/escrow.ts";
import { ProviderBench, refuses } from "../support/provider.ts";

const H100 = "vendor/nvidia/model/h100";

const OWNER = testAddress(1);
const OPERATOR = testAddress(2);
const OTHER = testAddress(3);

test("registration burns the fee, sorts claims, and happens once", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  const events = bench.register(OWNER, { operator: bench.text(OPERATOR) });
  assert.is(events[0]?.type, "leasehold.provider.v1.EventProviderRegistered");
  const left = bench.machine.look((ctx) => bench.bank.balance(ctx, OWNER, "ulease"));
  assert.is(left, 90_000_000n);
  assert.is(
    bench.machine.look((ctx) => bench.bank.balance(ctx, moduleOf("escrow"), "ulease")),
    0n,
  );
  const found = bench.machine.look((ctx) => bench.keeper.get(ctx, OWNER));
  assert.equal(
    found.attributes.map(({ key }) => key),
    ["host", "region"],
  );
  assert.is(found.payout, bench.text(OWNER));
  refuses(() => bench.register(OWNER), "provider", 3);
  assert.equal(bench.faults(), []);
});

test("registration without the fee leaves nothing", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER, 9_999_999n);
  refuses(() => bench.register(OWNER), "sdk", 5);
  assert.is(
    bench.machine.look((ctx) => bench.keeper.find(ctx, OWNER)),
    undefined,
  );
});

test("an operator serves one provider and is found by its key", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.fund(OTHER);
  bench.register(OWNER, { operator: bench.text(OPERATOR) });
  refuses(() => bench.register(OTHER, { operator: bench.text(OPERATOR) }), "provider", 20);
  bench.register(OTHER);
  refuses(
    () => bench.send(MsgSetKeys, { owner: bench.text(OTHER), operator: bench.text(OPERATOR) }),
    "provider",
    20,
  );
  const found = bench.machine.look((ctx) => bench.keeper.ofOperator(ctx, bench.text(OPERATOR)));
  assert.equal(found.owner, OWNER);
  bench.send(MsgSetKeys, { owner: bench.text(OWNER), operator: bench.text(OWNER) });
  refuses(
    () => bench.machine.look((ctx) => bench.keeper.ofOperator(ctx, bench.text(OPERATOR))),
    "provider",
    2,
  );
  refuses(() => bench.send(MsgSetKeys, { owner: bench.text(OWNER) }), "provider", 18);
  assert.equal(bench.faults(), []);
});

test("forms that are refused", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  const uris = [
    "",
    "gpu.example.com",
    "http://gpu.example.com",
    "https://",
    "https://gpu.example.com/path",
    "https://user@gpu.example.com",
    "https://GPU.example.com",
    "https://gpu.example.com?x",
    `https://${"a".repeat(64)}.com`,
    "https://gpu.example.com:0",
    "http://localhost.example.com",
  ];
  for (const hostUri of uris) refuses(() => bench.register(OWNER, { hostUri }), "provider", 4);
  for (const key of ["", "a", "1a", "a b", "a*", "a?", `a${"b".repeat(128)}`, "ключ"])
    refuses(() => bench.register(OWNER, { attributes: [{ key, value: "x" }] }), "provider", 5);
  for (const value of ["\u0000", "line\nbreak", "x".repeat(257), "é".repeat(129)])
    refuses(() => bench.register(OWNER, { attributes: [{ key: "ab", value }] }), "provider", 5);
  const twice = [
    { key: "region", value: "a" },
    { key: "region", value: "b" },
  ];
  refuses(() => bench.register(OWNER, { attributes: twice }), "provider", 5, /twice/);
  refuses(() => bench.register(OWNER, { heartbeatKey: new Uint8Array(33) }), "provider", 6);
  refuses(() => bench.register(OWNER, { contactUri: "https://x.example" }), "provider", 4);
  refuses(() => bench.register(OWNER, { operator: "cosmos1xyz" }), "sdk", 7);
});

test("gateways that are taken", () => {
  for (const hostUri of [
    "https://a.b",
    "https://192.0.2.1:8443",
    "https://[2001:db8::1]:8443",
    "http://localhost:9000",
    "http://127.0.0.1:9000",
    "https://gpu.example.com/",
  ]) {
    const bench = new ProviderBench();
    bench.fund(OWNER);
    bench.register(OWNER, { hostUri });
  }
});

test("an attribute that a live lease was matched on stays while it lives", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.register(OWNER);
  const matched = [{ key: "region", value: "eu-west" }];
  bench.run((ctx) => bench.keeper.leaseAwarded(ctx, OWNER, matched));
  bench.run((ctx) => bench.keeper.leaseAwarded(ctx, OWNER, matched));
  const update = (attributes: { key: string; value: string }[]): Event[] =>
    bench.send(MsgUpdateProvider, {
      owner: bench.text(OWNER),
      hostUri: "https://new.example.com",
      attributes,
    });
  refuses(() => update([]), "provider", 10);
  refuses(() => update([{ key: "region", value: "us" }]), "provider", 10, /2 live leases/);
  update([{ key: "region", value: "eu-west" }]);
  bench.run((ctx) => bench.keeper.leaseClosed(ctx, OWNER, matched));
  refuses(() => update([]), "provider", 10);
  bench.run((ctx) => bench.keeper.leaseClosed(ctx, OWNER, matched));
  update([]);
  const standing = bench.machine.look((ctx) => bench.keeper.standing(ctx, OWNER));
  assert.equal(standing, { liveLeases: 0n, lastAward: 2n, awards: 2n });
  assert.equal(bench.faults(), []);
});

test("devices stand under the class of their model and cover what is promised", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.register(OWNER, { operator: bench.text(OPERATOR) });
  const set = (signer: Address, devices: MsgSetDevices["devices"]): Event[] =>
    bench.send(MsgSetDevices, {
      signer: bench.text(signer),
      provider: bench.text(OWNER),
      devices,
    });
  const gpu = (count: bigint, name = "h100", model = H100) => ({
    class: name,
    kind: "GPU",
    model,
    count,
  });
  refuses(() => set(OTHER, [gpu(1n)]), "provider", 8);
  refuses(() => set(OWNER, [gpu(1n, "a100")]), "provider", 7, /is of class "h100"/);
  refuses(() => set(OWNER, [gpu(1n, "h100", "vendor/x/model/new")]), "provider", 7);
  refuses(() => set(OWNER, [gpu(1n, "quantum")]), "provider", 16);
  refuses(() => set(OWNER, [gpu(0n)]), "provider", 7);
  refuses(() => set(OWNER, [gpu(1n, "h100", "vendor/nvidia/model/H100")]), "provider", 7);
  refuses(() => set(OWNER, [gpu(1n), gpu(2n)]), "provider", 7, /twice/);
  refuses(() => set(OWNER, [{ class: "h100", kind: "CPU", model: "", count: 1n }]), "provider", 7);
  set(OPERATOR, [
    gpu(8n),
    gpu(2n, "other", "vendor/x/model/new"),
    { class: "cpu", kind: "CPU", model: "", count: 64n },
  ]);
  bench.run((ctx) => bench.keeper.promiseDevices(ctx, OWNER, "h100", 6n));
  refuses(
    () => bench.run((ctx) => bench.keeper.promiseDevices(ctx, OWNER, "h100", 3n)),
    "provider",
    11,
  );
  refuses(() => set(OWNER, [gpu(5n)]), "provider", 11, /6 devices of class "h100" promised, 5/);
  set(OWNER, [gpu(6n)]);
  bench.run((ctx) => bench.keeper.releaseDevices(ctx, OWNER, "h100", 6n));
  set(OWNER, []);
  assert.equal(bench.faults(), []);
});

test("a heartbeat is fresh for two periods of U, told stale once, fresh again", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.register(OWNER, { operator: bench.text(OPERATOR) });
  const beat = (seq: bigint, time = bench.machine.time.seconds): Event[] =>
    bench.send(MsgHeartbeat, {
      operator: bench.text(OPERATOR),
      provider: bench.text(OWNER),
      seq,
      time,
    });
  const awardable = (): boolean =>
    bench.machine.look((ctx) => bench.keeper.isAwardable(ctx, OWNER));
  assert.is(awardable(), false, "no award before the first heartbeat");
  refuses(() => beat(0n), "provider", 12);
  beat(5n);
  assert.is(awardable(), true);
  refuses(() => beat(5n), "provider", 12);
  refuses(() => beat(6n, bench.machine.time.seconds - 1n), "provider", 13);
  refuses(() => beat(6n, bench.machine.time.seconds + 601n), "provider", 13);
  refuses(
    () =>
      bench.send(MsgHeartbeat, {
        operator: bench.text(OWNER),
        provider: bench.text(OWNER),
        seq: 6n,
      }),
    "provider",
    8,
  );
  bench.block(1200);
  assert.is(awardable(), true, "the last second of two periods counts");
  bench.block(100_000, 0);
  assert.is(awardable(), true, "a halt of the chain ages nothing");
  assert.equal(bench.heard, ["fresh"]);
  bench.machine.advance(1);
  assert.is(awardable(), false, "due before the queue ran");
  bench.block(1);
  bench.block(1);
  assert.equal(bench.heard, ["fresh", "stale"]);
  assert.equal(bench.faults(), []);
  beat(6n);
  beat(7n);
  assert.equal(bench.heard, ["fresh", "stale", "fresh"]);
  assert.is(awardable(), true);
  assert.equal(bench.faults(), []);
});

test("a late heartbeat before the queue ran is not told", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.register(OWNER);
  const beat = (seq: bigint): Event[] =>
    bench.send(MsgHeartbeat, {
      operator: bench.text(OWNER),
      provider: bench.text(OWNER),
      seq,
      time: bench.machine.time.seconds,
    });
  beat(1n);
  bench.machine.advance(5000);
  beat(2n);
  bench.block(1);
  assert.equal(bench.heard, ["fresh"]);
  assert.equal(bench.faults(), []);
});

test("pause and unpause with its least length on U", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.register(OWNER, { operator: bench.text(OPERATOR) });
  const pause = (signer: Address): Event[] =>
    bench.send(MsgPauseProvider, { signer: bench.text(signer), provider: bench.text(OWNER) });
  const unpause = (): Event[] => bench.send(MsgUnpauseProvider, { owner: bench.text(OWNER) });
  refuses(unpause, "provider", 9);
  refuses(() => pause(OTHER), "provider", 8);
  pause(OPERATOR);
  refuses(() => pause(OWNER), "provider", 9);
  bench.block(3599);
  refuses(unpause, "provider", 14, /paused for 3599 s, 3600 s/);
  bench.block(10_000, 0);
  refuses(unpause, "provider", 14);
  bench.block(1);
  unpause();
  assert.equal(bench.heard, [`state ${ProviderState.PAUSED}`, `state ${ProviderState.ACTIVE}`]);
});

test("parameters: authority, bounds, no class is removed, models follow", () => {
  const bench = new ProviderBench();
  const gov = bench.text(moduleOf("gov"));
  const update = (params: Params, authority = gov): Event[] =>
    bench.send(MsgUpdateParams, { authority, params });
  const base = DEFAULT_PROVIDER_PARAMS;
  refuses(() => update(base, bench.text(OWNER)), "gov", 13);
  refuses(() => update({ ...base, heartbeatPeriod: 29n }), "provider", 15, /heartbeat_period 29/);
  const without = base.classes.filter(({ name }) => name !== "l4");
  const models = base.models.filter((row) => row.class !== "l4");
  refuses(() => update({ ...base, classes: without, models }), "provider", 15, /cannot be removed/);
  refuses(
    () => update({ ...base, classes: base.classes.filter(({ name }) => name !== "other") }),
    "provider",
    15,
    /"other" is missing/,
  );
  const free = base.classes.map((row) =>
    row.name === "cpu" ? { ...row, referencePricePerHour: 0n } : row,
  );
  refuses(() => update({ ...base, classes: free }), "provider", 15, /reference_price_per_hour/);
  update({ ...base, models: [{ model: "vendor/nvidia/model/b200", class: "h200" }] });
  const of = (model: string): string =>
    bench.machine.look((ctx) => bench.keeper.classOf(ctx, model));
  assert.is(of("vendor/nvidia/model/b200"), "h200");
  assert.is(of(H100), "other");
  assert.equal(bench.machine.look((ctx) => bench.keeper.params(ctx)).classes, base.classes);
});

test("queries filter by state, attribute, model and awardable; claims are self-declared", () => {
  const bench = new ProviderBench();
  for (const n of [11, 12, 13]) {
    const owner = testAddress(n);
    bench.fund(owner);
    bench.register(owner, { attributes: [{ key: "region", value: n === 12 ? "us" : "eu" }] });
  }
  const [a, b, c] = [11, 12, 13].map((n) => bench.text(testAddress(n)));
  bench.send(MsgSetDevices, {
    signer: b ?? "",
    provider: b ?? "",
    devices: [{ class: "h100", kind: "GPU", model: H100, count: 4n }],
  });
  bench.send(MsgHeartbeat, { operator: b ?? "", provider: b ?? "", seq: 1n });
  bench.send(MsgPauseProvider, { signer: c ?? "", provider: c ?? "" });
  const list = (fields: Partial<QueryProvidersRequest>): (string | undefined)[] =>
    bench
      .query<QueryProvidersRequest, QueryProvidersResponse>(
        "Providers",
        QueryProvidersRequest,
        fields,
      )
      .providers.map(({ provider }) => provider.owner);
  assert.equal(list({}), [a, b, c]);
  assert.equal(list({ state: ProviderState.PAUSED }), [c]);
  assert.equal(list({ attributes: ["region=eu"] }), [a, c]);
  assert.equal(list({ model: H100 }), [b]);
  assert.equal(list({ model: H100, state: ProviderState.ACTIVE }), [b]);
  assert.equal(list({ model: H100, state: ProviderState.PAUSED }), []);
  assert.equal(list({ class: "h100", awardable: true }), [b]);
  refuses(() => list({ attributes: ["region"] }), "sdk", 18);
  const one = bench.query<QueryProviderRequest, QueryProviderResponse>(
    "Provider",
    QueryProviderRequest,
    { provider: b ?? "" },
  );
  assert.is(one.info.awardable, true);
  assert.equal(
    one.claims.map(({ key, value, standing }) => `${key}=${value}/${standing}`),
    ["region=us/1", `device/h100/${H100}=4/1`],
  );
});

test("genesis: export(init(g)) = g, queue and refusals", () => {
  const bench = new ProviderBench();
  bench.fund(OWNER);
  bench.register(OWNER);
  bench.send(MsgSetDevices, {
    signer: bench.text(OWNER),
    provider: bench.text(OWNER),
    devices: [{ class: "h100", kind: "GPU", model: H100, count: 4n }],
  });
  bench.send(MsgHeartbeat, { operator: bench.text(OWNER), provider: bench.text(OWNER), seq: 9n });
  bench.run((ctx) => {
    bench.keeper.promiseDevices(ctx, OWNER, "h100", 2n);
    bench.keeper.leaseAwarded(ctx, OWNER, [{ key: "host", value: "metal" }]);
  });
  const part = bench.module.genesis;
  if (part === undefined) throw new Error("no genesis");
  const exported = bench.machine.look((ctx) => part.export(ctx)) as GenesisState;
  const env = { addresses: bench.machine.addresses };
  part.validate(exported, env);
  const again = new ProviderBench(exported);
  assert.equal(
    again.machine.look((ctx) => again.module.genesis?.export(ctx)),
    exported,
  );
  assert.equal(again.faults(), []);
  const [record] = exported.providers;
  if (record === undefined) throw new Error("no record");
  const broken: GenesisState[] = [
    { ...exported, lastAward: 0n },
    { ...exported, providers: [record, record] },
    { ...exported, providers: [{ ...record, commitments: [{ class: "h100", offered: 5n }] }] },
    { ...exported, providers: [{ ...record, pins: [{ key: "host", value: "x", leases: 1n }] }] },
  ];
  for (const state of broken) refuses(() => part.validate(state, env), "provider", 19);
});

test.run();
