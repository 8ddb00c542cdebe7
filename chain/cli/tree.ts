// Finding a command in the tree, and saying what there is.

import { nearest } from "./args.ts";
import type { FlagSpec } from "./args.ts";
import { COMMON_FLAGS } from "./command.ts";
import type { Command } from "./command.ts";
import { UsageFailure } from "./failure.ts";

/** A command and the words that follow its own. */
export interface Found {
  readonly command: Command;
  readonly rest: readonly string[];
}

/** The command with the longest match, or undefined when the words name a group or nothing. */
export function findCommand(
  commands: readonly Command[],
  argv: readonly string[],
): Found | undefined {
  const matching = commands.filter((command) =>
    command.words.every((word, index) => argv[index] === word),
  );
  const command = matching.sort((a, b) => b.words.length - a.words.length)[0];
  return command === undefined ? undefined : { command, rest: argv.slice(command.words.length) };
}

function words(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith("-"));
  return end < 0 ? [...argv] : argv.slice(0, end);
}

/** The failure for words that name no command: says the nearest one. */
export function unknownCommand(
  commands: readonly Command[],
  argv: readonly string[],
): UsageFailure {
  const typed = words(argv);
  const depth = typed.findIndex(
    (_, index) =>
      !commands.some((command) =>
        typed.slice(0, index + 1).every((word, at) => command.words[at] === word),
      ),
  );
  const before = typed.slice(0, Math.max(depth, 0));
  const choices = new Set(
    commands
      .filter((command) => before.every((word, index) => command.words[index] === word))
      .flatMap((command) => command.words[before.length] ?? []),
  );
  const wrong = typed[depth] ?? typed.at(-1) ?? "";
  const near = nearest(wrong, [...choices]);
  const remedy =
    near === undefined
      ? "Try: leasehold help"
      : `Did you mean: leasehold ${[...before, near].join(" ")}?`;
  return new UsageFailure(`there is no command ${JSON.stringify(`leasehold ${typed.join(" ")}`)}`, {
    remedy,
  });
}

function flagLine(flag: FlagSpec): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const name = `${short}--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`;
  return `  ${name.padEnd(36)} ${flag.text}`;
}

/** What one command does and takes. */
export function commandHelp(command: Command): string {
  const usage = `leasehold ${[...command.words, command.usage].join(" ").trim()}`;
  const own = command.flags.map(flagLine);
  const lines = [command.summary, "", `Usage: ${usage}`];
  if (own.length > 0) lines.push("", "Flags:", ...own);
  return [...lines, "", "Flags of every command:", ...COMMON_FLAGS.map(flagLine)].join("\n");
}

/** The commands below `argv`; groups of more than one command are folded into a line at the top. */
export function groupHelp(commands: readonly Command[], argv: readonly string[]): string {
  const inside = commands.filter((command) =>
    argv.every((word, index) => command.words[index] === word),
  );
  const title =
    argv.length === 0
      ? "Leasehold: GPU compute leased by reverse auction."
      : `leasehold ${argv.join(" ")}`;
  const rows = new Map<string, string>();
  for (const command of inside) {
    const next = command.words[argv.length];
    if (next === undefined) continue;
    const leaf = command.words.length === argv.length + 1;
    const members = inside.filter((other) => other.words[argv.length] === next);
    const verbs = members
      .map((member) => member.words[argv.length + 1])
      .filter((verb, index, all) => verb !== undefined && all.indexOf(verb) === index);
    const group = verbs.length > 12 ? `${verbs.slice(0, 10).join(", ")}, ...` : verbs.join(", ");
    if (leaf && members.length === 1) rows.set(next, command.summary);
    else if (!rows.has(next)) rows.set(next, group);
  }
  const width = Math.max(...[...rows.keys()].map((name) => name.length));
  const lines = [...rows].map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  return [title, "", ...lines, "", "`leasehold COMMAND --help` says what a command takes."].join(
    "\n",
  );
}
