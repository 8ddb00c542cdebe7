// Queries of heights that only the disk has: equal answers and proofs, less gas, and the SDK's sentence for
// those that are gone.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaseholdParts, storeNames } from "../../chain/app/index.ts";
import { concatBytes, utf8 } from "../../chain/base/bytes.ts";
import {
  MsgSend,
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
} from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { checkStoreProof } from "../../chain/crypto/ics23.ts";
import { MemStore, TreeMultiStore } from "../../chain/store/index.ts";
import { TestChain } from "../support/chain.ts";
import { testPlatform } from "../support/platform.ts";
import { msg } from "../support/signing.ts";

const test = suite("archived heights");

/** Forty sends of one; the heights before the last two lie on disk, the last twenty of them. */
function grown(queryGasLimit: bigint): TestChain {
  const disk = new MemStore();
  const parts = leaseholdParts(testPlatform, "test");
  const archive = { read: (key: Uint8Array) => disk.get(key), heights: 20, interval: 10 };
  const store = new TreeMultiStore(testPlatform, storeNames(parts), {
    provableHeights: 2,
    archive,
  });
  const chain = TestChain.create({
    parts: () => parts,
    settings: { store, queryGasLimit },
    disk: ({ writes }) => {
      for (const [key, value] of writes) {
        if (value === undefined) disk.delete(key);
        else disk.set(key, value);
      }
    },
  });
  const [alice, bob] = [chain.account("alice"), chain.account("bob")];
  const amount = [{ denom: "ulease", amount: "1" }];
  while (chain.client.app.store.height < 40n)
    chain.must(alice, [
      msg(MsgSend, { fromAddress: alice.address, toAddress: bob.address, amount }),
    ]);
  return chain;
}

const BALANCES = "/cosmos.bank.v1beta1.Query/AllBalances";

test("lists, values and proofs of an archived height", () => {
  const chain = grown(10_000_000n);
  const { client } = chain;
  const bob = chain.account("bob");
  const request = QueryAllBalancesRequest.encode(
    QueryAllBalancesRequest.create({ address: bob.address }),
  );
  const balanceAt = (height: bigint): bigint => {
    const { value } = client.query(BALANCES, request, height);
    const { balances } = QueryAllBalancesResponse.decode(value);
    return BigInt(balances.find(({ denom }) => denom === "ulease")?.amount ?? "0");
  };
  const now = balanceAt(40n);
  for (let height = 21n; height < 40n; height++)
    assert.is(balanceAt(height), now - (40n - height), `${height}`);
  const key = concatBytes(Uint8Array.of(2, bob.bytes.length), bob.bytes, utf8("ulease"));
  const proved = client.query("/store/bank/key", key, 25n, true);
  assert.is(proved.code, 0);
  const view = client.app.store.at(25n);
  assert.is(view?.archived, true);
  const proof = view?.prove("bank", key) ?? [];
  assert.equal(
    proved.proofOps?.ops.map(({ data }) => data),
    proof.map(({ data }) => data),
  );
  const claim = {
    appHash: view?.appHash ?? Uint8Array.of(),
    store: "bank",
    key,
    value: proved.value,
  };
  assert.is(checkStoreProof(testPlatform, proof, claim), undefined);
  const gone = client.query(BALANCES, request, 20n);
  assert.is(gone.code, 38);
  assert.match(
    gone.log,
    /^failed to load state at height 20; version does not exist \(latest height: 40\)/,
  );
});

test("what memory answers with a limit, disk refuses at a twentieth of it", () => {
  const chain = grown(8000n);
  const { address } = chain.account("bob");
  const request = QueryAllBalancesRequest.encode(QueryAllBalancesRequest.create({ address }));
  assert.is(chain.client.query(BALANCES, request, 40n).code, 0);
  const refused = chain.client.query(BALANCES, request, 30n);
  assert.not.equal(refused.code, 0);
  assert.match(refused.log, /out of gas/);
});

test.run();
