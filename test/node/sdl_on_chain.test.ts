// SDL files through the whole application: what the client makes of a file is a message that the
// chain takes, and what the chain stores is what the file says.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as deployment from "../../chain/codec/gen/leasehold/deployment/v1.ts";
import { defaultDeposit, deploymentMessage, inspectSdl, readSdl } from "../../client/index.ts";
import type { SdlPlan } from "../../client/index.ts";
import { TestChain } from "../support/chain.ts";
import type { Signer } from "../support/signing.ts";

const OWN = "test/vectors/sdl";
const CORPUS = "../shared/data/sdl/wild";

const onChain = suite("sdl on chain");

/** Deploys a plan with a small deposit and gives back what the chain stored. */
function deployPlan(
  chain: TestChain,
  tenant: Signer,
  plan: SdlPlan,
): deployment.QueryDeploymentResponse | string {
  const owner = tenant.address;
  const deposit = defaultDeposit(plan, new Map([[plan.denom, 500_000n]]));
  const { typeUrl, value } = deploymentMessage(owner, plan, deposit);
  const message = deployment.MsgCreateDeployment.encode(value as deployment.MsgCreateDeployment);
  const result = chain.deliver(tenant, [{ typeUrl, value: message }], { gas: 50_000_000n });
  if (result.code !== 0) return `${result.codespace}/${result.code}: ${result.log}`;
  const list = chain.query(
    "/leasehold.deployment.v1.Query/Deployments",
    deployment.QueryDeploymentsRequest,
    deployment.QueryDeploymentsResponse,
    { owner },
  );
  const dseq = list.deployments.reduce((last, row) => {
    const { dseq: each } = row.deployment;
    return each > last ? each : last;
  }, 0n);
  return chain.query(
    "/leasehold.deployment.v1.Query/Deployment",
    deployment.QueryDeploymentRequest,
    deployment.QueryDeploymentResponse,
    { owner, dseq },
  );
}

function freshChain(): TestChain {
  const coins = ["ulease", "uusd"].map((denom) => ({ denom, amount: 10n ** 30n }));
  return TestChain.create({ coins });
}

/** Features that the chain refuses by name until they are served. */
const NOT_SERVED = /not served yet|only leases on demand are served yet/;

onChain("our own files: stored as written, or refused by name as not served", () => {
  const chain = freshChain();
  let stored = 0;
  let refused = 0;
  for (const file of readdirSync(OWN).filter((name) => name.endsWith(".yaml"))) {
    const bytes = new Uint8Array(readFileSync(join(OWN, file)));
    if (!inspectSdl(file, bytes).deployable) continue;
    const plan = readSdl(bytes);
    const answer = deployPlan(chain, chain.account("alice"), plan);
    if (typeof answer === "string") {
      assert.match(answer, NOT_SERVED, `${file}: ${answer}`);
      refused++;
      continue;
    }
    assert.equal(answer.deployment.manifestHash, plan.manifestHash, file);
    assert.equal(
      answer.groups.map(({ group }) => group.spec),
      plan.groups,
      file,
    );
    stored++;
  }
  assert.ok(stored >= 20, `${stored} stored, ${refused} refused`);
});

if (existsSync(CORPUS)) {
  onChain("published files: the chain takes what the client makes of them", () => {
    const chain = freshChain();
    const refusals = new Map<string, string>();
    const names = readdirSync(CORPUS, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
    const tenants = ["alice", "bob", "carol", "dave", "erin", "frank"];
    let stored = 0;
    for (const [index, file] of files.entries()) {
      const bytes = new Uint8Array(readFileSync(join(CORPUS, file)));
      if (!inspectSdl(file, bytes).deployable) continue;
      const tenant = chain.account(tenants[index % tenants.length] as string);
      const answer = deployPlan(chain, tenant, readSdl(bytes));
      if (typeof answer === "string") refusals.set(file, answer);
      else stored++;
    }
    const listed = [...refusals].map(([file, why]) => `${file}: ${why}`);
    assert.equal(listed, [], `${stored} stored`);
    assert.ok(stored >= 200);
  });
}

onChain.run();
