// SDL files on the command line: flags to options, and what is printed of a file.

import { readFileSync } from "node:fs";
import type { ConvertOptions, SdlReport } from "../../client/sdl/index.ts";
import { formatProblem } from "../../client/sdl/index.ts";
import type { Call } from "./command.ts";
import { CliFailure, UsageFailure } from "./failure.ts";
import { formatAmount } from "./output.ts";

/** Largest file that is read, bytes. */
const MAX_FILE_BYTES = 1_048_576;

/** Bytes of a file. Throws: CliFailure that says why it cannot be read. */
export function readFile(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : String(code);
    throw new CliFailure(`${path} cannot be read: ${why}`);
  }
  if (bytes.length > MAX_FILE_BYTES)
    throw new CliFailure(
      `${path} has ${bytes.length} bytes, an SDL file has at most ${MAX_FILE_BYTES}`,
    );
  return bytes;
}

function pairs(call: Call, name: string): Record<string, string> {
  const entries = call.args.list(name).map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageFailure(`--${name} is FROM=TO, got ${text}`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

/** Conversion options that the flags give. */
export function conversionFlags(
  call: Call,
): Pick<ConvertOptions, "denomMap" | "trustMap" | "ignorePlacement"> {
  return {
    denomMap: pairs(call, "denom-map"),
    trustMap: pairs(call, "trust-map"),
    ignorePlacement: call.args.has("ignore-placement"),
  };
}

/** Prints one report for people: problems first, then conversions and the price. */
export function printReport(call: Call, report: SdlReport): void {
  const say = (kind: string, problems: SdlReport["errors"]): void => {
    for (const problem of problems)
      call.out.line(`${kind}: ${formatProblem(report.path, problem)}`);
  };
  say("error", report.errors);
  say("cannot be deployed here", report.blockers);
  say("warning", report.warnings);
  for (const conversion of report.conversions) {
    call.out.line(
      `converted: ${report.path}:${conversion.line}:${conversion.column}: ${conversion.message}`,
    );
  }
  if (!report.accepted)
    return call.out.line(`${report.path}: refused, ${report.errors.length} problems`);
  const price =
    report.ceilingPerHour === null
      ? ""
      : `, at most ${formatAmount(report.ceilingPerHour, report.denom ?? "")} per hour`;
  call.out.line(
    `${report.path}: accepted, SDL ${report.version}, manifest ${report.manifestHash}${price}`,
  );
}
