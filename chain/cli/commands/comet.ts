// comet show-node-id | show-validator | show-address | unsafe-reset-all: the keys of a node, and its data.

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toBase64, toHex } from "../../base/bytes.ts";
import { dataPaths, readKeys } from "../../node/claim.ts";
import { loadConfig } from "../../node/config/config.ts";
import { Database } from "../../node/db.ts";
import { PUBLIC_TYPE } from "../../node/embedded/keys.ts";
import { readSignState, signStatePath, writeEmptySignState } from "../../node/embedded/signer.ts";
import { isThere } from "../../node/files.ts";
import { fastPlatform } from "../../node/platform.ts";
import type { Call, CommandCode } from "../command.ts";
import { CliFailure } from "../failure.ts";

function keysOf(call: Call): ReturnType<typeof readKeys> {
  return readKeys(
    fastPlatform((sentence) => call.out.note(sentence)),
    call.home,
  );
}

/** show-node-id: what other nodes know this one by. */
export const showNodeId: CommandCode = {
  async run(call) {
    call.out.line(keysOf(call).nodeId);
  },
};

/** show-validator: the consensus key, as genesis transactions and messages take it. */
export const showValidator: CommandCode = {
  async run(call) {
    const { publicKey } = keysOf(call).validator;
    call.out.line(
      JSON.stringify({ "@type": "/cosmos.crypto.ed25519.PubKey", key: toBase64(publicKey) }),
    );
  },
};

/** show-address: the consensus address, in the hex that headers and commits have. */
export const showAddress: CommandCode = {
  async run(call) {
    const { address, publicKey } = keysOf(call).validator;
    const hex = toHex(address).toUpperCase();
    if (!call.out.json) return call.out.line(hex);
    const key = { type: PUBLIC_TYPE, value: toBase64(publicKey) };
    call.out.line(JSON.stringify({ address: hex, pub_key: key }));
  },
};

/** A node that runs must not lose its files under way: its databases tell. */
async function requireStopped(home: string): Promise<void> {
  const { application } = dataPaths(home);
  if (isThere(application)) await (await Database.open(application)).close();
}

/**
 * unsafe-reset-all [--forget-signatures]: removes all data of a node. What the validator's key signed
 * last is forgotten only on a local chain (`dev`), or when the call insists: a key that forgets may sign
 * a height twice.
 */
export const unsafeResetAll: CommandCode = {
  async run(call) {
    const data = join(call.home, "data");
    if (!isThere(data)) throw new CliFailure(`${call.home} has no data folder`);
    await requireStopped(call.home);
    const { height } = readSignState(call.home);
    const local = loadConfig(call.home, "app.toml").values.flag("dev");
    const forget = height === 0n || local || call.args.has("forget-signatures");
    for (const name of readdirSync(data))
      if (forget || join(data, name) !== signStatePath(call.home))
        rmSync(join(data, name), { recursive: true, force: true });
    if (forget) writeEmptySignState(call.home);
    call.out.line(`Removed all data of ${call.home}.`);
    if (!forget)
      call.out.line(
        `The validator's key still knows that it signed up to height ${height}, and will sign nothing ` +
          "below; use --forget-signatures only when that chain is gone for good.",
      );
  },
};
