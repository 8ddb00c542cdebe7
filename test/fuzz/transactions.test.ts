// Hostile transactions: mutated valid ones, deep nesting, cut and swollen bytes. Whatever comes, the
// application answers with a code, keeps its invariants and the block goes on.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes } from "../../chain/base/bytes.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { LegacyAminoPubKey } from "../../chain/codec/gen/cosmos/crypto/multisig.ts";
import { PubKey } from "../../chain/codec/gen/cosmos/crypto/secp256k1.ts";
import type { ModeInfo } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { AuthInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import type { Any } from "../../chain/codec/index.ts";
import { TestChain } from "../support/chain.ts";
import { msg } from "../support/signing.ts";

/** A small generator: the same seed gives the same bytes everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const out = Array.from(bytes);
  for (let count = 1 + (random(3) === 0 ? 1 : 0); count > 0; count--) {
    const at = random(out.length);
    switch (random(5)) {
      case 0:
        out[at] = random(256);
        break;
      case 1:
        out[at] = (out[at] ?? 0) ^ (1 << random(8));
        break;
      case 2:
        out.splice(at, 1 + random(4));
        break;
      case 3:
        out.splice(at, 0, random(256));
        break;
      default:
        out.splice(at, 0, ...out.slice(at, at + random(40)));
    }
  }
  return Uint8Array.from(out);
}

test("mutated transactions get a code, and what decodes is the only form of itself", () => {
  const chain = TestChain.create();
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const amount = [{ denom: "ulease", amount: "1" }];
  const valid = chain.sign(alice, [
    msg(MsgSend, { fromAddress: alice.address, toAddress: bob.address, amount }),
  ]);
  const random = generator(20261121);
  let decoded = 0;
  const rounds = 3000;
  for (let i = 0; i < rounds; i++) {
    const bytes = mutate(valid, random);
    const tx = chain.client.app.decode(bytes);
    if (tx !== undefined) {
      decoded++;
      assert.ok(equalBytes(TxRaw.encode(TxRaw.decode(bytes)), bytes));
      assert.ok(equalBytes(TxBody.encode(tx.body), tx.bodyBytes) || tx.hasUnknownFields);
    }
    const answer = chain.client.checkTx(bytes);
    if (!equalBytes(bytes, valid)) assert.is.not(answer.code, 0, `mutation ${i} is accepted`);
  }
  assert.ok(decoded > rounds / 10, `${decoded} of ${rounds} decode`);
  const results = chain.block(Array.from({ length: 100 }, () => mutate(valid, random)));
  assert.is(results.length, 100);
  assert.equal(chain.client.app.brokenInvariants(), []);
});

function withSigner(publicKey: Any, modeInfo: ModeInfo): Uint8Array {
  const fee = { amount: [], gasLimit: 100_000n, payer: "", granter: "" };
  const authInfoBytes = AuthInfo.encode({
    signerInfos: [{ publicKey, modeInfo, sequence: 0n }],
    fee,
  });
  const bodyBytes = TxBody.encode(TxBody.create({}));
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [new Uint8Array(64)] });
}

test("nesting beyond the bounds is refused, not followed", () => {
  const chain = TestChain.create();
  let key: Any = { typeUrl: LegacyAminoPubKey.typeUrl, value: new Uint8Array(0) };
  for (let depth = 0; depth < 400; depth++) {
    const value = LegacyAminoPubKey.encode({ threshold: 1, publicKeys: [key] });
    key = { typeUrl: LegacyAminoPubKey.typeUrl, value };
  }
  assert.is(chain.client.checkTx(withSigner(key, { single: { mode: 1 } })).code, 2);
  let mode: Uint8Array = Uint8Array.of(0x0a, 0x02, 0x08, 0x01);
  for (let depth = 0; depth < 2000 && mode.length < 100_000; depth++) {
    const infos = nested(0x12, mode);
    mode = nested(0x12, infos);
  }
  const info = nested(0x0a, nested(0x12, mode));
  const bytes = Uint8Array.from([...nested(0x12, info), ...nested(0x1a, new Uint8Array(64))]);
  assert.is(chain.client.checkTx(bytes).code, 2);
});

/** A length-delimited field of one tag byte. */
function nested(tag: number, content: Uint8Array): Uint8Array {
  const head = [tag];
  let length = content.length;
  while (length >= 0x80) {
    head.push((length & 0x7f) | 0x80);
    length >>>= 7;
  }
  const out = new Uint8Array(head.length + 1 + content.length);
  out.set([...head, length]);
  out.set(content, head.length + 1);
  return out;
}

test("a simulation ends, however much it is given to do", () => {
  const chain = TestChain.create();
  const alice = chain.account("alice");
  const amount = [{ denom: "ulease", amount: "1" }];
  const send = msg(MsgSend, { fromAddress: alice.address, toAddress: alice.address, amount });
  const sends = (count: number): ReturnType<TestChain["client"]["app"]["simulate"]> =>
    chain.client.app.simulate(chain.sign(alice, Array<Any>(count).fill(send)));
  assert.equal([sends(100).code, sends(100).gasWanted], [0, 2n ** 64n - 1n]);
  const endless = sends(6000);
  assert.equal([endless.code, endless.codespace], [11, "sdk"]);
  assert.ok(endless.gasUsed < 101_000_000n, `gas ${endless.gasUsed}`);
});

test("what too many have to sign is neither prepared nor verified", () => {
  const names = Array.from({ length: 400 }, (_, i) => `signer ${i}`);
  const chain = TestChain.create({ accounts: names });
  const all = names.map((name) => chain.account(name));
  const amount = [{ denom: "ulease", amount: "1" }];
  const send = (from: string): Any =>
    msg(MsgSend, { fromAddress: from, toAddress: all[0]?.address ?? "", amount });
  const { app } = chain.client;
  const seven = all.slice(0, 7);
  const legal = chain.sign(
    seven,
    seven.map(({ address }) => send(address)),
  );
  assert.is(app.signatureJobs(legal).length, 7);
  const infos = all.map(({ key }) => ({
    publicKey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
    modeInfo: { single: { mode: 127 } },
    sequence: 0n,
  }));
  const bodyBytes = TxBody.encode(
    TxBody.create({ messages: all.map(({ address }) => send(address)) }),
  );
  const fee = { amount: [], gasLimit: 50_000_000n, payer: "", granter: "" };
  const authInfoBytes = AuthInfo.encode({ signerInfos: infos, fee });
  const signatures = all.map(() => new Uint8Array(64));
  const tx = TxRaw.encode({ bodyBytes, authInfoBytes, signatures });
  assert.equal(app.signatureJobs(tx), []);
  assert.is(chain.client.checkTx(tx).code, 14);
  const bare = infos.map((info) => ({ ...info, publicKey: undefined }));
  const keyless = {
    bodyBytes,
    authInfoBytes: AuthInfo.encode({ signerInfos: bare, fee }),
    signatures,
  };
  assert.equal(app.signatureJobs(TxRaw.encode(keyless)), []);
  assert.is(chain.client.checkTx(TxRaw.encode(keyless)).code, 14);
});

test("hostile queries get a code", () => {
  const chain = TestChain.create();
  const random = generator(7);
  const junk = (): Uint8Array => Uint8Array.from({ length: random(60) }, () => random(256));
  for (const path of [
    ...chain.client.app.queries.paths(),
    "/store/bank/key",
    "/app/simulate",
    "",
  ]) {
    for (let i = 0; i < 5; i++) {
      const answer = chain.client.query(path, junk(), BigInt(random(3)) - 1n, i % 2 === 0);
      assert.is.not(answer.code, 111222, `${path}: ${answer.log}`);
    }
  }
});

test.run();
