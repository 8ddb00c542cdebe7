// What a command prints: tables for people, JSON for programs.

/** Receives what a command has to say. Standard output carries results, standard error the rest. */
export interface Output {
  readonly json: boolean;
  line(text: string): void;
  note(text: string): void;
}

/** JSON with bigints as decimal text and bytes as base64, two spaces. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, part: unknown) => {
      if (typeof part === "bigint") return part.toString();
      if (part instanceof Uint8Array) return Buffer.from(part).toString("base64");
      return part;
    },
    2,
  );
}

/** Prints on the process's own streams. */
export function standardOutput(json: boolean): Output {
  return {
    json,
    line: (text) => process.stdout.write(`${text}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
  };
}

/** Columns aligned by their widest cell; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  const numeric = header.map(
    (_, column) =>
      rows.length > 0 && rows.every((row) => /^-?[0-9][0-9,.]*%?$|^-?$/.test(row[column] ?? "")),
  );
  const print = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        numeric[column] === true
          ? cell.padStart(widths[column] as number)
          : cell.padEnd(widths[column] as number),
      )
      .join("  ")
      .trimEnd();
  return all.map(print).join("\n");
}

/** Seconds as people read them: `2d 3h`, `1h 5m`, `40s`. */
export function formatSeconds(seconds: bigint): string {
  const units = [
    ["d", 86400n],
    ["h", 3600n],
    ["m", 60n],
    ["s", 1n],
  ] as const;
  const parts: string[] = [];
  let rest = seconds < 0n ? 0n : seconds;
  for (const [name, size] of units) {
    if (rest >= size) parts.push(`${rest / size}${name}`);
    rest %= size;
  }
  return parts.length === 0 ? "0s" : parts.slice(0, 2).join(" ");
}

/** An amount with thousands separated: `1,500,000 ulease`. */
export function formatAmount(amount: bigint | string, denom: string): string {
  return `${amount.toString().replace(/\B(?=(\d{3})+$)/g, ",")} ${denom}`;
}

/** A whole number of `unit` parts as a decimal without needless zeros. */
function decimal(value: bigint, unit: bigint): string {
  const digits = unit.toString().length - 1;
  const whole = (value / unit).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = (value % unit).toString().padStart(digits, "0").replace(/0+$/, "");
  return rest === "" ? whole : `${whole}.${rest}`;
}

/** A unit price in 10^-6 base units: `5,000.25 uusd`. */
export function formatMillionths(value: bigint, denom: string): string {
  return `${decimal(value, 1_000_000n)} ${denom}`;
}

/** A number of thousandths: 1500 milli-CPU are `1.5`. */
export function formatThousandths(value: bigint): string {
  return decimal(value, 1000n);
}

/** Bytes as GiB, to a tenth. */
export function formatGib(bytes: bigint): string {
  return `${decimal((bytes * 10n) >> 30n, 10n)} GiB`;
}
