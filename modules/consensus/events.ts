import type { ConsensusParams } from "../../chain/codec/gen/tendermint/types.ts";
import type { Context } from "../../chain/runtime/index.ts";

/** `update_consensus_params` of the SDK; its value is Go's text form of the message. */
export function emitUpdated(ctx: Context, authority: string, params: ConsensusParams): void {
  ctx.emit({
    type: "update_consensus_params",
    attributes: [
      { key: "authority", value: authority },
      { key: "parameters", value: goText(params) },
    ],
  });
}

/** Text form of gogoproto: `name:value ` of fields that are set, `name:<...> ` of messages. */
function goText({ block, evidence, validator, version, abci }: ConsensusParams): string {
  const parts: string[] = [];
  const message = (name: string, fields: readonly string[]): void => {
    parts.push(`${name}:<${fields.filter((field) => field !== "").join("")}> `);
  };
  if (block !== undefined)
    message("block", [number("max_bytes", block.maxBytes), number("max_gas", block.maxGas)]);
  if (evidence !== undefined) {
    const { seconds, nanos } = evidence.maxAgeDuration;
    const span = number("seconds", seconds) + number("nanos", BigInt(nanos));
    message("evidence", [
      number("max_age_num_blocks", evidence.maxAgeNumBlocks),
      `max_age_duration:<${span}> `,
      number("max_bytes", evidence.maxBytes),
    ]);
  }
  if (validator !== undefined)
    message(
      "validator",
      validator.pubKeyTypes.map((type) => `pub_key_types:${JSON.stringify(type)} `),
    );
  if (version !== undefined) message("version", [number("app", version.app)]);
  if (abci !== undefined)
    message("abci", [number("vote_extensions_enable_height", abci.voteExtensionsEnableHeight)]);
  return parts.join("");
}

function number(name: string, value: bigint): string {
  return value === 0n ? "" : `${name}:${value} `;
}
