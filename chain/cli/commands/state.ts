// export | verify-state: the state of a home whose node is stopped.

import { formatGenesis } from "../../../genesis/index.ts";
import { readGenesis } from "../../node/home.ts";
import { loadStopped, withStopped } from "../../node/upkeep/stopped.ts";
import { verifyHome } from "../../node/upkeep/verify.ts";
import type { CommandCode } from "../command.ts";
import { CliFailure } from "../failure.ts";
import { toJsonText } from "../output.ts";
import { upkeepOptions } from "../stopped.ts";

/** export: a genesis that goes on where this state ends. */
export const exportState: CommandCode = {
  async run(call) {
    await withStopped(upkeepOptions(call), async (home) => {
      const { platform, parts } = home;
      const app = await loadStopped(home);
      const { document: genesis } = readGenesis(call.home);
      const ctx = app.context();
      const document = {
        ...genesis,
        genesisTime: ctx.time,
        initialHeight: app.store.height + 1n,
        // Those of the file held at the first block.
        consensusParams: parts.consensus.params(ctx),
        appState: app.exportGenesis(),
      };
      call.out.line(JSON.stringify(formatGenesis(platform, document), undefined, 2));
    });
  },
};

/** verify-state: every hash, every row, every invariant. */
export const verifyState: CommandCode = {
  async run(call) {
    const { height, appHash, faults } = await verifyHome(upkeepOptions(call));
    const hash = Buffer.from(appHash).toString("hex").toUpperCase();
    if (call.out.json) call.out.line(toJsonText({ height, app_hash: hash, faults }));
    else for (const fault of faults) call.out.line(fault);
    if (faults.length > 0)
      throw new CliFailure(`the state at height ${height} has ${faults.length} faults`);
    if (!call.out.json)
      call.out.line(
        `The state at height ${height} is whole: app hash ${hash}, all invariants hold.`,
      );
  },
};
