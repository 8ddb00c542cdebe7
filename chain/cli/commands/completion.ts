// completion bash | zsh: a script with all words of the command tree in it.

import type { Command, CommandCode } from "../command.ts";
import { UsageFailure } from "../failure.ts";

/** Next words after each prefix of words. */
function nextWords(commands: readonly Command[]): Map<string, Set<string>> {
  const next = new Map<string, Set<string>>();
  for (const { words } of commands) {
    for (const [index, word] of words.entries()) {
      const prefix = words.slice(0, index).join(" ");
      next.set(prefix, (next.get(prefix) ?? new Set()).add(word));
    }
  }
  return next;
}

function script(commands: readonly Command[]): string {
  const cases = [...nextWords(commands)].map(
    ([prefix, words]) =>
      `    "${prefix}") words="${[...words].sort((a, b) => (a < b ? -1 : 1)).join(" ")}" ;;`,
  );
  return [
    "_leasehold() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" path="" word words=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac',
    "  done",
    '  case "$path" in',
    ...cases,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    "complete -o default -F _leasehold leasehold ./leasehold",
  ].join("\n");
}

/** completion SHELL. */
export const completion: CommandCode = {
  async run(call) {
    const shell = call.args.word(0, "the shell (bash or zsh)");
    if (shell !== "bash" && shell !== "zsh")
      throw new UsageFailure(`completion is made for bash and zsh, got ${shell}`);
    if (shell === "zsh") call.out.line("autoload -U +X bashcompinit && bashcompinit");
    call.out.line(script(call.commands));
  },
};
