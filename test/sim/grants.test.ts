// Random grants, allowances, fees and messages inside messages, held against a plain model: the code
// of every transaction, and after each block what stands. Then export, import, and the same again.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { MsgExec } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import {
  AllowedMsgAllowance,
  BasicAllowance,
  MsgGrantAllowance,
  MsgPruneAllowances,
  MsgRevokeAllowance,
  PeriodicAllowance,
} from "../../chain/codec/gen/cosmos/feegrant/v1beta1.ts";
import { MsgGrant, MsgRevoke } from "../../chain/codec/gen/cosmos/authz/v1beta1.ts";
import type { Any, Json } from "../../chain/codec/index.ts";
import { TestChain } from "../support/chain.ts";
import {
  allowing,
  at,
  basic,
  disallowing,
  executing,
  generic,
  granting,
  lease,
  paying,
  revoking,
  sending,
} from "../support/grants.ts";
import { msg } from "../support/signing.ts";
import { GrantsModel } from "./grants_model.ts";
import type { Allowance, Ask, Grant, Kind, Transaction } from "./grants_model.ts";
import { Random } from "./random.ts";

type JsonObject = { readonly [key: string]: Json };

const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank"];
const TYPE_URLS: Readonly<Record<Kind, string>> = { send: MsgSend.typeUrl, exec: MsgExec.typeUrl };
const ASK_URLS: Readonly<Record<Ask["do"], string>> = {
  send: MsgSend.typeUrl,
  exec: MsgExec.typeUrl,
  grant: MsgGrant.typeUrl,
  revoke: MsgRevoke.typeUrl,
  allow: MsgGrantAllowance.typeUrl,
  disallow: MsgRevokeAllowance.typeUrl,
  prune: MsgPruneAllowances.typeUrl,
};

/** Draws what people ask for. */
class Drawing {
  readonly #random: Random;
  readonly #model: GrantsModel;

  constructor(random: Random, model: GrantsModel) {
    this.#random = random;
    this.#model = model;
  }

  roll(bound: number): number {
    return this.#random.int(0, bound - 1);
  }

  name(): string {
    return NAMES[this.roll(NAMES.length)] as string;
  }

  /** Mostly one of `known`, else anybody. */
  someone(known: readonly string[]): string {
    return known.length > 0 && this.roll(8) > 0
      ? (known[this.roll(known.length)] as string)
      : this.name();
  }

  amount(bound: number): bigint {
    return BigInt(1 + this.roll(bound));
  }

  end(now: bigint): { end?: bigint } {
    return this.roll(3) === 0 ? {} : { end: now + BigInt(this.roll(40)) - 2n };
  }

  grant(now: bigint): Grant {
    if (this.roll(4) === 0) return { type: "exec", ...this.end(now) };
    if (this.roll(3) === 0) return { type: "send", ...this.end(now) };
    const only = this.roll(3) === 0 ? { only: [this.name()] } : {};
    return { type: "send", limit: this.amount(60), ...only, ...this.end(now) };
  }

  allowance(now: bigint): Allowance {
    const limit = this.roll(3) === 0 ? {} : { limit: this.amount(100) };
    const only = this.roll(3) === 0 ? { only: ["send", "exec"] as const } : {};
    const left = this.amount(20);
    const seconds = this.amount(30);
    const reset = now + BigInt(this.roll(30));
    const period = this.roll(2) === 0 ? {} : { period: { seconds, limit: left, left, reset } };
    return { ...limit, ...only, ...period, ...this.end(now) };
  }

  send(from: string): Ask {
    return { do: "send", from, to: this.name(), amount: this.amount(20) };
  }

