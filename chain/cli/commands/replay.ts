// replay: a chain run again in memory, every answer and every hash compared.

import { leaseholdParts } from "../../app/index.ts";
import { fromBase64 } from "../../base/bytes.ts";
import { parseInteger } from "../../base/integers.ts";
import type { Json } from "../../codec/index.ts";
import { parseGenesis } from "../../../genesis/index.ts";
import { genesisInput } from "../../node/embedded/start.ts";
import { upperHex } from "../../node/embedded/blocks.ts";
import { fastPlatform } from "../../node/platform.ts";
import { readRecording } from "../../node/replay/recording.ts";
import { Replay, servedChain } from "../../node/replay/replay.ts";
import type { Replayed, ServedChain } from "../../node/replay/replay.ts";
import { CometSource } from "../../node/source_comet.ts";
import type { Call, CommandCode } from "../command.ts";
import { nodeUrl } from "../connection.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { table, toJsonText } from "../output.ts";
import { callRpc } from "../rpc.ts";
import { VERSION } from "./version.ts";

interface Chunk {
  readonly total: string;
  readonly data: string;
}

/** The genesis of a node, in as many pieces as it is served in. */
async function fetchGenesis(url: string): Promise<Json> {
  const parts: Uint8Array[] = [];
  for (let total = 1; parts.length < total;) {
    const chunk = await callRpc<Chunk>(url, "genesis_chunked", { chunk: String(parts.length) });
    total = Number(chunk.total);
    parts.push(fromBase64(chunk.data) ?? new Uint8Array(0));
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8")) as Json;
}

/** The blocks that a node serves, up to `--to` or its last one. */
async function chainOf(call: Call): Promise<ServedChain> {
  const url = nodeUrl(call);
  const source = new CometSource(url);
  const genesis = genesisInput(parseGenesis(await fetchGenesis(url)));
  const status = await source.status();
  if (status.earliest > genesis.initialHeight)
    throw new CliFailure(
      `the node at ${url} keeps blocks from ${status.earliest} on; a replay begins at ` +
        `${genesis.initialHeight}: ask a node that keeps all`,
    );
  const wanted = parseInteger(call.args.value("to") ?? "0");
  if (wanted === undefined || wanted < 0n) throw new UsageFailure("--to is a height");
  const height = wanted === 0n || wanted > status.height ? status.height : wanted;
  return servedChain(source, genesis, height);
}

/** Between two lines about how far it is, milliseconds. */
const PROGRESS_MS = 5000;

function tell(call: Call, { findings, height, transactions, appHash }: Replayed): void {
  const hash = upperHex(appHash);
  if (call.out.json) {
    const compared = findings
      .rows()
      .map(([what, checked, different]) => ({ what, checked, different }));
    const { differences } = findings;
    return call.out.line(
      toJsonText({ height, transactions, app_hash: hash, compared, differences }),
    );
  }
  const rows = findings.rows().map((row) => row.map(String));
  call.out.line(table(["COMPARED", "TIMES", "DIFFERENT"], rows));
  for (const { height: at, what, expected, got } of findings.differences)
    call.out.line(`height ${at}, ${what}: expected ${expected}, got ${got}`);
  call.out.line(`Height ${height}, ${transactions} transactions, app hash ${hash}.`);
}

/** replay [FILE] [--node URL] [--to HEIGHT]. Fails when anything differs. */
export const replay: CommandCode = {
  async run(call) {
    const [file] = call.args.words;
    const isServed = file === undefined || call.args.value("node") !== undefined;
    const chain = isServed ? await chainOf(call) : undefined;
    let told = performance.now();
    const machine = new Replay(
      fastPlatform((sentence) => call.out.note(sentence)),
      leaseholdParts(
        fastPlatform(() => undefined),
        VERSION,
      ),
      (height, transactions) => {
        if (performance.now() - told < PROGRESS_MS) return;
        told = performance.now();
        call.out.note(`height ${height}, ${transactions} transactions`);
      },
    );
    const replayed = await (file === undefined
      ? machine.chain(chain as ServedChain)
      : machine.recording(readRecording(file), chain));
    tell(call, replayed);
    const different = replayed.findings.rows().reduce((sum, [, , count]) => sum + count, 0);
    if (replayed.height === 0n) throw new CliFailure("there is no block that could be run");
    if (different > 0) throw new CliFailure(`${different} comparisons differ`);
  },
};
