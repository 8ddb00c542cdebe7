// From an SDL file to a running lease through the client library alone: an embedded node, one seller
// of the local chain, the example that deploys.

import { readFileSync } from "node:fs";
import { Secp256k1HdWallet } from "@cosmjs/amino";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  EventLeaseStarted,
  LeaseEnd,
  LeaseState,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import {
  DeploymentState,
  EventDeploymentCreated,
} from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { deployFile } from "../../client/examples/deploy.ts";
import {
  decodeEvent,
  deploy,
  deploymentMsgs,
  findEvents,
  LeaseholdClient,
  marketMsgs,
  newMnemonic,
  NoLease,
  SdlError,
  waitForLease,
  walletFromMnemonic,
} from "../../client/index.ts";
import { SELLERS } from "../dev/catalogue.ts";
import type { Seller } from "../dev/catalogue.ts";
import { RunningSeller } from "../dev/seller.ts";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const FILE = "test/vectors/sdl/minimal-3.0.yaml";
const GPU_FILE = "test/vectors/sdl/gpu-any.yaml";
const FULL_FILE = "test/vectors/sdl/gpu-models.yaml";
const NEW_HASH = Uint8Array.from({ length: 32 }, () => 7);
const FUNDS = ["ulease", "uusd"].map((denom) => ({ denom, amount: 1_000_000_000_000n }));

const words = await newMnemonic();
const tenantWallet = await walletFromMnemonic(words);
const tenant = (await tenantWallet.getAccounts())[0]?.address as string;
const sellerWallet = await walletFromMnemonic(await newMnemonic());
const provider = (await sellerWallet.getAccounts())[0]?.address as string;

const running = suite("client deploy");
let node: TestNode;
let seller: RunningSeller;
let client: LeaseholdClient;

running.before(async () => {
  const accounts = [tenant, provider].map((address) => ({ address, coins: FUNDS }));
  node = await startTestNode({ accounts });
  client = await LeaseholdClient.connect(node.rpcUrl, { signer: tenantWallet });
  seller = await RunningSeller.start({
    rpc: node.rpcUrl,
    wallet: sellerWallet,
    seller: SELLERS[0] as Seller,
    port: 0,
    log: () => undefined,
  });
});

running.after(async () => {
  client?.disconnect();
  await seller?.stop();
  await node?.remove();
});

running("deploy, hand over, run: the example reaches an active lease", async () => {
  const lease = await deployFile(node.rpcUrl, words, FILE);
  assert.is(lease.state, LeaseState.ACTIVE);
  assert.is(lease.id.provider, provider);
  assert.is(lease.price.denom, "ulease");
  const { payment } = await client.query.market.lease(lease.id);
  assert.is(payment?.rate, BigInt(lease.price.amount));
});

running("events of the life of the lease decode", async () => {
  const created = await client.stargate.searchTx(
    `${EventDeploymentCreated.name}.owner='${tenant}'`,
  );
  assert.is(created.length, 1);
  const [event] = findEvents(EventDeploymentCreated, created[0]?.events ?? []);
  assert.is(event?.dseq, 1n);
  const started = await client.stargate.searchTx(
    `${EventLeaseStarted.name}.provider='${provider}'`,
  );
  assert.is(started.length, 1);
  const decoded = (started[0]?.events ?? []).map(decodeEvent).filter((each) => each !== undefined);
  assert.ok(decoded.some(({ type }) => type === EventLeaseStarted.name));
});

running("closing pauses the group, and waiting for a lease then says so", async () => {
  const { info } = await client.query.deployment.group({ owner: tenant, dseq: 1, gseq: 1 });
  const lease = info.leases[0];
  assert.ok(lease);
  await client.execute(tenant, [marketMsgs.closeLease({ owner: tenant, lease: lease?.id ?? {} })]);
  const after = await client.query.market.lease(lease?.id ?? {});
  assert.is(after.lease.state, LeaseState.CLOSED);
  assert.is(after.lease.end, LeaseEnd.OWNER);
  try {
    await waitForLease(client, { owner: tenant, dseq: 1n }, { timeoutMs: 5000 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, NoLease);
    assert.match((error as Error).message, /group 1\/1 is paused/);
  }
});

running("a stack that nobody can serve is told why", async () => {
  const { dseq } = await deploy(client, tenant, readFileSync(GPU_FILE), {
    settings: { deadlineS: 0n },
  });
  try {
    await waitForLease(client, { owner: tenant, dseq }, { timeoutMs: 3000, pollMs: 300 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, NoLease, String(error));
    assert.match((error as Error).message, /no active lease of 2\/1 within 3000 ms: .*model/);
  }
});

running("our own messages are signed in amino JSON too, as hardware wallets do", async () => {
  const signer = await Secp256k1HdWallet.fromMnemonic(words, { prefix: "lease" });
  const ledger = await LeaseholdClient.connect(node.rpcUrl, { signer });
  const full = await deploy(ledger, tenant, readFileSync(FULL_FILE), { settings: { mode: 2 } });
  const { deployment } = await client.query.deployment.deployment({
    owner: tenant,
    dseq: full.dseq,
  });
  assert.equal(deployment.manifestHash, full.plan.manifestHash);
  await ledger.execute(tenant, [
    deploymentMsgs.updateDeployment({ owner: tenant, dseq: full.dseq, manifestHash: NEW_HASH }),
    deploymentMsgs.closeDeployment({ owner: tenant, dseq: full.dseq }),
  ]);
  const after = await client.query.deployment.deployment({ owner: tenant, dseq: full.dseq });
  assert.equal(after.deployment.manifestHash, NEW_HASH);
  assert.is(after.deployment.state, DeploymentState.CLOSED);
  ledger.disconnect();
});

running("a wrong file is refused before anything is sent, with all its problems", async () => {
  try {
    await deploy(client, tenant, "version: '2.0'\nservices: {web: {}}\n", { file: "bad.yaml" });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, SdlError);
    assert.match((error as Error).message, /^bad\.yaml:1:1: no profiles found/m);
  }
});

running.run();
