// query block | tx | txs | wait-tx: what the node's block store and transaction index hold.

import type { Call, CommandCode } from "../command.ts";
import { parseDuration } from "../args.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { nodeUrl } from "../connection.ts";
import { table, toJsonText } from "../output.ts";
import { callRpc } from "../rpc.ts";

interface TxFound {
  readonly hash: string;
  readonly height: string;
  readonly tx_result: {
    readonly code: number;
    readonly codespace: string;
    readonly log: string;
    readonly gas_wanted: string;
    readonly gas_used: string;
    readonly events: readonly {
      readonly type: string;
      readonly attributes: readonly { readonly key: string; readonly value: string }[];
    }[];
  };
}

interface BlockFound {
  readonly block_id: { readonly hash: string };
  readonly block: {
    readonly header: {
      readonly height: string;
      readonly time: string;
      readonly app_hash: string;
      readonly proposer_address: string;
    };
    readonly data: { readonly txs: readonly string[] };
  };
}

/** query block [HEIGHT]. */
export const block: CommandCode = {
  async run(call) {
    const height = call.args.words[0] ?? call.args.value("height");
    const found = await callRpc<BlockFound>(
      nodeUrl(call),
      "block",
      height === undefined ? {} : { height },
    );
    if (call.out.json) return call.out.line(toJsonText(found));
    const { header, data } = found.block;
    const rows = [
      ["height", header.height],
      ["hash", found.block_id.hash],
      ["time", header.time],
      ["app hash", header.app_hash],
      ["proposer", header.proposer_address],
      ["transactions", String(data.txs.length)],
    ];
    call.out.line(table(["BLOCK", ""], rows));
  },
};

function hashOf(text: string): string {
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(text)) {
    throw new UsageFailure(`${JSON.stringify(text)} is not a transaction hash (64 hex digits)`);
  }
  return Buffer.from(text.replace(/^0x/, ""), "hex").toString("base64");
}

function printTx(call: Call, found: TxFound): void {
  if (call.out.json) return call.out.line(toJsonText(found));
  const result = found.tx_result;
  const outcome =
    result.code === 0 ? "ok" : `failed (${result.codespace}/${result.code}): ${result.log}`;
  call.out.line(`${found.hash} at height ${found.height}: ${outcome}`);
  call.out.line(`gas used ${result.gas_used} of ${result.gas_wanted}`);
  for (const event of result.events) {
    const attributes = event.attributes
      .map((attribute) => `${attribute.key}=${attribute.value}`)
      .join(" ");
    call.out.line(`  ${event.type} ${attributes}`);
  }
}

/** query tx HASH. */
export const tx: CommandCode = {
  async run(call) {
    const hash = hashOf(call.args.word(0, "the hash"));
    const found = await callRpc<TxFound>(nodeUrl(call), "tx", { hash, prove: false }).catch(
      (error: unknown) => {
        if (!(error instanceof CliFailure && error.message.includes("not found"))) throw error;
        throw new CliFailure("no block has a transaction of that hash", {
          remedy: "One that was just sent: leasehold query wait-tx HASH",
        });
      },
    );
    printTx(call, found);
  },
};

/** query txs QUERY: newest first. */
export const txs: CommandCode = {
  async run(call) {
    const query = call.args.word(0, "the query");
    const perPage = String(call.args.integer("limit") ?? 50n);
    const found = await callRpc<{ txs: readonly TxFound[]; total_count: string }>(
      nodeUrl(call),
      "tx_search",
      {
        query,
        prove: false,
        page: "1",
        per_page: perPage,
        order_by: "desc",
      },
    );
    if (call.out.json) return call.out.line(toJsonText(found));
    const rows = found.txs.map((one) => [
      one.height,
      one.hash,
      one.tx_result.code === 0 ? "ok" : `${one.tx_result.codespace}/${one.tx_result.code}`,
      one.tx_result.gas_used,
    ]);
    call.out.line(table(["HEIGHT", "HASH", "RESULT", "GAS"], rows));
    call.out.note(`${found.txs.length} of ${found.total_count}`);
  },
};

/** Between two questions while waiting, milliseconds. */
const POLL_MS = 300;

/** query wait-tx HASH: returns when the transaction is in a block. */
export const waitTx: CommandCode = {
  async run(call) {
    const word = call.args.word(0, "the hash");
    const hash = hashOf(word);
    const limit = Date.now() + Number(parseDuration(call.args.need("timeout"))) * 1000;
    while (Date.now() < limit) {
      const found = await callRpc<TxFound>(nodeUrl(call), "tx", { hash, prove: false }).catch(
        (error: unknown) => {
          if (error instanceof CliFailure && error.message.includes("not found")) return undefined;
          throw error;
        },
      );
      if (found !== undefined) return printTx(call, found);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new CliFailure(`${word} is in no block after ${call.args.need("timeout")}`);
  },
};
