export type {
  Clocks,
  EventQuarantined,
  EventRetried,
  GenesisState,
  Identity,
  Params,
  QuarantinedItem,
} from "../../chain/codec/gen/leasehold/chain/v1.ts";
export { MsgRetryQuarantined, MsgUpdateParams } from "../../chain/codec/gen/leasehold/chain/v1.ts";
