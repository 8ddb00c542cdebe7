// Changing a genesis that is there: an account more, or coins more. Pure; the result is to be validated.

import { wrongGenesis } from "../chain/base/errors.ts";
import { addCoins, compareDenom, parseCoin, toWireCoin } from "../chain/base/coins.ts";
import type { Coin } from "../chain/base/coins.ts";
import { parseUint } from "../chain/base/integers.ts";
import type { Json } from "../chain/codec/index.ts";
import type { GenesisDocument } from "./document.ts";
import { objectAt, textAt } from "./paths.ts";
import type { JsonObject } from "./paths.ts";

function listAt(value: Json | undefined, path: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongGenesis(path, "a list is expected");
  return value as readonly Json[];
}

/** The coins at a path. Throws: sdk/18. */
function coinsAt(value: Json | undefined, path: string): Coin[] {
  return listAt(value, path).map((one, index) => {
    const at = `${path}[${index}]`;
    const object = objectAt(one, at);
    const coin = parseCoin(`${textAt(object["amount"], at)}${textAt(object["denom"], at)}`);
    if (coin === undefined) throw wrongGenesis(at, "a coin is expected");
    return coin;
  });
}

function wire(coins: readonly Coin[]): Json {
  return [...coins].sort(compareDenom).map((coin) => ({ ...toWireCoin(coin) }));
}

/** The address of an account as genesis has it: vesting and module accounts hold it deeper. */
function addressOf(account: Json, path: string): string | undefined {
  const object = objectAt(account, path);
  if (typeof object["address"] === "string") return object["address"];
  for (const name of ["base_account", "base_vesting_account"])
    if (object[name] !== undefined) return addressOf(object[name], `${path}.${name}`);
  return undefined;
}

function withAccount(auth: JsonObject, address: string): JsonObject {
  const accounts = listAt(auth["accounts"], "app_state.auth.accounts");
  let next = 0n;
  for (const [index, account] of accounts.entries()) {
    const at = `app_state.auth.accounts[${index}]`;
    const number = objectAt(account, at)["account_number"];
    const known = parseUint(typeof number === "string" ? number : "") ?? BigInt(index);
    if (known >= next) next = known + 1n;
  }
  const made = {
    "@type": "/cosmos.auth.v1beta1.BaseAccount",
    address,
    pub_key: null,
    account_number: next.toString(),
    sequence: "0",
  };
  return { ...auth, accounts: [...accounts, made] };
}

function withCoins(bank: JsonObject, address: string, coins: readonly Coin[]): JsonObject {
  const path = "app_state.bank";
  const balances = listAt(bank["balances"], `${path}.balances`);
  const at = balances.findIndex(
    (one, index) => objectAt(one, `${path}.balances[${index}]`)["address"] === address,
  );
  const old = at < 0 ? undefined : objectAt(balances[at], `${path}.balances[${at}]`);
  const sum = addCoins(coinsAt(old?.["coins"], `${path}.balances[${at}].coins`), coins);
  const entry = { address, coins: wire(sum) };
  const changed =
    at < 0 ? [...balances, entry] : balances.map((one, index) => (index === at ? entry : one));
  const supply = wire(addCoins(coinsAt(bank["supply"], `${path}.supply`), coins));
  return { ...bank, balances: changed, supply };
}

/**
 * A genesis with an account more, or, with `append`, with coins more for one that is there; the supply
 * grows by them. Throws: sdk/18 when the account is there, or is not with `append`.
 */
export function addAccount(
  document: GenesisDocument,
  address: string,
  coins: readonly Coin[],
  append: boolean,
): GenesisDocument {
  const auth = objectAt(document.appState["auth"], "app_state.auth");
  const bank = objectAt(document.appState["bank"], "app_state.bank");
  const accounts = listAt(auth["accounts"], "app_state.auth.accounts");
  const at = accounts.findIndex(
    (one, index) => addressOf(one, `app_state.auth.accounts[${index}]`) === address,
  );
  if (at >= 0 && !append)
    throw wrongGenesis(`app_state.auth.accounts[${at}]`, `${address} is there already`);
  return {
    ...document,
    appState: {
      ...document.appState,
      auth: at >= 0 ? auth : withAccount(auth, address),
      bank: withCoins(bank, address, coins),
    },
  };
}
