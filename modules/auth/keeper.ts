// Accounts: numbers, keys and sequences; module accounts and their permissions.

import type { Address } from "../../chain/base/address.ts";
import { moduleAddress } from "../../chain/base/address.ts";
import { assert, must } from "../../chain/base/assert.ts";
import type { Params } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import type { AnteAccounts, Context, PubKey } from "../../chain/runtime/index.ts";
import type { Platform } from "../../chain/base/platform.ts";
import { accounts, nextNumber, params } from "./state.ts";
import type { Account, ModuleAccounts, Permission, SignedText } from "./types.ts";
import { verifySignedText } from "./signed_text.ts";

/** Keeper of module auth. Reads and writes happen as often as in the SDK: gas depends on it. */
export class AuthKeeper implements AnteAccounts {
  readonly #modules: ModuleAccounts;
  readonly #addresses = new Map<string, Address>();
  readonly #blocked = new Set<string>();
  readonly #platform: Platform;

  constructor(platform: Platform, modules: ModuleAccounts) {
    this.#platform = platform;
    this.#modules = modules;
    for (const name of modules.keys()) {
      const address = moduleAddress(platform, name);
      this.#addresses.set(name, address);
      this.#blocked.add(platform.latin1(address));
    }
  }

  /** Parameters; a bug before genesis. */
  params(ctx: Context): Params {
    return must(params.get(ctx), "parameters of auth");
  }

  account(ctx: Context, address: Address): Account | undefined {
    return accounts.get(ctx, address);
  }

  /** Reads an account for nothing but the gas of it. */
  touch(ctx: Context, address: Address): void {
    accounts.touch(ctx, address);
  }

  has(ctx: Context, address: Address): boolean {
    return accounts.has(ctx, address);
  }

  /** Writes an account; its entry in the index by number is written again too. */
  set(ctx: Context, address: Address, account: Account): void {
    accounts.set(ctx, address, account);
  }

  /** Makes an account that is not there yet. State: accounts, next_number. */
  create(ctx: Context, address: Address): Account {
    const account: Account = {
      address: ctx.addresses.format(address),
      key: undefined,
      number: nextNumber.next(ctx),
      sequence: 0n,
    };
    accounts.set(ctx, address, account);
    return account;
  }

  setKey(ctx: Context, address: Address, account: Account, key: PubKey): void {
    this.set(ctx, address, { ...account, key });
  }

  incrementSequence(ctx: Context, address: Address): void {
    const account = this.#must(ctx, address);
    this.set(ctx, address, { ...account, sequence: account.sequence + 1n });
  }

  /** Address of a module account; a bug for a name that is not in the table. */
  moduleAddress(name: string): Address {
    return must(this.#addresses.get(name), `module account ${name}`);
  }

  /** Names and permissions of all module accounts. */
  get modules(): ModuleAccounts {
    return this.#modules;
  }

  /** Whether module account `name` has a permission. */
  hasPermission(name: string, permission: Permission): boolean {
    return this.#modules.get(name)?.includes(permission) ?? false;
  }

  /** Whether direct sends to this address are refused: it is a module account. */
  isBlocked(address: Address): boolean {
    return this.#blocked.has(this.#platform.latin1(address));
  }

  /** A module account, made when it is not there yet. State: accounts, next_number. */
  moduleAccount(ctx: Context, name: string): Account {
    const address = this.moduleAddress(name);
    const found = this.account(ctx, address);
    if (found !== undefined) {
      assert(found.module !== undefined, `account of module ${name} is not a module account`);
      return found;
    }
    const account: Account = {
      address: ctx.addresses.format(address),
      key: undefined,
      number: nextNumber.next(ctx),
      sequence: 0n,
      module: { name, permissions: this.#modules.get(name) ?? [] },
    };
    this.set(ctx, address, account);
    return account;
  }

  /**
   * Whether a person signed a text in the ADR-036 form with the key of the named address. False,
   * never an error, for anything malformed. Gas: the cost of each signature tried.
   */
  verifyOwnerSignature(ctx: Context, signed: SignedText): boolean {
    return verifySignedText(ctx, this.params(ctx), signed);
  }

  #must(ctx: Context, address: Address): Account {
    const account = this.account(ctx, address);
    return must(account, `account ${ctx.addresses.format(address)}`);
  }
}
