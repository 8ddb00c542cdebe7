import {
  Clocks,
  Identity,
  Params,
  QuarantinedItem,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
import {
  bytesKey,
  protoValue,
  Schema,
  stringKey,
  stringValue,
  tuple,
  u64Key,
  u8Key,
} from "../../chain/store/index.ts";

/** Name of the module and of its store. */
export const CHAIN = "chain";

/** Store `chain`. */
export const schema = new Schema(CHAIN);

/** Parameters. */
export const params = schema.item({ prefix: 1, name: "params", value: protoValue(Params) });

/** Address prefix and base denom: written at genesis, never again. */
export const identity = schema.item({ prefix: 2, name: "identity", value: protoValue(Identity) });

/** Chain id: written at genesis, never again. */
export const chainId = schema.item({ prefix: 3, name: "chain_id", value: stringValue });

/** Clocks T and U, written by every block. */
export const clocks = schema.item({ prefix: 4, name: "clocks", value: protoValue(Clocks) });

/** Items that were set aside, by (store/queue, second, kind, id). */
export const quarantine = schema.map({
  prefix: 5,
  name: "quarantine",
  key: tuple(stringKey, u64Key, u8Key, bytesKey),
  value: protoValue(QuarantinedItem),
});
