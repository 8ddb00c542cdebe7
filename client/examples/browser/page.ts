// The page of index.html: connect with a mnemonic, send coins, deploy an SDL file. Everything that
// touches the chain is the client library; `make page` bundles and serves it.

import type { Wallet } from "../../index.ts";
import {
  deploy,
  handOver,
  LeaseholdClient,
  newMnemonic,
  waitForLease,
  walletFromMnemonic,
} from "../../index.ts";
import { parseCoins } from "@cosmjs/stargate";

interface Session {
  readonly client: LeaseholdClient;
  readonly wallet: Wallet;
  readonly address: string;
}

let session: Session | undefined;

function connected(): Session {
  if (session === undefined) throw new Error("connect first");
  return session;
}

/** Runs `act` when the form is sent; what it says, or why it failed, stands in the form's output. */
function onSubmit(
  id: string,
  act: (field: (name: string) => string, say: (text: string) => void) => Promise<string>,
): void {
  const form = document.getElementById(id) as HTMLFormElement;
  const output = form.querySelector("output") as HTMLOutputElement;
  const show = (state: "busy" | "done" | "failed", text: string): void => {
    output.dataset["state"] = state;
    output.textContent = text;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    show("busy", "…");
    act(
      (name) => String(data.get(name) ?? "").trim(),
      (text) => show("busy", text),
    ).then(
      (text) => show("done", text),
      (error: unknown) => show("failed", error instanceof Error ? error.message : String(error)),
    );
  });
}

// The example's file stands in the form, to be changed or replaced.
const sample = await fetch("inference.yaml");
(document.querySelector("textarea") as HTMLTextAreaElement).value = await sample.text();

onSubmit("connect", async (field) => {
  const words = field("words") || (await newMnemonic());
  const facts = await LeaseholdClient.connect(field("rpc"));
  const { prefix, chainId, baseDenom } = facts.facts;
  facts.disconnect();
  const wallet = await walletFromMnemonic(words, prefix);
  const address = (await wallet.getAccounts())[0]?.address ?? "";
  session?.client.disconnect();
  const client = await LeaseholdClient.connect(field("rpc"), { signer: wallet });
  session = { client, wallet, address };
  const { amount, denom } = await client.stargate.getBalance(address, baseDenom);
  const kept = field("words") === "" ? `\nYour new mnemonic: ${words}` : "";
  return `${chainId}: ${address} has ${amount}${denom}${kept}`;
});

onSubmit("send", async (field) => {
  const { client, address } = connected();
  const amount = parseCoins(field("amount")).map((coin) => ({ ...coin }));
  const message = { fromAddress: address, toAddress: field("to"), amount };
  const typeUrl = "/cosmos.bank.v1beta1.MsgSend";
  const sent = await client.execute(address, [{ typeUrl, value: message }]);
  return `${sent.transactionHash} in block ${sent.height}`;
});

onSubmit("deploy", async (field, say) => {
  const { client, wallet, address } = connected();
  const deployed = await deploy(client, address, field("sdl"));
  const group = { owner: address, dseq: deployed.dseq };
  say(`deployment ${deployed.dseq} is in block ${deployed.height}, waiting for a provider`);
  const { manifest, manifestHash } = deployed.plan;
  const awarded = await waitForLease(client, group, { until: "awarded" });
  await handOver(client, wallet, awarded, manifest, manifestHash);
  const lease = await waitForLease(client, group);
  const { dseq, gseq, oseq, provider } = lease.id;
  return `lease ${dseq}/${gseq}/${oseq} of ${provider} is active at ${lease.price.amount}${lease.price.denom} an hour`;
});
