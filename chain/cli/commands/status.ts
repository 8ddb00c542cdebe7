// status: what a node says of itself.

import type { CommandCode } from "../command.ts";
import { nodeUrl } from "../connection.ts";
import { table, toJsonText } from "../output.ts";
import { callRpc } from "../rpc.ts";

interface Status {
  readonly node_info: {
    readonly network: string;
    readonly moniker: string;
    readonly version: string;
    readonly id: string;
  };
  readonly sync_info: {
    readonly latest_block_height: string;
    readonly latest_block_time: string;
    readonly latest_app_hash: string;
    readonly catching_up: boolean;
  };
  readonly validator_info: { readonly address: string; readonly voting_power: string };
}

/** status: chain id, height, time, app hash, validator. */
export const status: CommandCode = {
  async run(call) {
    const found = await callRpc<Status>(nodeUrl(call), "status");
    if (call.out.json) return call.out.line(toJsonText(found));
    const rows = [
      ["chain", found.node_info.network],
      ["moniker", found.node_info.moniker],
      ["height", found.sync_info.latest_block_height],
      ["time", found.sync_info.latest_block_time],
      ["app hash", found.sync_info.latest_app_hash],
      ["catching up", found.sync_info.catching_up ? "yes" : "no"],
      ["validator", `${found.validator_info.address} (power ${found.validator_info.voting_power})`],
      ["cometbft", found.node_info.version],
    ];
    call.out.line(table(["STATUS", ""], rows));
  },
};