  exec(by: string, depth: number): Ask {
    const asks = Array.from({ length: 1 + this.roll(3) }, () =>
      depth > 0 && this.roll(3) === 0
        ? this.exec(this.someone(this.#model.granters(by, "exec")), depth - 1)
        : this.send(this.roll(6) === 0 ? by : this.someone(this.#model.granters(by, "send"))),
    );
    return { do: "exec", by, asks };
  }

  ask(by: string, now: bigint): Ask {
    switch (this.roll(12)) {
      case 0:
      case 1:
      case 2:
        return { do: "grant", from: by, to: this.name(), what: this.grant(now) };
      case 3:
        return {
          do: "revoke",
          from: by,
          to: this.name(),
          type: this.roll(3) > 0 ? "send" : "exec",
        };
      case 4:
      case 5:
        return { do: "allow", from: by, to: this.name(), what: this.allowance(now) };
      case 6:
        return { do: "disallow", from: by, to: this.name() };
      case 7:
        return this.roll(3) === 0 ? { do: "prune", by } : this.send(by);
      default:
        return this.exec(by, 2);
    }
  }

  transaction(signer: string, now: bigint): Transaction {
    const known = this.#model.payers(signer);
    const asks = this.roll(known.length > 0 ? 2 : 6) === 0;
    const payer = asks ? { payer: this.someone(known) } : {};
    return { signer, ask: this.ask(signer, now), fee: BigInt(this.roll(12)), ...payer };
  }
}

function limits(allowance: Allowance): Any {
  const { limit, end, period } = allowance;
  if (period === undefined) return basic(limit, end);
  const whole = BasicAllowance.decode(basic(limit, end).value);
  return msg(PeriodicAllowance, {
    basic: whole,
    period: { seconds: period.seconds, nanos: 0 },
    periodSpendLimit: lease(period.limit),
    periodCanSpend: period.left === 0n ? [] : lease(period.left),
    periodReset: at(period.reset),
  });
}

function allowanceAny(allowance: Allowance): Any {
  const { only } = allowance;
  if (only === undefined) return limits(allowance);
  const allowedMessages = only.map((name) => ASK_URLS[name]);
  return msg(AllowedMsgAllowance, { allowance: limits(allowance), allowedMessages });
}

function grantAny({ type, limit, only }: Grant, chain: TestChain): Any {
  if (limit === undefined) return generic(TYPE_URLS[type]);
  return sending(
    limit,
    (only ?? []).map((name) => chain.account(name).address),
  );
}

function message(ask: Ask, chain: TestChain): Any {
  const who = (name: string): ReturnType<TestChain["account"]> => chain.account(name);
  switch (ask.do) {
    case "send":
      return paying(who(ask.from), who(ask.to).address, ask.amount);
    case "exec":
      return executing(
        who(ask.by),
        ask.asks.map((inner) => message(inner, chain)),
      );
    case "grant":
      return granting(who(ask.from), who(ask.to), grantAny(ask.what, chain), ask.what.end);
    case "revoke":
      return revoking(who(ask.from), who(ask.to), TYPE_URLS[ask.type]);
    case "allow":
      return allowing(who(ask.from), who(ask.to), allowanceAny(ask.what));
    case "disallow":
      return disallowing(who(ask.from), who(ask.to));
    case "prune":
      return msg(MsgPruneAllowances, { pruner: who(ask.by).address });
  }
}

/** What the model says that an export holds, as proto JSON, in no order. */
function modelled(model: GrantsModel, chain: TestChain): { authz: string[]; feegrant: string[] } {
  const { registry } = chain.client.app;
  const authz = [...model.grants].map(([key, grant]) => {
    const [from = "", to = ""] = key.split(" ");
    const any = granting(chain.account(from), chain.account(to), grantAny(grant, chain), grant.end);
    const {
      granter,
      grantee,
      grant: held,
    } = MsgGrant.toJson(MsgGrant.decode(any.value), registry) as {
      granter: string;
      grantee: string;
      grant: { authorization: Json; expiration: Json };
    };
    return JSON.stringify({ granter, grantee, ...held });
  });
  const feegrant = [...model.allowances].map(([key, allowance]) => {
    const [from = "", to = ""] = key.split(" ");
    const any = allowing(chain.account(from), chain.account(to), allowanceAny(allowance));
    return JSON.stringify(MsgGrantAllowance.toJson(MsgGrantAllowance.decode(any.value), registry));
  });
  return { authz: authz.sort(), feegrant: feegrant.sort() };
}

function exported(chain: TestChain): { authz: string[]; feegrant: string[] } {
  const state = chain.client.app.exportGenesis() as unknown as {
    authz: { authorization: Json[] };
    feegrant: { allowances: Json[] };
  };
  return {
    authz: state.authz.authorization.map((entry) => JSON.stringify(entry)).sort(),
    feegrant: state.feegrant.allowances.map((entry) => JSON.stringify(entry)).sort(),
  };
}

/** Plays blocks on a chain and its model; gives how often each code came. */
function play(
  chain: TestChain,
  model: GrantsModel,
  draw: Drawing,
  blocks: number,
): Map<string, number> {
  const codes = new Map<string, number>();
  for (let block = 0; block < blocks; block++) {
    const seconds = [1, 5, 17, 60][draw.roll(4)] as number;
    const now = chain.time + BigInt(seconds);
    const txs = NAMES.filter(() => draw.roll(2) === 0).map((name) => draw.transaction(name, now));
    const bytes = txs.map(({ signer, ask, fee, payer }) =>
      chain.sign(chain.account(signer), [message(ask, chain)], {
        gas: 5_000_000n,
        fee: fee === 0n ? [] : lease(fee),
        ...(payer !== undefined && { granter: chain.account(payer).address }),
      }),
    );
    const results = chain.block(bytes, { seconds });
    model.begin(now);
    for (const [index, tx] of txs.entries()) {
      const result = results[index] as (typeof results)[number];
      const ours = result.code === 0 ? "0" : `${result.codespace}/${result.code}`;
      const name = JSON.stringify(tx, (_, value: unknown) =>
        typeof value === "bigint" ? value.toString() : value,
      );
      assert.is(ours, model.run(tx), `${name}: ${result.log}`);
      codes.set(ours, (codes.get(ours) ?? 0) + 1);
    }
    model.end();
    assert.equal(exported(chain), modelled(model, chain), `after block ${chain.height}`);
    assert.equal(chain.client.app.brokenInvariants(), []);
  }
  return codes;
}

/** A chain that is born of what another one exported, one block old. */
function reborn(chain: TestChain, model: GrantsModel): TestChain {
  const { authz, feegrant } = chain.client.app.exportGenesis() as { [module: string]: JsonObject };
  const next = TestChain.create({
    genesisTime: chain.time,
    appState: (state) => ({ ...state, authz: authz ?? {}, feegrant: feegrant ?? {} }),
  });
  model.reborn();
  model.begin(next.time);
  model.end();
  return next;
}

const seen = new Map<string, number>();

for (const seed of [1, 2, 3, 4]) {
  test(`seed ${seed}: the chain does what the model does`, () => {
    const model = new GrantsModel();
    const draw = new Drawing(new Random(seed), model);
    const chain = TestChain.create();
    const codes = [
      ...play(chain, model, draw, 120),
      ...play(reborn(chain, model), model, draw, 40),
    ];
    for (const [code, count] of codes) seen.set(code, (seen.get(code) ?? 0) + count);
  });
}

test("the seeds met every refusal that grants and allowances know", () => {
  console.log([...seen].map(([code, count]) => `${code}: ${count}`).join(", "));
  const expected = ["0", "authz/2", "authz/3", "authz/7", "sdk/4", "sdk/5", "sdk/7", "sdk/18"];
  for (const code of [...expected, "sdk/38", "feegrant/2", "feegrant/3", "feegrant/7"])
    assert.ok((seen.get(code) ?? 0) > 1, `${code} came ${seen.get(code) ?? 0} times`);
});

test.run();
