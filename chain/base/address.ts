// Addresses: 20 (accounts, modules) or 32 bytes in state, bech32 text at the surface.
// The prefix comes from genesis, so every parser takes an AddressCodec; there is no global.

import { bech32 } from "@scure/base";
import { assert } from "./assert.ts";
import { Bech32 } from "./bech32.ts";
import type { Brand } from "./brand.ts";
import { utf8 } from "./bytes.ts";
import { sdkErrors } from "./errors.ts";
import type { Platform } from "./platform.ts";

/** Raw address bytes, as state keys hold them. */
export type Address = Brand<Uint8Array, "Address">;

/** Longest address that the SDK accepts, bytes. */
const MAX_ADDRESS_BYTES = 255;

/** Longest bech32 text that is read or written: 255 bytes fit with any prefix. Source: the SDK's bech32. */
const MAX_TEXT = 1023;

/** Marks bytes that are known to be an address (from state or from a hash). */
export function addressFromBytes(bytes: Uint8Array): Address {
  assert(bytes.length > 0 && bytes.length <= MAX_ADDRESS_BYTES, `address of ${bytes.length} bytes`);
  return bytes as Address;
}

/** Addresses that a codec remembers in each direction before it starts over: about 10 MB. */
const MEMO_SIZE = 30_000;

/** An address in both forms; the text in lower case, as `format` gives it. */
interface Known {
  readonly address: Address;
  readonly text: string;
}

/** Addresses that were parsed last: sender, receiver, a module's account and one to spare. */
const RECENT = 4;

/**
 * Turns addresses of one chain into text and back. Both are pure functions, called a dozen times per
 * transaction, so answers are remembered.
 */
export class AddressCodec {
  readonly prefix: string;
  readonly #fast: Bech32 | undefined;
  readonly #texts = new Map<string, string>();
  readonly #parsed = new Map<string, Known>();
  readonly #recent: Known[] = [];
  #next = 0;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.#fast = Bech32.serves(prefix) ? new Bech32(prefix) : undefined;
  }

  /** Bech32 text of an account address. */
  format(address: Uint8Array): string {
    // Only arrays that `parse` made are looked for: those nobody changes.
    for (const known of this.#recent) if (known.address === address) return known.text;
    const key = String.fromCharCode.apply(undefined, address as unknown as number[]);
    let text = this.#texts.get(key);
    if (text === undefined) {
      text =
        this.#fast?.encode(address) ??
        bech32.encode(this.prefix, bech32.toWords(address), MAX_TEXT);
      if (this.#texts.size >= MEMO_SIZE) this.#texts.clear();
      this.#texts.set(key, text);
    }
    return text;
  }

  /**
   * Parses an account address. The array is shared by all who ask: nobody may change it.
   * Throws: sdk/7 with what is wrong in it.
   */
  parse(text: string): Address {
    let known = this.#parsed.get(text);
    if (known === undefined) {
      const bytes = this.#fast?.decode(text) ?? this.#parse(text);
      known = { address: bytes as Address, text: text.toLowerCase() };
      if (this.#parsed.size >= MEMO_SIZE) this.#parsed.clear();
      this.#parsed.set(text, known);
    }
    this.#remember(known);
    return known.address;
  }

  #remember(known: Known): void {
    for (const other of this.#recent) if (other === known) return;
    this.#recent[this.#next] = known;
    this.#next = (this.#next + 1) % RECENT;
  }

  #parse(text: string): Address {
    if (text.length === 0)
      throw sdkErrors.invalidAddress.with("empty address string is not allowed");
    const decoded = decodeBech32(text);
    if (decoded === undefined) {
      throw sdkErrors.invalidAddress.with(
        `${JSON.stringify(text.slice(0, 100))} is not a bech32 address`,
      );
    }
    if (decoded.prefix !== this.prefix) {
      throw sdkErrors.invalidAddress.with(
        `invalid Bech32 prefix; expected ${this.prefix}, got ${decoded.prefix}`,
      );
    }
    return decoded.bytes;
  }
}

/** Decodes bech32 of any prefix; undefined when the text is not bech32 or holds no address. */
export function decodeBech32(text: string): { prefix: string; bytes: Address } | undefined {
  const words = bech32.decodeUnsafe(text, MAX_TEXT);
  if (words === undefined) return undefined;
  const bytes = bech32.fromWordsUnsafe(words.words);
  if (!(bytes instanceof Uint8Array) || bytes.length === 0 || bytes.length > MAX_ADDRESS_BYTES)
    return undefined;
  return { prefix: words.prefix, bytes: bytes as Address };
}

/** Address of a module account: the first 20 bytes of SHA-256(name). Source: SDK address.Module. */
export function moduleAddress(platform: Platform, name: string): Address {
  return addressFromBytes(platform.sha256(utf8(name)).slice(0, 20));
}

/** Address of a secp256k1 key: RIPEMD-160(SHA-256(33 key bytes)). */
export function secp256k1Address(platform: Platform, key: Uint8Array): Address {
  assert(key.length === 33, `secp256k1 key of ${key.length} bytes, 33 expected`);
  return addressFromBytes(platform.ripemd160(platform.sha256(key)));
}
