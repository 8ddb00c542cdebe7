// Readers of text: addresses, coins, numbers, times, event queries, configuration, SDL.

import { AddressCodec, decodeBech32 } from "../../../chain/base/address.ts";
import { equalBytes } from "../../../chain/base/bytes.ts";
import { formatCoin, parseCoin } from "../../../chain/base/coins.ts";
import { ChainError } from "../../../chain/base/errors.ts";
import { parseInteger, parseUint } from "../../../chain/base/integers.ts";
import { formatTime, parseTime, toNanos } from "../../../chain/base/time.ts";
import { decimalOfScaled, scaledOfDecimal } from "../../../chain/codec/decimal.ts";
import { durationFromJson } from "../../../chain/codec/wellknown.ts";
import { configText, parseDuration, readConfigText } from "../../../chain/node/config/config.ts";
import { parseGasPrices } from "../../../chain/node/config/gas_prices.ts";
import type { Setting } from "../../../chain/node/config/setting.ts";
import { SETTINGS } from "../../../chain/node/config/settings.ts";
import type { ConfigFile } from "../../../chain/node/config/settings.ts";
import { parseDecimal, parseQuery, QueryError } from "../../../chain/node/index/query.ts";
import type { Condition, Operand } from "../../../chain/node/index/query.ts";
import { makeSigner } from "../../support/signing.ts";
import { attempt, isPlainError, must } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { COMMON_TOKENS, mutateText } from "../text.ts";

/** A target whose inputs are texts. */
export function textTarget(
  inputs: readonly string[],
  run: (text: string) => boolean,
  tokens: readonly string[] = COMMON_TOKENS,
): Target<string> {
  return {
    make: (random) => mutateText(random.of(inputs), random, random.of(inputs), tokens),
    run,
    show: (text) => JSON.stringify(text),
  };
}

function isChainError(error: unknown): boolean {
  return error instanceof ChainError;
}

function addressTarget(): Target<string> {
  const codec = new AddressCodec("lease");
  const lengths = [1, 20, 32, 52, 53, 255];
  const addresses = lengths.map((length) => codec.format(new Uint8Array(length).fill(length)));
  const others = ["cosmos", "leasevaloper"].map((prefix) => makeSigner("a", prefix).address);
  const run = (text: string): boolean => {
    const read = attempt(() => codec.parse(text), isChainError);
    const bare = decodeBech32(text);
    must(read === undefined || bare !== undefined, () => "an address that is not bech32");
    const isOurs = bare?.prefix === "lease";
    must(isOurs === (read !== undefined), () => "the general reader thinks otherwise");
    if (bare !== undefined) {
      const again = new AddressCodec(bare.prefix).format(bare.bytes);
      must(again === text.toLowerCase(), () => `bech32 comes back as ${again}`);
    }
    if (read === undefined) return false;
    const again = codec.format(read.value);
    must(again === text.toLowerCase(), () => `comes back as ${again}`);
    must(equalBytes(codec.parse(again), read.value), () => "another address");
    return true;
  };
  return textTarget([...addresses, ...others, addresses[1]?.toUpperCase() ?? ""], run);
}

function coinTarget(): Target<string> {
  const inputs = [
    "0ulease",
    "12ulease",
    `${"9".repeat(77)}uusd`,
    "5ibc/27394FB092D2ECCD",
    "1a.b-c:d_e",
  ];
  return textTarget(inputs, (text) => {
    const coin = parseCoin(text);
    const prices = attempt(() => parseGasPrices(text), isPlainError);
    must(coin === undefined || coin.amount > 10n ** 20n || prices !== undefined, () => "no price");
    if (coin === undefined) return prices !== undefined && prices.value.length > 0;
    must(formatCoin(coin) === text, () => `comes back as ${formatCoin(coin)}`);
    return true;
  });
}

/** Numbers, times and durations in all their forms; taken when any reader takes it. */
function valueTarget(): Target<string> {
  const numbers = `0 -1 18446744073709551615 -9223372036854775808 ${"9".repeat(77)} 0.5 -1.25`;
  const spans = "1.000000000000000001 1s 1m30s 500ms 1h2m3.5s 0s -1.5s 9223372036.8s";
  const times = "2027-01-15T08:00:00Z 1970-01-01T00:00:00.000000001Z 0001-01-01T00:00:00-12:34";
  const others = "9999-12-31T23:59:59+14:00 2024-02-29T12:00:00z 2023-02-28t12:00:00Z";
  const inputs = [numbers, spans, times, others].flatMap((line) => line.split(" "));
  return textTarget(inputs, (text) => {
    const [uint, integer, decimal] = [parseUint(text), parseInteger(text), parseDecimal(text)];
    must(uint === undefined || uint.toString() === text, () => `a number ${uint}`);
    must(integer === undefined || integer.toString() === text, () => `an integer ${integer}`);
    const scaled = scaledOfDecimal(text);
    if (scaled !== undefined) {
      const again = scaledOfDecimal(decimalOfScaled(scaled));
      must(again === scaled, () => `${scaled} comes back as ${again}`);
    }
    const span = parseDuration(text);
    must(span === undefined || Number.isSafeInteger(Math.round(span)), () => `a span of ${span}`);
    const found = [uint, integer, decimal, scaled, span, durationFromJson(text)];
    return isTime(text) || found.some((one) => one !== undefined);
  });
}

function isTime(text: string): boolean {
  const time = parseTime(text);
  if (time === undefined) return false;
  must(time.nanos >= 0 && time.nanos < 1_000_000_000, () => `nanos ${time.nanos}`);
  // An offset may lead out of the years that have four digits; those are refused where it matters.
  const isPlain = time.seconds >= -62135596800n && time.seconds <= 253402300799n;
  const again = isPlain ? parseTime(formatTime(time)) : time;
  must(
    again !== undefined && toNanos(again) === toNanos(time),
    () => `comes back as ${formatTime(time)}`,
  );
  return true;
}

