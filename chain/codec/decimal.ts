// Text of LegacyDec: a whole number of 10^-18 on the wire, a decimal fraction in JSON.

import { fromUtf8 } from "../base/bytes.ts";
import { floorDiv } from "../base/integers.ts";

/** The text of a number field of Go's: a few old packages declare it as bytes. */
export function numberText(value: unknown): string {
  return value instanceof Uint8Array ? (fromUtf8(value) ?? "") : (value as string);
}

const PLACES = 18;
const ONE = 10n ** 18n;

/** `1500000000000000000` to `1.500000000000000000`. The text is a whole number. */
export function decimalOfScaled(scaled: string): string {
  const value = BigInt(scaled);
  const size = value < 0n ? -value : value;
  const whole = floorDiv(size, ONE);
  const fraction = (size - whole * ONE).toString().padStart(PLACES, "0");
  return `${value < 0n ? "-" : ""}${whole}.${fraction}`;
}

/** The reverse, with 0 to 18 decimals given; undefined when the text is not a decimal fraction. */
export function scaledOfDecimal(text: string): string | undefined {
  const match = /^(-?)([0-9]{1,78})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (match === null) return undefined;
  const size = BigInt((match[2] as string) + (match[3] ?? "").padEnd(PLACES, "0"));
  return `${match[1] === "-" && size !== 0n ? "-" : ""}${size}`;
}
