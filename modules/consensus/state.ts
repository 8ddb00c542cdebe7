import { utf8 } from "../../chain/base/bytes.ts";
import { ConsensusParams } from "../../chain/codec/gen/tendermint/types.ts";
import { remembered } from "../../chain/runtime/index.ts";
import { protoValue, Schema } from "../../chain/store/index.ts";

/** Name of the module and of its store. */
export const CONSENSUS = "consensus";

/** Store `consensus`, with the SDK's key. */
export const schema = new Schema(CONSENSUS);

/** Consensus parameters as CometBFT has them. */
export const consensusParams = schema.item({
  prefix: utf8("Consensus"),
  name: "params",
  value: remembered(protoValue(ConsensusParams), 1),
});