// ---- event queries ----------------------------------------------------------------------------------

const QUERIES = [
  "tm.event='Tx'",
  "tm.event='NewBlock' AND a.b=1",
  "transfer.amount > 10 AND transfer.recipient='lease1x' AND tx.height<=5",
  "tx.height=5 AND message.action CONTAINS 'send'",
  "a.b EXISTS AND c.d >= 1.5 AND e.f < -3",
  "block.time >= TIME 2027-01-15T08:00:00Z AND x.y = DATE 2027-01-15",
  "tx.hash='ABCD'",
];
const QUERY_TOKENS = [
  " AND ",
  "=",
  "<=",
  ">=",
  "<",
  ">",
  " CONTAINS ",
  " EXISTS",
  "'",
  "''",
  "TIME ",
].concat([
  "DATE ",
  "2027-02-30",
  "9".repeat(81),
  "1.5.5",
  "-",
  "'a'",
  "tm.event",
  "OR",
  "(",
  ")",
  "\t",
]);

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case "text":
      return `'${operand.text}'`;
    case "time":
      return `TIME ${formatTime(operand.time)}`;
    case "number": {
      const { digits, scale } = operand.number;
      const size = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
      const at = size.length - scale;
      const point = scale === 0 ? "" : `.${size.slice(at)}`;
      return `${digits < 0n ? "-" : ""}${size.slice(0, at)}${point}`;
    }
  }
}

function queryText(conditions: readonly Condition[]): string {
  return conditions
    .map(({ tag, operator, operand }) =>
      operand === undefined ? `${tag} ${operator}` : `${tag} ${operator} ${operandText(operand)}`,
    )
    .join(" AND ");
}

function plain(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "bigint" ? item.toString() : item,
  );
}

function queryTarget(): Target<string> {
  const isRefusal = (error: unknown): boolean => error instanceof QueryError;
  const run = (text: string): boolean => {
    const read = attempt(() => parseQuery(text), isRefusal);
    if (read === undefined) return false;
    const printed = queryText(read.value);
    if (printed.length > 512) return true;
    const again = plain(parseQuery(printed));
    must(again === plain(read.value), () => `${printed} is ${again}`);
    return true;
  };
  return textTarget(QUERIES, run, QUERY_TOKENS);
}

// ---- configuration ----------------------------------------------------------------------------------

const FILES: readonly ConfigFile[] = ["config.toml", "app.toml", "client.toml"];
const TOML_TOKENS = [
  "[",
  "]",
  "[[",
  "=",
  '"',
  "'",
  '"""',
  "# c",
  "\n",
  "[rpc]\n",
  "true",
  "[ ]",
  "\\u0041",
].concat([
  '["a", "b"]',
  "1_000",
  "0x10",
  "1.5",
  '"1s"',
  '"99999h"',
  "a.b",
  '"a b"',
  "{}",
  "moniker = 'x'\n",
]);

/** One line of a setting, in place of what stands there: files are long, and most lines alike. */
function shortFiles(): { readonly file: ConfigFile; readonly text: string }[] {
  return FILES.flatMap((file) => {
    const lines = configText(file).split("\n");
    const blocks = [lines.join("\n")];
    for (let at = 0; at < lines.length; at += 12) blocks.push(lines.slice(at, at + 12).join("\n"));
    return blocks.map((text) => ({ file, text }));
  });
}

/** What a read file says, as overrides of a file that is written from it. */
function overridesOf(
  file: ConfigFile,
  values: ReturnType<typeof readConfigText>["values"],
): Record<string, Setting["value"]> {
  const out: Record<string, Setting["value"]> = {};
  for (const rule of SETTINGS[file]) {
    if (rule.kind === "flag") out[rule.key] = values.flag(rule.key);
    else if (rule.kind === "list") out[rule.key] = values.list(rule.key);
    else if (rule.kind === "duration") out[rule.key] = `${values.number(rule.key)}ms`;
    else out[rule.key] = rule.kind === "integer" ? values.number(rule.key) : values.text(rule.key);
  }
  return out;
}

function configTarget(): Target<{ readonly file: ConfigFile; readonly text: string }> {
  const inputs = shortFiles();
  return {
    make: (random) => {
      const { file, text } = random.of(inputs);
      const donor = random.of(inputs).text;
      // A file is UTF-8: it cannot hold half a character.
      return { file, text: mutateText(text, random, donor, TOML_TOKENS).toWellFormed() };
    },
    run: ({ file, text }) => {
      const read = attempt(() => readConfigText(file, text), isPlainError);
      if (read === undefined) return false;
      const overrides = overridesOf(file, read.value.values);
      const again = overridesOf(file, readConfigText(file, configText(file, overrides)).values);
      must(plain(again) === plain(overrides), () => `${plain(overrides)} is ${plain(again)}`);
      return true;
    },
    show: ({ file, text }) => `${file} ${JSON.stringify(text)}`,
  };
}

/** Decoders of this file. */
export const TEXT_DECODERS: readonly Decoder[] = [
  { name: "address", what: "bech32 addresses", open: addressTarget },
  { name: "coins", what: "coins and gas prices", open: coinTarget },
  { name: "values", what: "numbers, decimals, durations, times", open: valueTarget },
  { name: "events", what: "event queries of searches and subscriptions", open: queryTarget },
  { name: "config", what: "TOML of the three configuration files", open: configTarget },
];
