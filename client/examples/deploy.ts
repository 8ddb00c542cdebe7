// From an SDL file to a lease: reads the file, prints what is converted, deploys, waits for a
// provider, hands over the manifest, waits until the lease runs.

import { readFile } from "node:fs/promises";
import {
  deploy,
  handOver,
  inspectSdl,
  LeaseholdClient,
  waitForLease,
  walletFromMnemonic,
} from "../index.ts";
import type { Lease } from "../../chain/codec/gen/leasehold/market/v1.ts";

/** Deploys a file with the mnemonic's first account; gives the running lease of its first group. */
export async function deployFile(rpc: string, words: string, file: string): Promise<Lease> {
  const reader = await LeaseholdClient.connect(rpc);
  const wallet = await walletFromMnemonic(words, reader.facts.prefix);
  const owner = (await wallet.getAccounts())[0]?.address as string;
  const client = await LeaseholdClient.connect(rpc, { signer: wallet });
  const source = await readFile(file);
  for (const { message } of inspectSdl(file, source, client.sdlOptions).conversions) {
    console.log(message);
  }
  const { dseq, plan } = await deploy(client, owner, source, { file });
  const group = { owner, dseq };
  const awarded = await waitForLease(client, group, { until: "awarded" });
  await handOver(client, wallet, awarded, plan.manifest, plan.manifestHash);
  const lease = await waitForLease(client, group);
  reader.disconnect();
  client.disconnect();
  return lease;
}

const [, script = "", rpc, words, file] = process.argv;
if (script.endsWith("examples/deploy.js") && file !== undefined) {
  const lease = await deployFile(rpc as string, words as string, file);
  const { amount, denom } = lease.price;
  console.log(
    `${lease.id.dseq}/${lease.id.gseq}/${lease.id.oseq} runs for ${amount} ${denom} an hour`,
  );
}
