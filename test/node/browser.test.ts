// The client library in a real browser: the bundled page signs, sends and deploys against a node.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LeaseholdClient, newMnemonic, walletFromMnemonic } from "../../client/index.ts";
import { SELLERS } from "../dev/catalogue.ts";
import type { Seller } from "../dev/catalogue.ts";
import { servePage } from "../dev/page.ts";
import type { ServedPage } from "../dev/page.ts";
import { RunningSeller } from "../dev/seller.ts";
import { BrowserPage, findChromium } from "../support/chromium.ts";
import { startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";

const FILE = "test/vectors/sdl/minimal-3.0.yaml";
const FUNDS = ["ulease", "uusd"].map((denom) => ({ denom, amount: 1_000_000_000_000n }));

interface World {
  readonly node: TestNode;
  readonly served: ServedPage;
  readonly seller: RunningSeller;
  readonly page: BrowserPage;
  readonly client: LeaseholdClient;
  readonly words: string;
  readonly tenant: string;
  readonly provider: string;
}
const test = suite<{ world: World }>("the client in a browser");

async function openWorld(browser: string): Promise<World> {
  const words = await newMnemonic();
  const [tenantWallet, sellerWallet] = await Promise.all(
    [words, await newMnemonic()].map((each) => walletFromMnemonic(each)),
  );
  if (tenantWallet === undefined || sellerWallet === undefined) throw new Error("no wallets");
  const [tenant = "", provider = ""] = await Promise.all(
    [tenantWallet, sellerWallet].map(async (each) => (await each.getAccounts())[0]?.address),
  );
  const accounts = [tenant, provider].map((address) => ({ address, coins: FUNDS }));
  const node = await startTestNode({ accounts });
  const client = await LeaseholdClient.connect(node.rpcUrl);
  const seller = await RunningSeller.start({
    rpc: node.rpcUrl,
    wallet: sellerWallet,
    seller: SELLERS[0] as Seller,
    port: 0,
    log: () => undefined,
  });
  const served = await servePage(0);
  const page = await BrowserPage.open(browser, served.url);
  await page.until(`document.querySelector("textarea")?.value`);
  return { node, served, seller, page, client, words, tenant, provider };
}

/** Fills a form as a person would, sends it, and gives what its output says in the end. */
async function submit(
  page: BrowserPage,
  form: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly state: unknown; readonly text: string }> {
  for (const [name, value] of Object.entries(fields)) {
    const at = `document.querySelector(${JSON.stringify(`#${form} [name=${name}]`)})`;
    await page.evaluate(`${at}.value = ${JSON.stringify(value)}`);
  }
  const output = `document.querySelector("#${form} output")`;
  await page.evaluate(`document.querySelector("#${form} button").click()`);
  await page.until(`["done", "failed"].includes(${output}.dataset.state)`, 60_000);
  const state = await page.evaluate(`${output}.dataset.state`);
  return { state, text: String(await page.evaluate(`${output}.textContent`)) };
}

const browser = findChromium();
if ("missing" in browser) {
  console.log(`left out: the client library in a browser, because ${browser.missing}.`);
  test("the page is bundled", async () => {
    const served = await servePage(0);
    const script = await (await fetch(`${served.url}page.js`)).text();
    assert.ok(script.length > 100_000);
    await served.close();
  });
} else {
  test.before(async (context) => {
    context.world = await openWorld(browser.path);
  });

  test.after(async ({ world }) => {
    world.client.disconnect();
    await world.page.close();
    await world.served.close();
    await world.seller.stop();
    await world.node.remove();
  });

  test("connects with a mnemonic and shows the balance", async ({ world }) => {
    const { page, node, words, tenant } = world;
    const { state, text } = await submit(page, "connect", { rpc: node.rpcUrl, words });
    assert.is(state, "done", text);
    assert.is(text, `test-1: ${tenant} has 1000000000000ulease`);
  });

  test("signs and sends: the chain has the transaction", async ({ world }) => {
    const { page, client, provider } = world;
    const before = await client.query.bank.balance(provider, "uusd");
    const { state, text } = await submit(page, "send", { to: provider, amount: "12345uusd" });
    assert.is(state, "done", text);
    const [, hash = ""] = /^([0-9A-F]{64}) in block \d+$/.exec(text) ?? [];
    const found = await client.comet.tx({ hash: Buffer.from(hash, "hex") });
    assert.is(found.result.code, 0);
    const after = await client.query.bank.balance(provider, "uusd");
    assert.is(BigInt(after.amount) - BigInt(before.amount), 12_345n);
  });

  test("a refusal of the chain is a sentence on the page", async ({ world }) => {
    const { page, provider } = world;
    const amount = "999999999999999uusd";
    const { state, text } = await submit(page, "send", { to: provider, amount });
    assert.is(state, "failed");
    assert.match(text, /insufficient funds/);
  });

  test("deploys a file up to an active lease", async ({ world }) => {
    const { page, provider } = world;
    const { state, text } = await submit(page, "deploy", { sdl: readFileSync(FILE, "utf8") });
    assert.is(state, "done", text);
    assert.match(text, new RegExp(`^lease 1/1/1 of ${provider} is active at \\d+u\\w+ an hour$`));
  });
}

test.run();
