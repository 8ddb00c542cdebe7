// What mutations found once: each input stands here by itself, with what it must come to.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { AddressCodec } from "../../chain/base/address.ts";
import type { Address } from "../../chain/base/address.ts";
import { AddressBytesToStringRequest } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { QueryDeploymentsRequest } from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import {
  QueryLeasesRequest,
  QueryOffersRequest,
  QueryOrdersRequest,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { QueryProvidersRequest } from "../../chain/codec/gen/leasehold/provider/v1.ts";
import type { MessageType } from "../../chain/codec/index.ts";
import { TestChain } from "../support/chain.ts";
import { msg } from "../support/signing.ts";

test("addresses of up to 255 bytes have a text, and hold coins like others", () => {
  const chain = TestChain.create();
  const alice = chain.account("alice");
  for (const length of [1, 20, 32, 52, 53, 60, 255]) {
    const bytes = new Uint8Array(length).fill(length) as Address;
    const codec = new AddressCodec(chain.prefix);
    const toAddress = codec.format(bytes);
    assert.equal(codec.parse(toAddress), bytes, `${length} bytes`);
    const amount = [{ denom: "ulease", amount: "5" }];
    chain.must(alice, [msg(MsgSend, { fromAddress: alice.address, toAddress, amount })]);
    assert.is(chain.balance(bytes), 5n, `${length} bytes`);
  }
  const text = JSON.stringify(chain.client.app.exportGenesis());
  assert.match(text, new AddressCodec(chain.prefix).format(new Uint8Array(255).fill(255)));
  assert.equal(chain.client.app.brokenInvariants(), []);
});

function refusal<Q>(
  chain: TestChain,
  path: string,
  type: MessageType<Q>,
  request: Partial<Q>,
): string {
  const { code, log } = chain.client.query(path, type.encode(type.create(request)));
  assert.is.not(code, 0, path);
  return log;
}

test("queries by what cannot stand in a key are refused with a sentence", () => {
  const chain = TestChain.create();
  const owner = chain.account("alice").address;
  const state = -2;
  const market = "/leasehold.market.v1.Query";
  const deployments = "/leasehold.deployment.v1.Query/Deployments";
  for (const log of [
    refusal(chain, deployments, QueryDeploymentsRequest, { state }),
    refusal(chain, deployments, QueryDeploymentsRequest, { state, owner }),
    refusal(chain, `${market}/Orders`, QueryOrdersRequest, { state }),
    refusal(chain, `${market}/Leases`, QueryLeasesRequest, { state }),
    refusal(chain, `${market}/Leases`, QueryLeasesRequest, { state, provider: owner }),
    refusal(chain, "/leasehold.provider.v1.Query/Providers", QueryProvidersRequest, { state }),
  ])
    assert.match(log, /there is no state -2/);
  const provider = "\0";
  assert.match(
    refusal(chain, `${market}/Offers`, QueryOffersRequest, { provider }),
    /is not a bech32 address/,
  );
  const path = "/cosmos.auth.v1beta1.Query/AddressBytesToString";
  const addressBytes = new Uint8Array(256);
  assert.match(
    refusal(chain, path, AddressBytesToStringRequest, { addressBytes }),
    /max length is 255, got 256/,
  );
});

test.run();
