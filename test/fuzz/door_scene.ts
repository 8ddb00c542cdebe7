// A running node for those who fuzz its doors, and what it logs as a failure of its own.

import { toBase64 } from "../../chain/base/bytes.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { SILENT } from "../../chain/node/log.ts";
import type { Logger } from "../../chain/node/log.ts";
import { callRpc, startTestNode } from "../support/node.ts";
import type { TestNode } from "../support/node.ts";
import { makeSigner, msg, signTx } from "../support/signing.ts";
import { must } from "./fuzzer.ts";

/** A node with a transaction on it, and what it logged as its own failure. */
export interface Scene {
  readonly node: TestNode;
  readonly rpcPort: number;
  readonly restPort: number;
  readonly address: string;
  /** Upper-case hex of a transaction's hash. */
  readonly hash: string;
  readonly blockHash: string;
  /** Base64 of a transaction that is refused: its sequence was used. */
  readonly tx: string;
  /** Throws when the node logged a failure since it was asked last. */
  quiet(): void;
  close(): Promise<void>;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Starts a node with blocks and a transaction. */
export async function startScene(): Promise<Scene> {
  const failures: string[] = [];
  const log: Logger = {
    ...SILENT,
    error: (text, fields) => failures.push(`${text} ${JSON.stringify(fields ?? {})}`),
    named: () => log,
  };
  const [from, to] = [makeSigner("fuzz", "lease"), makeSigner("other", "lease")];
  const coins = [{ denom: "ulease", amount: 1_000_000_000n }];
  const node = await startTestNode(
    {
      accounts: [{ address: from.address, coins }],
      config: { timeout_commit: '"500ms"', timeout_broadcast_tx_commit: '"100ms"' },
      app: { dev: "false" },
    },
    log,
  );
  const amount = [{ denom: "ulease", amount: "5" }];
  const send = msg(MsgSend, { fromAddress: from.address, toAddress: to.address, amount });
  const bytes = signTx("test-1", [{ signer: from, accountNumber: 0n, sequence: 0n }], [send]);
  const tx = toBase64(bytes);
  const { hash } = await callRpc<{ hash: string }>(node.rpcUrl, "broadcast_tx_sync", { tx });
  while (node.engine.state.height < 4n) await new Promise((resume) => setTimeout(resume, 100));
  const block = await callRpc<{ block_id: { hash: string } }>(node.rpcUrl, "block", {
    height: "2",
  });
  return {
    node,
    rpcPort: portOf(node.rpcUrl),
    restPort: portOf(node.restUrl ?? node.rpcUrl),
    address: from.address,
    hash,
    blockHash: block.block_id.hash,
    tx,
    quiet: () => {
      const found = failures.splice(0);
      must(found.length === 0, () => `the node logged: ${found[0]}`);
    },
    close: async () => {
      const { height } = node.engine.state;
      while (node.engine.state.height < height + 2n)
        await new Promise((resume) => setTimeout(resume, 100));
      await node.remove();
    },
  };
}

/** What may stand in a request line: anything but spaces, controls and what is not ASCII. */
export function targetOf(text: string): string {
  return text.replace(/[^\u0021-\u007e]/gu, (one) => encodeURIComponent(one.toWellFormed()));
}
