// Structured log: one line per entry, text for people or JSON for machines, on standard error.

/** How grave an entry is, in rising order. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * The level that `log_level` of config.toml means for this process: one word, or CometBFT's list of
 * modules, of which `*` counts.
 */
export function parseLogLevel(text: string): LogLevel | "none" {
  const pairs = text.split(",").map((part) => part.trim().split(":"));
  const word = pairs.length === 1 && pairs[0]?.length === 1 ? text.trim() : undefined;
  const level = word ?? pairs.find(([module]) => module === "*")?.[1] ?? "info";
  return Object.hasOwn(RANK, level) ? (level as LogLevel | "none") : "info";
}

/** Values that stand beside the sentence. */
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/** Where entries go. */
export interface Logger {
  debug(sentence: string, fields?: LogFields): void;
  info(sentence: string, fields?: LogFields): void;
  warn(sentence: string, fields?: LogFields): void;
  error(sentence: string, fields?: LogFields): void;
  /** The same log with the name of a part in front. */
  named(module: string): Logger;
}

/** What a logger is made from. */
export interface LoggerOptions {
  readonly level: LogLevel | "none";
  readonly format: "plain" | "json";
  /** Takes one finished line without its newline. */
  readonly write?: (line: string) => void;
}

const RANK = { debug: 0, info: 1, warn: 2, error: 3, none: 4 } as const;

function plainLine(level: LogLevel, module: string, sentence: string, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 23);
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = String(value);
      return ` ${key}=${/[\s"]/.test(text) ? JSON.stringify(text) : text}`;
    });
  const name = module === "" ? "" : `${module}: `;
  return `${time} ${level.toUpperCase().padEnd(5)} ${name}${sentence}${pairs.join("")}`;
}

function jsonLine(level: LogLevel, module: string, sentence: string, fields: LogFields): string {
  const entry: Record<string, unknown> = { time: new Date().toISOString(), level, module };
  for (const [key, value] of Object.entries(fields))
    entry[key] = typeof value === "bigint" ? value.toString() : value;
  return JSON.stringify({ ...entry, message: sentence });
}

/** Makes a logger. */
export function createLogger(options: LoggerOptions, module = ""): Logger {
  const write = options.write ?? ((line: string): void => void process.stderr.write(`${line}\n`));
  const line = options.format === "json" ? jsonLine : plainLine;
  const at = (level: LogLevel) => {
    if (RANK[level] < RANK[options.level]) return (): void => undefined;
    return (sentence: string, fields: LogFields = {}): void =>
      write(line(level, module, sentence, fields));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    named: (name) => createLogger(options, name),
  };
}

/** A logger that says nothing, for tests. */
export const SILENT: Logger = createLogger({ level: "none", format: "plain" });
