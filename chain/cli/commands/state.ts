// export | verify-state: the state of a home whose node is stopped.

import { leaseholdParts, storeNames } from "../../app/index.ts";
import { Application } from "../../runtime/index.ts";
import { describeDamage, FlatVerifier, RECORD, verifyTrees } from "../../store/index.ts";
import type { TreeMultiStore } from "../../store/index.ts";
import { formatGenesis } from "../../../genesis/index.ts";
import { dataPaths } from "../../node/claim.ts";
import { loadConfig } from "../../node/config/config.ts";
import { Database } from "../../node/db.ts";
import { readGenesis } from "../../node/home.ts";
import { loadStore } from "../../node/loading.ts";
import { fastPlatform } from "../../node/platform.ts";
import type { Call, CommandCode } from "../command.ts";
import { CliFailure } from "../failure.ts";
import { toJsonText } from "../output.ts";
import { VERSION } from "./version.ts";

interface OpenState {
  readonly app: Application;
  readonly store: TreeMultiStore;
  readonly database: Database;
}

async function withState(call: Call, use: (state: OpenState) => Promise<void>): Promise<void> {
  const platform = fastPlatform((sentence) => call.out.note(sentence));
  const settings = { app: loadConfig(call.home, "app.toml").values };
  const database = await Database.open(dataPaths(call.home).application);
  try {
    const parts = leaseholdParts(platform, VERSION);
    const store = await loadStore(platform, storeNames(parts), database, settings, (sentence) =>
      call.out.note(sentence),
    );
    if (store.height === 0n) throw new CliFailure(`${call.home} has no blocks yet`);
    await use({ app: new Application(parts, { store, platform }), store, database });
  } finally {
    await database.close();
  }
}

/** export: a genesis that goes on where this state ends. */
export const exportState: CommandCode = {
  async run(call) {
    await withState(call, async ({ app, store }) => {
      const platform = fastPlatform(() => undefined);
      const { document: genesis } = readGenesis(call.home);
      const { time } = app.context();
      const document = {
        ...genesis,
        genesisTime: time,
        initialHeight: store.height + 1n,
        appState: app.exportGenesis(),
      };
      call.out.line(JSON.stringify(formatGenesis(platform, document), undefined, 2));
    });
  },
};

/** verify-state: every hash, every row, every invariant. */
export const verifyState: CommandCode = {
  async run(call) {
    await withState(call, async ({ app, store, database }) => {
      const rows = new FlatVerifier(store);
      const range = { gte: Uint8Array.of(RECORD.flat), lt: Uint8Array.of(RECORD.flat + 1) };
      await database.scan(range, (key, value) => rows.push(key, value));
      const faults = [
        ...[...verifyTrees(store), ...rows.finish()].map(describeDamage),
        ...app.brokenInvariants(),
      ];
      const hash = Buffer.from(store.appHash).toString("hex").toUpperCase();
      if (call.out.json)
        call.out.line(toJsonText({ height: store.height, app_hash: hash, faults }));
      else for (const fault of faults) call.out.line(fault);
      if (faults.length > 0)
        throw new CliFailure(`the state at height ${store.height} has ${faults.length} faults`);
      if (!call.out.json)
        call.out.line(
          `The state at height ${store.height} is whole: app hash ${hash}, all invariants hold.`,
        );
    });
  },
};
