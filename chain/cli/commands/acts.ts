// Short transactions by noun: what a tenant does to deployments and groups, and a provider to itself
// and its offers. Everything else is `tx MODULE MESSAGE`.

import { parse as parseYaml } from "yaml";
import type { Json, MessageType } from "../../codec/types.ts";
import {
  MsgCloseGroup,
  MsgPauseDeployment,
  MsgPauseGroup,
  MsgResumeDeployment,
  MsgStartGroup,
} from "../../codec/gen/leasehold/deployment/v1.ts";
import {
  MsgCancelOffer,
  MsgPauseOffer,
  MsgPostOffer,
  MsgRejectBid,
  MsgResumeOffer,
} from "../../codec/gen/leasehold/market/v1.ts";
import {
  MsgPauseProvider,
  MsgRegisterProvider,
  MsgSetDevices,
  MsgUnpauseProvider,
} from "../../codec/gen/leasehold/provider/v1.ts";
import type { Call, CommandCode } from "../command.ts";
import { nodeUrl } from "../connection.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { parseDseq, parseOrderNumbers } from "../listing.ts";
import { registry } from "../queries.ts";
import { callRpc } from "../rpc.ts";
import { readFile } from "../sdl_files.ts";
import { fromKey, message, resolveAddress, runTx, signerAddress } from "../transactions.ts";
import type { Message } from "../transactions.ts";

/** A command that signs one message made from the call and the signer's address. */
function act(make: (call: Call, signer: string) => Message): CommandCode {
  return {
    async run(call) {
      await runTx(call, [make(call, signerAddress(call))]);
    },
  };
}

const dseqOf = (call: Call): bigint => parseDseq(call.args.word(0, "the deployment number"));

/** deployment pause DSEQ. */
export const pauseDeployment = act((call, owner) =>
  message(MsgPauseDeployment, { owner, dseq: dseqOf(call) }),
);
/** deployment resume DSEQ. */
export const resumeDeployment = act((call, owner) =>
  message(MsgResumeDeployment, { owner, dseq: dseqOf(call) }),
);

function groupOf(call: Call): { dseq: bigint; gseq: number } {
  const { dseq, gseq } = parseOrderNumbers(call.args.word(0, "the group (DSEQ/GSEQ)"));
  return { dseq, gseq };
}

/** group start DSEQ/GSEQ: auctions a paused group again. */
export const startGroup = act((call, owner) => message(MsgStartGroup, { owner, ...groupOf(call) }));
/** group pause DSEQ/GSEQ. */
export const pauseGroup = act((call, owner) => message(MsgPauseGroup, { owner, ...groupOf(call) }));
/** group close DSEQ/GSEQ. */
export const closeGroup = act((call, owner) => message(MsgCloseGroup, { owner, ...groupOf(call) }));

/** bid reject DSEQ/GSEQ/OSEQ PROVIDER. */
export const rejectBid = act((call, owner) =>
  message(MsgRejectBid, {
    owner,
    order: { owner, ...parseOrderNumbers(call.args.word(0, "the order")) },
    provider: resolveAddress(call, call.args.word(1, "the provider")),
  }),
);

function offerId(call: Call): bigint {
  const word = call.args.word(0, "the id of the offer");
  if (/^[1-9][0-9]{0,18}$/.test(word)) return BigInt(word);
  throw new UsageFailure(`${JSON.stringify(word)} is not the id of an offer`);
}

/** offer pause ID. */
export const pauseOffer = act((call, operator) =>
  message(MsgPauseOffer, { operator, id: offerId(call) }),
);
/** offer resume ID. */
export const resumeOffer = act((call, operator) =>
  message(MsgResumeOffer, { operator, id: offerId(call) }),
);
/** offer cancel ID. */
export const cancelOffer = act((call, operator) =>
  message(MsgCancelOffer, { operator, id: offerId(call) }),
);

/** A message from a YAML or JSON file with the field names of the wire; `given` fields are added. */
function fromFile<T>(call: Call, type: MessageType<T>, given: Record<string, Json>): Message {
  const path = call.args.word(0, "the file");
  let json: unknown;
  try {
    json = parseYaml(Buffer.from(readFile(path)).toString("utf8"), { maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(`${path} is not YAML or JSON: ${firstLine(error)}`);
  }
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw new CliFailure(`${path} must hold the fields of ${type.name}`);
  try {
    const value = type.fromJson({ ...given, ...(json as Record<string, Json>) }, registry);
    return { type: type as MessageType<unknown>, value };
  } catch (error) {
    throw new CliFailure(`${path}: ${firstLine(error)}`);
  }
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0] as string;
}

/** How long an offer stands whose file names no end: 300 days. */
const OFFER_MS = 300 * 86_400_000;

/** offer post FILE: --from is signer and provider, and it stands 300 days, unless the file says otherwise. */
export const postOffer: CommandCode = {
  async run(call) {
    const { address } = fromKey(call);
    const status = await callRpc<{ sync_info: { latest_block_time: string } }>(
      nodeUrl(call),
      "status",
    );
    const end = Date.parse(status.sync_info.latest_block_time) + OFFER_MS;
    const given = {
      operator: address,
      provider: address,
      expires_at: String(Math.floor(end / 1000)),
    };
    await runTx(call, [fromFile(call, MsgPostOffer, given)]);
  },
};

/** provider register FILE. */
export const register = act((call, owner) => fromFile(call, MsgRegisterProvider, { owner }));
/** provider devices FILE. */
export const setDevices = act((call, signer) =>
  fromFile(call, MsgSetDevices, { signer, provider: signer }),
);
/** provider pause. */
export const pauseProvider = act((_call, signer) =>
  message(MsgPauseProvider, { signer, provider: signer }),
);
/** provider unpause. */
export const unpauseProvider = act((_call, owner) => message(MsgUnpauseProvider, { owner }));
