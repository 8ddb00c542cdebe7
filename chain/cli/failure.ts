import { fileSentence } from "../node/files.ts";

/**
 * A failure that a person caused or can mend: printed as one sentence, never with a stack trace.
 * `code` is the (codespace/code) of the chain where there is one; `remedy` says what to do.
 */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
  readonly code: string | undefined;
  readonly remedy: string | undefined;

  constructor(sentence: string, more: { readonly code?: string; readonly remedy?: string } = {}) {
    super(sentence);
    this.code = more.code;
    this.remedy = more.remedy;
  }
}

/** A call that does not fit the command's usage: exit status 2 instead of 1. */
export class UsageFailure extends CliFailure {}

/** One line for people: the sentence, its code, the remedy. */
export function describeFailure(error: unknown): string {
  if (error instanceof CliFailure) {
    const code = error.code === undefined ? "" : ` (${error.code})`;
    return `${error.message}${code}${error.remedy === undefined ? "" : `. ${error.remedy}`}`;
  }
  if (error instanceof Error) {
    const told = fileSentence(error) ?? `${error.message}${describeCause(error)}`;
    return told.split("\n")[0] as string;
  }
  return String(error);
}

/** What an error came from, where its own sentence does not say it. */
function describeCause({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as NodeJS.ErrnoException;
  const told = message.includes(cause.message) || (code !== undefined && message.includes(code));
  return told ? "" : `: ${cause.message}`;
}
