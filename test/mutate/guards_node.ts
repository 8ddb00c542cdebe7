// Guards of floor 5: what one node promises to others, to its disk and to itself.

import type { Guard } from "./guard.ts";

const ENGINE: readonly Guard[] = [
  {
    name: "handshake-lost-log",
    file: "chain/node/embedded/handshake.ts",
    source: "  if (app > store) {\n",
    replacement: "  if (app > store + 1n) {\n",
    protects: "a node whose block log was lost says so",
    tests: ["unit/node_handshake"],
  },
  {
    name: "handshake-adopt",
    file: "chain/node/embedded/handshake.ts",
    source: 'kind: app === store ? "adopt" : "apply"',
    replacement: 'kind: app === store ? "apply" : "apply"',
    protects: "a block that the application has is not run again",
    tests: ["unit/node_handshake", "unit/node_engine"],
  },
  {
    name: "sign-twice",
    file: "chain/node/embedded/signer.ts",
    source: "if (equalBytes(last.signBytes, signBytes)) return last.signature;",
    replacement: "if (signBytes.length > 0) return this.key.sign(signBytes);",
    protects: "no height and round is signed twice with other bytes",
    tests: ["unit/node_signer"],
  },
  {
    name: "sign-back",
    file: "chain/node/embedded/signer.ts",
    source: "if (height < last.height || (height === last.height && round < last.round)) {",
    replacement: "if (height === last.height && round < last.round) {",
    protects: "nothing behind what was signed is signed",
    tests: ["unit/node_signer"],
  },
  {
    name: "mempool-size",
    file: "chain/node/embedded/mempool.ts",
    source: "if (this.#waiting.size < size && this.#bytes + tx.length <= maxTxsBytes) return;",
    replacement: "if (this.#bytes + tx.length <= maxTxsBytes) return;",
    protects: "a bounded number of transactions waits",
    tests: ["unit/node_mempool"],
  },
  {
    name: "mempool-bytes",
    file: "chain/node/embedded/mempool.ts",
    source: "this.#bytes -= entry.tx.length;",
    replacement: "this.#bytes -= 0 * entry.tx.length;",
    protects: "bytes that wait are counted",
    tests: ["unit/node_mempool"],
  },
  {
    name: "mempool-repeat",
    file: "chain/node/embedded/mempool.ts",
    source: "    if (this.#cache.has(key)) {\n",
    replacement: "    if (this.#cache.has(`${key} `)) {\n",
    protects: "a transaction is checked once",
    tests: ["unit/node_mempool"],
  },
  {
    name: "mempool-gas",
    file: "chain/node/embedded/mempool.ts",
    source: "if (maxGas >= 0n && gas > maxGas) break;",
    replacement: "if (maxGas >= 0n && gas > 2n * maxGas) break;",
    protects: "a block takes what fits into its gas",
    tests: ["unit/node_mempool"],
  },
];

const DOORS: readonly Guard[] = [
  {
    name: "rpc-body",
    file: "chain/node/rpc/server.ts",
    source: "      if (size > limit) {\n",
    replacement: "      if (size > 100 * limit) {\n",
    protects: "a body is bounded",
    tests: ["node/rpc_hostile"],
  },
  {
    name: "rpc-batch",
    file: "chain/node/rpc/dispatch.ts",
    source: "if (this.#maxBatch > 0 && json.length > this.#maxBatch) {",
    replacement: "if (this.#maxBatch > 0 && json.length > 1000 * this.#maxBatch) {",
    protects: "a batch is bounded",
    tests: ["node/rpc_hostile"],
  },
  {
    name: "rpc-subscriptions",
    file: "chain/node/rpc/subscriptions.ts",
    source: "    if (count >= maxPerClient)\n",
    replacement: "    if (count >= 1000 * maxPerClient)\n",
    protects: "a client has a bounded number of subscriptions",
    tests: ["node/rpc_hostile"],
  },
];

/** Guards of floor 5. */
export const NODE_GUARDS: readonly Guard[] = [...ENGINE, ...DOORS];
