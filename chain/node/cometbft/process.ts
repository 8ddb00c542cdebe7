// CometBFT as a child process: its lines come out through our log, its end is told in one sentence, and it
// is asked to stop before the application under it goes away.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { LogFields, Logger, LogLevel } from "../log.ts";

/** Longest wait for CometBFT to stop when asked, milliseconds. */
const STOP_MS = 10_000;

/** How the child is started. */
export interface CometProcessOptions {
  readonly binary: string;
  readonly home: string;
  /** As CometBFT understands it: debug, info, error or none, or a list by module. */
  readonly logLevel: string;
}

/** A running CometBFT. */
export class CometProcess {
  readonly #child: ChildProcess;
  readonly #log: Logger;
  /** Resolves with a sentence when the child has ended, by itself or asked. */
  readonly ended: Promise<string>;
  #lastError = "";
  #followsFailure = false;

  /** Starts `cometbft start` on a home. */
  constructor({ binary, home, logLevel }: CometProcessOptions, log: Logger) {
    this.#log = log;
    const args = ["start", "--home", home, "--log_level", logLevel];
    const env = { ...process.env, CMT_LOG_FORMAT: "json" };
    // A process group of its own: Ctrl-C reaches this process alone, which then stops the child first.
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, env });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => this.#line(line));
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(`cometbft could not be started: ${error.message}`));
      child.once("close", (code, signal) => resolve(this.#sentence(code, signal)));
    });
  }

  /** Process id; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks CometBFT to stop, then makes it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #sentence(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `with status ${code}` : `by ${signal}`;
    return `cometbft ended ${how}${this.#lastError === "" ? "" : `: ${this.#lastError}`}`;
  }

  #line(line: string): void {
    const { kind, level, sentence, fields } = readCometLine(line);
    if (kind === "failure") this.#lastError = sentence;
    else if (kind === "entry" && level === "error") this.#lastError = told(sentence, fields);
    else if (kind === "text" && this.#followsFailure) this.#lastError += ` ${sentence.trim()}`;
    // The line under a panic belongs to its sentence: the two hashes of an AppHash stand in both.
    this.#followsFailure = kind === "failure";
    this.#log[level](sentence, fields);
  }
}

/** What an error line says, in few words. */
function told(sentence: string, fields: LogFields): string {
  const reason = fields["err"] ?? fields["reason"];
  const text = reason === undefined ? sentence : `${sentence}: ${String(reason)}`;
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}

/** A line of CometBFT in the words of our log. */
export interface CometLine {
  readonly level: LogLevel;
  readonly sentence: string;
  readonly fields: LogFields;
  /** An entry of the log, the first line of a panic or a refusal to start, or any other text. */
  readonly kind: "entry" | "failure" | "text";
}

/**
 * What CometBFT says twice of every block that it replays at start: there may be thousands. Where they
 * begin and end it says in "ABCI Replay Blocks" and "Completed ABCI Handshake".
 */
function isOfReplay(sentence: string, module: string | undefined): boolean {
  return module === "consensus" && (sentence === "Applying block" || sentence === "executed block");
}

/** Reads a line that CometBFT printed. */
export function readCometLine(line: string): CometLine {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {
      level: "error",
      sentence: line,
      fields: {},
      kind: /^(?:panic|error):/i.test(line) ? "failure" : "text",
    };
  }
  const { level, _msg, ts: _ts, ...rest } = entry;
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(rest))
    fields[key] = typeof value === "string" ? value : JSON.stringify(value);
  const sentence = typeof _msg === "string" ? _msg : "";
  const known = level === "debug" || level === "error" ? level : "info";
  const isRoutine = known === "info" && isOfReplay(sentence, fields["module"]);
  return { level: isRoutine ? "debug" : known, sentence, fields, kind: "entry" };
}
