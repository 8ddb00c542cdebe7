// The rows of the benchmark table: what is measured, against what, and the ratio or limit aimed at.

/** A target: at least `atLeast` times as fast as a peer, or at most `atMost` of the row's own unit. */
export type Target =
  | { readonly peer: string; readonly atLeast: number }
  | { readonly atMost: number };

/** One row. `name` is the figure that a benchmark program prints. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly targets: readonly Target[];
}

const against = (peer: string, atLeast: number): Target => ({ peer, atLeast });

function sends(accounts: string, unseen: readonly Target[], seen: readonly Target[]): Row[] {
  return [
    { name: `send_unseen_${accounts}`, title: `bank send, unseen, ${accounts}`, targets: unseen },
    { name: `send_seen_${accounts}`, title: `bank send, seen, ${accounts}`, targets: seen },
    { name: `check_tx_${accounts}`, title: `CheckTx of a bank send, ${accounts}`, targets: [] },
    { name: `node_unseen_${accounts}`, title: `  Go SDK node, unseen, ${accounts}`, targets: [] },
    { name: `node_seen_${accounts}`, title: `  Go SDK node, seen, ${accounts}`, targets: [] },
    { name: `floor_${accounts}`, title: `  Go floor, ${accounts}`, targets: [] },
  ];
}

/** All rows in the order of the table. A row that was not measured is left out. */
export const ROWS: readonly Row[] = [
  ...sends(
    "100k",
    [against("node_unseen_100k", 7), against("floor_100k", 2)],
    [against("node_seen_100k", 15), against("floor_100k", 4)],
  ),
  ...sends("1M", [], [against("node_seen_1M", 15), against("floor_1M", 9)]),
  { name: "path_copy_100k", title: "path copy, a key, 1000 a block, 100k keys", targets: [] },
  { name: "path_copy_1M", title: "path copy, a key, 1000 a block, 1M keys", targets: [] },
  {
    name: "restart_1M",
    title: "restart with 1M keys, 20 blocks replayed",
    targets: [{ atMost: 8 }],
  },
  { name: "decode", title: "decode a whole bank send", targets: [{ atMost: 5 }] },
  { name: "cli_start", title: "leasehold version, over node -e 0", targets: [] },
  { name: "node_start", title: "  node -e 0", targets: [] },
];
