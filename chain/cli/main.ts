// The program `leasehold`: finds the command, runs it, and turns every failure into one sentence.
// Exit status: 0 done, 1 failed, 2 called wrongly.

import { homedir } from "node:os";
import { join } from "node:path";
import { leadingFlagsLast, parseArgs } from "./args.ts";
import { COMMON_FLAGS } from "./command.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { describeFailure, UsageFailure } from "./failure.ts";
import { standardOutput } from "./output.ts";
import { commandHelp, findCommand, groupHelp, unknownCommand } from "./tree.ts";

/** Static commands, and those made from tables where the words ask for them. */
async function commandsFor(argv: readonly string[]): Promise<readonly Command[]> {
  const words = argv.filter((word) => word !== "help");
  if (!["tx", "query", "q", "completion"].includes(words[0] ?? "")) return COMMANDS;
  const { dynamicCommands } = await import("./dynamic.ts");
  return [...COMMANDS, ...dynamicCommands()];
}

function isHelp(argv: readonly string[]): boolean {
  return argv.length === 0 || argv[0] === "help" || argv.includes("--help") || argv.includes("-h");
}

function printHelp(commands: readonly Command[], argv: readonly string[]): void {
  const words = argv.filter((word) => word !== "help" && word !== "--help" && word !== "-h");
  const found = findCommand(commands, words);
  const named = words.filter((word) => !word.startsWith("-"));
  const inGroup = commands.some((command) =>
    named.every((word, index) => command.words[index] === word),
  );
  if (found !== undefined && found.command.words.length > 0)
    process.stdout.write(`${commandHelp(found.command)}\n`);
  else if (inGroup) process.stdout.write(`${groupHelp(commands, named)}\n`);
  else throw unknownCommand(commands, words);
}

/** A word that no command reads is a mistake that people want to hear of. */
function refuseExtraWords({ words, usage }: Command, given: readonly string[]): void {
  const wanted = usage === "" ? 0 : usage.split(" ").length;
  if (usage.includes("...") || given.length <= wanted) return;
  throw new UsageFailure(`${JSON.stringify(given[wanted])} is one word too many`, {
    remedy: `Write: leasehold ${[...words, usage].join(" ").trim()}`,
  });
}

async function run(argv: readonly string[]): Promise<void> {
  const commands = await commandsFor(argv);
  if (isHelp(argv)) return printHelp(commands, argv);
  const found = findCommand(commands, argv);
  if (found === undefined) {
    const inGroup = commands.some((command) =>
      argv.every((word, index) => command.words[index] === word),
    );
    if (!inGroup) throw unknownCommand(commands, argv);
    process.stdout.write(`${groupHelp(commands, argv)}\n`);
    return;
  }
  const args = parseArgs(found.rest, [...found.command.flags, ...COMMON_FLAGS]);
  refuseExtraWords(found.command, args.words);
  const format = args.value("output") ?? "text";
  if (format !== "text" && format !== "json")
    throw new UsageFailure(`--output is text or json, got ${format}`);
  const home = args.value("home") ?? process.env["LEASEHOLD_HOME"] ?? join(homedir(), ".leasehold");
  const code = await found.command.load();
  await code.run({ args, out: standardOutput(format === "json"), commands, home });
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});

try {
  await run(leadingFlagsLast(process.argv.slice(2), COMMON_FLAGS));
} catch (error) {
  process.stderr.write(`leasehold: ${describeFailure(error)}\n`);
  if (process.env["LEASEHOLD_DEBUG"] === "1" && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  process.exitCode = error instanceof UsageFailure ? 2 : 1;
}
