// Transition tables of module provider, through the whole application.

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  GenesisState,
  MsgHeartbeat,
  MsgPauseProvider,
  MsgRegisterProvider,
  MsgRetireProvider,
  MsgSetDevices,
  MsgSetKeys,
  MsgUnpauseProvider,
  MsgUpdateParams,
  MsgUpdateProvider,
  PauseCause,
  ProviderState,
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
  QueryProvidersResponse,
} from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { ProviderInfo } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import { DEFAULT_PROVIDER_PARAMS } from "../../modules/provider/index.ts";
import { eventOf, TestChain } from "../support/chain.ts";
import type { Delivered } from "../support/chain.ts";
import { runRows } from "../support/rows.ts";
import { msg } from "../support/signing.ts";

const SERVICE = "/leasehold.provider.v1.Query";
const KEY = new Uint8Array(32).fill(9);

/** A chain with provider alice, whose operator is bob. */
class Scene {
  readonly chain = TestChain.create();
  readonly owner = this.chain.account("alice");
  readonly operator = this.chain.account("bob");
  #seq = 0n;

  register(): Delivered {
    return this.chain.deliver(this.owner, [
      msg(MsgRegisterProvider, {
        owner: this.owner.address,
        operator: this.operator.address,
        heartbeatKey: KEY,
        hostUri: "https://gpu.example.com",
        attributes: [{ key: "region", value: "eu" }],
      }),
    ]);
  }

  beat(fields: Partial<MsgHeartbeat> = {}): Delivered {
    this.#seq += 1n;
    return this.chain.deliver(this.operator, [
      msg(MsgHeartbeat, {
        operator: this.operator.address,
        provider: this.owner.address,
        seq: this.#seq,
        time: this.chain.time,
        ...fields,
      }),
    ]);
  }

  pause(by = this.owner): Delivered {
    const fields = { signer: by.address, provider: this.owner.address };
    return this.chain.deliver(by, [msg(MsgPauseProvider, fields)]);
  }

  unpause(): Delivered {
    return this.chain.deliver(this.owner, [msg(MsgUnpauseProvider, { owner: this.owner.address })]);
  }

  info(): ProviderInfo {
    return this.chain.query(`${SERVICE}/Provider`, QueryProviderRequest, QueryProviderResponse, {
      provider: this.owner.address,
    }).info;
  }

  /** Providers that the list shows in a state: the side index follows. */
  listed(state: ProviderState): number {
    const path = `${SERVICE}/Providers`;
    return this.chain.query(path, QueryProvidersRequest, QueryProvidersResponse, { state })
      .providers.length;
  }
}

function ok(result: Delivered): Delivered {
  assert.is(result.code, 0, result.log);
  return result;
}

function refused(result: Delivered, codespace: string, code: number): void {
  assert.is(`${result.codespace}/${result.code}`, `${codespace}/${code}`, result.log);
}

function faults(chain: TestChain): readonly string[] {
  const ctx = chain.ctx();
  return chain.client.app.parts.modules
    .filter(({ name }) => name === "provider")
    .flatMap(({ invariants }) => (invariants ?? []).flatMap(({ check }) => [...check(ctx)]));
}

