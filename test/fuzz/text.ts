// Mutations of text: characters, tokens of the language, lines, pieces of other texts, long runs, and
// characters that are no text.

import type { Random } from "../sim/random.ts";

/** What confuses most readers of text. */
export const COMMON_TOKENS: readonly string[] = [
  ..." \t\n\r\0\"'\\/.,:;-+_=<>()[]{}#%&*!?@|~^`$",
  "0",
  "-1",
  "-0",
  "00",
  "1e9",
  "0x1F",
  "9".repeat(20),
  "9".repeat(400),
  "18446744073709551616",
  "null",
  "true",
  "NaN",
  "Infinity",
  "__proto__",
  "constructor",
  "toString",
  "\u2028",
  "\ud800",
  "\udc00",
  "\ufeff",
  "\u00e9",
  "𝔘",
  "\u0660",
  "ſ",
  "%00",
  "%zz",
  "%F0%9F",
  "\r\n",
  "../",
];

function cutAt(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function piece(text: string, random: Random, most: number): string {
  const from = random.int(0, text.length);
  return text.slice(from, from + random.int(1, most));
}

/** Another digit for a digit, another letter for a letter: often still right. */
export function retouched(text: string, random: Random): string {
  const at = random.int(0, Math.max(0, text.length - 1));
  const code = text.charCodeAt(at);
  const by =
    code >= 48 && code <= 57
      ? String(random.int(0, 9))
      : code >= 97 && code <= 122
        ? String.fromCharCode(random.int(97, 122))
        : code >= 65 && code <= 90
          ? String.fromCharCode(code + 32)
          : undefined;
  return by === undefined ? text : cutAt(text, at, at + 1, by);
}

function swapLines(text: string, random: Random): string {
  const lines = text.split("\n");
  const [line = ""] = lines.splice(random.int(0, lines.length - 1), 1);
  if (random.chance(70)) lines.splice(random.int(0, lines.length), 0, line);
  if (random.chance(30)) lines.splice(random.int(0, lines.length), 0, line);
  return lines.join("\n");
}

function mutateOnce(
  text: string,
  random: Random,
  donor: string,
  tokens: readonly string[],
): string {
  const at = random.int(0, text.length);
  switch (random.int(0, 11)) {
    case 0:
      return cutAt(text, at, at, random.of(tokens));
    case 1:
      return cutAt(text, at, at + random.int(1, 4), random.of(tokens));
    case 2:
      return cutAt(text, at, at + random.int(1, 12), "");
    case 3:
      return cutAt(text, at, at + random.int(0, 8), piece(donor, random, 80));
    case 4:
      return cutAt(text, at, at, piece(text, random, 40));
    case 5:
      return swapLines(text, random);
    case 6:
      return text.slice(0, at);
    case 7:
      return cutAt(text, at, at + 1, String.fromCharCode(random.int(0, 0x2ff)));
    case 8:
      return random.chance(10)
        ? cutAt(text, at, at, random.of(tokens).repeat(300))
        : text + random.of(tokens);
    default:
      return retouched(text, random);
  }
}

/** Damages text once to three times. `tokens` belong to its language. */
export function mutateText(
  text: string,
  random: Random,
  donor: string,
  tokens: readonly string[] = COMMON_TOKENS,
): string {
  let out = text;
  for (let left = random.of([1, 1, 1, 2, 3]); left > 0; left--)
    out = mutateOnce(out, random, donor, random.chance(50) ? tokens : COMMON_TOKENS);
  return out;
}
