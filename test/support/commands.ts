// A command of the command line in this process: what it printed and how it failed.

import { parseArgs } from "../../chain/cli/args.ts";
import { COMMON_FLAGS } from "../../chain/cli/command.ts";
import { COMMANDS } from "../../chain/cli/commands.ts";
import { describeFailure } from "../../chain/cli/failure.ts";
import { findCommand } from "../../chain/cli/tree.ts";

/** What came of a command. */
export interface Ran {
  readonly out: string;
  readonly notes: string;
  /** The sentence a person would read; empty when it succeeded. */
  readonly failure: string;
}

/** Runs `leasehold ARGV` over a home. Throws: Error when there is no such command. */
export async function runCommand(home: string, ...argv: readonly string[]): Promise<Ran> {
  const found = findCommand(COMMANDS, argv);
  if (found === undefined) throw new Error(`there is no command ${argv.join(" ")}`);
  const lines: string[] = [];
  const notes: string[] = [];
  let failure = "";
  try {
    const args = parseArgs(found.rest, [...found.command.flags, ...COMMON_FLAGS]);
    const out = {
      json: args.value("output") === "json",
      line: (text: string) => void lines.push(text),
      note: (text: string) => void notes.push(text),
    };
    await (await found.command.load()).run({ args, out, commands: COMMANDS, home });
  } catch (error) {
    failure = describeFailure(error);
  }
  return { out: lines.join("\n"), notes: notes.join("\n"), failure };
}