runRows(
  "provider",
  new Map([
    [
      "none | RegisterProvider | fee in the owner's balance, operator free | active",
      () => {
        const scene = new Scene();
        const before = scene.chain.balance(scene.owner.bytes);
        const result = ok(scene.register());
        assert.is(scene.info().provider.state, ProviderState.ACTIVE);
        assert.is(scene.info().awardable, false);
        const fee = DEFAULT_PROVIDER_PARAMS.registrationFee;
        assert.ok(before - scene.chain.balance(scene.owner.bytes) >= fee);
        const event = eventOf(result.events, "leasehold.provider.v1.EventProviderRegistered");
        assert.is(event?.get("fee"), fee.toString());
        refused(scene.register(), "provider", 3);
      },
    ],
    [
      "active | PauseProvider | owner or operator | paused(owner)",
      () => {
        const scene = new Scene();
        refused(scene.pause(), "provider", 2);
        ok(scene.register());
        refused(scene.pause(scene.chain.account("carol")), "provider", 8);
        ok(scene.pause(scene.operator));
        const { state, cause } = scene.info().provider;
        assert.equal([state, cause], [ProviderState.PAUSED, PauseCause.OWNER]);
        assert.equal(
          [scene.listed(ProviderState.PAUSED), scene.listed(ProviderState.ACTIVE)],
          [1, 0],
        );
        refused(scene.pause(), "provider", 9);
      },
    ],
    [
      "paused | UnpauseProvider | paused for at least pause_min on U | active",
      () => {
        const scene = new Scene();
        ok(scene.register());
        refused(scene.unpause(), "provider", 9);
        ok(scene.pause());
        refused(scene.unpause(), "provider", 14);
        scene.chain.block([], { seconds: 86_400 });
        refused(scene.unpause(), "provider", 14);
        scene.chain.advance(3600);
        ok(scene.unpause());
        assert.is(scene.info().provider.state, ProviderState.ACTIVE);
        assert.is(scene.listed(ProviderState.PAUSED), 0);
      },
    ],
    [
      "none | Heartbeat | seq > 0 | fresh",
      () => {
        const scene = new Scene();
        refused(scene.beat(), "provider", 2);
        ok(scene.register());
        refused(scene.beat({ seq: 0n }), "provider", 12);
        refused(
          scene.chain.deliver(scene.owner, [
            msg(MsgHeartbeat, {
              operator: scene.owner.address,
              provider: scene.owner.address,
              seq: 1n,
            }),
          ]),
          "provider",
          8,
        );
        ok(scene.beat());
        assert.equal([scene.info().fresh, scene.info().awardable], [true, true]);
      },
    ],
    [
      "fresh | Heartbeat | seq and time ascend | fresh",
      () => {
        const scene = new Scene();
        ok(scene.register());
        ok(scene.beat({ seq: 7n }));
        refused(scene.beat({ seq: 7n }), "provider", 12);
        refused(scene.beat({ seq: 8n, time: 5n }), "provider", 13);
        refused(scene.beat({ seq: 8n, time: scene.chain.time + 10_000n }), "provider", 13);
        const before = scene.info().heartbeat?.freshUntilUptime ?? 0n;
        ok(scene.beat({ seq: 8n }));
        assert.ok((scene.info().heartbeat?.freshUntilUptime ?? 0n) > before);
        assert.equal(faults(scene.chain), []);
      },
    ],
    [
      "fresh | clock U > fresh_until | - | stale",
      () => {
        const scene = new Scene();
        ok(scene.register());
        ok(scene.beat());
        scene.chain.block([], { seconds: 259_200 });
        assert.is(scene.info().fresh, true, "a halt of three days ages a heartbeat by a minute");
        scene.chain.advance(1140);
        assert.is(scene.info().fresh, true, "fresh to the last second of two periods");
        const events = scene.chain.advance(5);
        assert.is(scene.info().fresh, false);
        const stale = events.filter((event) => event.type.endsWith(".EventHeartbeatStale"));
        assert.is(stale.length, 1);
        assert.equal(
          scene.chain.advance(600).filter((event) => event.type.endsWith(".EventHeartbeatStale")),
          [],
        );
        assert.equal(faults(scene.chain), []);
      },
    ],
    [
      "stale | Heartbeat | seq and time ascend | fresh",
      () => {
        const scene = new Scene();
        ok(scene.register());
        ok(scene.beat());
        scene.chain.advance(1300);
        assert.is(scene.info().heartbeat?.toldStale, true);
        refused(scene.beat({ seq: 1n }), "provider", 12);
        ok(scene.beat({ seq: 9n }));
        assert.equal([scene.info().fresh, scene.info().heartbeat?.toldStale], [true, false]);
        assert.equal(faults(scene.chain), []);
      },
    ],
  ]),
);

test("messages of later orders are not served", () => {
  const scene = new Scene();
  ok(scene.register());
  const result = scene.chain.deliver(scene.owner, [
    msg(MsgRetireProvider, { owner: scene.owner.address }),
  ]);
  assert.is.not(result.code, 0);
  assert.is(scene.info().provider.state, ProviderState.ACTIVE);
});

test("other messages change what they say and nothing else", () => {
  const scene = new Scene();
  ok(scene.register());
  const devices = [{ class: "cpu", kind: "CPU", model: "", count: 64n }];
  const set = { signer: scene.operator.address, provider: scene.owner.address, devices };
  ok(scene.chain.deliver(scene.operator, [msg(MsgSetDevices, set)]));
  const update = { owner: scene.owner.address, hostUri: "https://b.example.com", attributes: [] };
  ok(scene.chain.deliver(scene.owner, [msg(MsgUpdateProvider, update)]));
  const keys = { owner: scene.owner.address, payout: scene.chain.account("carol").address };
  ok(scene.chain.deliver(scene.owner, [msg(MsgSetKeys, keys)]));
  const { provider } = scene.info();
  assert.equal(provider.devices, devices);
  assert.is(provider.hostUri, "https://b.example.com");
  assert.is(provider.operator, scene.operator.address);
  assert.is(provider.payout, scene.chain.account("carol").address);
  const params = { authority: scene.owner.address, params: DEFAULT_PROVIDER_PARAMS };
  refused(scene.chain.deliver(scene.owner, [msg(MsgUpdateParams, params)]), "gov", 13);
});

test("export and import give the same state", () => {
  const scene = new Scene();
  ok(scene.register());
  ok(scene.beat());
  const module = scene.chain.client.app.parts.modules.find(({ name }) => name === "provider");
  const exported = module?.genesis?.export(scene.chain.ctx()) as GenesisState;
  const json = GenesisState.toJson(exported, { find: () => undefined });
  const again = TestChain.create({
    appState: (state) => ({ ...state, provider: json as object }) as typeof state,
  });
  assert.equal(module?.genesis?.export(again.ctx()), exported);
  assert.equal(faults(again), []);
});

test.run();
