// The number texts of SDL, as Go's YAML package and strconv read them.

const TWO_64 = 18446744073709551616;
const DECIMAL =
  /^[-+]?([0-9]+(_[0-9]+)*\.?([0-9]+(_[0-9]+)*)?|\.[0-9]+(_[0-9]+)*)([eE][-+]?[0-9]+)?$/;
const HEX_FLOAT = /^([-+]?)0[xX]_?([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([-+]?[0-9]+)$/;

/** A text that strconv.ParseFloat takes, as a double; undefined when it does not (or is not finite). */
export function parseFloat64(text: string): number | undefined {
  const hex = HEX_FLOAT.exec(text);
  if (hex !== null) {
    const [, sign, whole = "", fraction = "", exponent] = hex.map((part) =>
      part.replaceAll("_", ""),
    );
    if (whole + fraction === "" || whole.length + fraction.length > 200) return undefined;
    const mantissa = Number(`0x${whole}${fraction}`);
    const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
    return Number.isFinite(value) ? (sign === "-" ? -value : value) : undefined;
  }
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text.replaceAll("_", ""));
  return Number.isFinite(value) ? value : undefined;
}

/** A double cut to an unsigned 64-bit integer; undefined when negative or too large. */
export function truncateToUint64(value: number): bigint | undefined {
  if (value < 0 || value >= TWO_64) return undefined;
  return BigInt(Math.trunc(value));
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["P", 1e15],
  ["E", 1e18],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["Pi", 2 ** 50],
  ["Ei", 2 ** 60],
]);

/** What a size may look like, for messages. */
export const SIZE_FORM =
  "a number with k, M, G, T, P, E (10^3 ..) or Ki, Mi, Gi, Ti, Pi, Ei (2^10 ..)";

/** Bytes of a size such as `512Mi`, `1.5Gi`, `1024`; fractions of a byte are cut. */
export function parseSize(text: string, binaryOnly = false): bigint | undefined {
  const [, digits = "", suffix = ""] = /^(.*?)(k|[MGTPE]|[KMGTPE]i)?$/s.exec(text) ?? [];
  if (binaryOnly && suffix !== "" && !suffix.endsWith("i")) return undefined;
  const value = parseFloat64(digits);
  const unit = suffix === "" ? 1 : UNITS.get(suffix);
  if (value === undefined || unit === undefined) return undefined;
  return truncateToUint64(value * unit);
}

/** Milli-CPU of `100m`, `0.1`, `1`; a fraction of a milli-CPU is cut, `0.5m` is refused. */
export function parseMilliCpu(text: string): bigint | undefined {
  if (text.endsWith("m")) {
    const digits = text.slice(0, -1);
    return /^[0-9]{1,10}$/.test(digits) ? BigInt(digits) : undefined;
  }
  const value = parseFloat64(text);
  return value === undefined ? undefined : truncateToUint64(value * 1000);
}

/** Plain decimal digits (leading zeros allowed), at most 64 bits: GPU units. */
export function parseCount(text: string): bigint | undefined {
  if (!/^[0-9]{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < 1n << 64n ? value : undefined;
}

/** A whole number as YAML 1.1 has it, and what is odd about how it was written. */
export interface YamlInteger {
  readonly value: bigint;
  readonly oddity?: string;
}

/** A plain scalar as an unsigned 32-bit integer: octal `010`, hex, `1_0`, and `1.5` cut to 1. */
export function parseYamlUint32(text: string): YamlInteger | undefined {
  const integer = parseGoInteger(text.replaceAll("_", ""));
  if (integer !== undefined) {
    if (integer < 0n || integer >= 1n << 32n) return undefined;
    const decimal = /^[0-9]+$/.test(text) && (text === "0" || !text.startsWith("0"));
    return decimal ? { value: integer } : { value: integer, oddity: `${text} means ${integer}` };
  }
  const digits = text.replaceAll("_", "");
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return undefined;
  const value = truncateToUint64(Number(digits));
  if (value === undefined || value >= 1n << 32n) return undefined;
  return { value, oddity: `${text} is not a whole number in plain digits, it is read as ${value}` };
}

const INTEGER_FORMS: readonly (readonly [RegExp, string])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, "0x"],
  [/^0[bB]([01]+)$/, "0b"],
  [/^0[oO]?([0-7]+)$/, "0o"],
  [/^(0|[1-9][0-9]*)$/, ""],
];

function parseGoInteger(text: string): bigint | undefined {
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  const digits = text.slice(sign.length);
  if (digits.length > 70) return undefined;
  for (const [form, prefix] of INTEGER_FORMS) {
    const match = form.exec(digits);
    if (match === null) continue;
    const value = BigInt(prefix + (match[1] as string));
    return sign === "-" ? -value : value;
  }
  return undefined;
}

/** Whether a plain scalar is a number, boolean, null or date for a reader of untyped YAML. */
export function looksTyped(text: string): boolean {
  return (
    /^(~|null|true|false|yes|no|on|off|y|n)$/i.test(text) ||
    /^[-+]?(0[xob][0-9a-f_]+|[0-9][0-9_]*\.?[0-9_]*([eE][-+]?[0-9]+)?|\.[0-9]+|\.inf|\.nan)$/i.test(
      text,
    ) ||
    /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$/.test(text)
  );
}

/** Seconds of a Go duration such as `1h30m`, `90s`; undefined when it is none or not whole seconds. */
export function parseGoDuration(text: string): bigint | undefined {
  if (!/^\+?([0-9]+(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h))+$/.test(text) || text.length > 100)
    return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+(?:\.[0-9]*)?)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (DURATION_SECONDS.get(unit as string) as number);
  }
  return truncateToUint64(total);
}

const DURATION_SECONDS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-9],
  ["us", 1e-6],
  ["µs", 1e-6],
  ["μs", 1e-6],
  ["ms", 1e-3],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

/** Seconds of `90s`, `30m`, `12h`, `30d`: the durations of SDL 3.0. */
export function parseSeconds(text: string): bigint | undefined {
  const match = /^(0|[1-9][0-9]{0,9})([smhd])$/.exec(text);
  if (match === null) return undefined;
  const scale = { s: 1n, m: 60n, h: 3600n, d: 86400n }[match[2] as "s" | "m" | "h" | "d"];
  return BigInt(match[1] as string) * scale;
}

/** A plain decimal with up to 18 places, scaled by 10^18; undefined when it is not that. */
export function parseDecimal18(text: string): bigint | undefined {
  const match = /^([-+]?)([0-9]{1,60})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt((match[2] as string) + (match[3] ?? "").padEnd(18, "0"));
  return match[1] === "-" ? -value : value;
}

/** A value scaled by 10^18 with all 18 places, as the SDK prints a LegacyDec. */
export function formatDecimal18(value: bigint): string {
  const digits = value.toString().padStart(19, "0");
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
}
