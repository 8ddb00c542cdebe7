// sdl inspect FILE...: everything that is known about SDL files, without a node.

import { inspectSdl } from "../../../client/sdl/index.ts";
import type { CommandCode } from "../command.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { toJsonText } from "../output.ts";
import { conversionFlags, printReport, readFile } from "../sdl_files.ts";
import { readClientSettings } from "../settings.ts";

/** sdl inspect FILE...; fails when a file is refused. */
export const inspect: CommandCode = {
  async run(call) {
    if (call.args.words.length === 0) throw new UsageFailure("the file is missing");
    const prefix = call.args.value("prefix") ?? readClientSettings(call.home).prefix;
    const options = { prefix, ...conversionFlags(call) };
    const reports = call.args.words.map((path) => inspectSdl(path, readFile(path), options));
    if (call.out.json) call.out.line(toJsonText(reports));
    else for (const report of reports) printReport(call, report);
    const refused = reports.filter((report) => !report.accepted).length;
    if (refused > 0) throw new CliFailure(`${refused} of ${reports.length} files are refused`);
  },
};
