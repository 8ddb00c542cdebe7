import type { Event as AbciEvent } from "../codec/gen/tendermint/abci.ts";
import type { Any } from "../codec/index.ts";

/** What came of a transaction. Code 0 is success. */
export interface TxOutcome {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  /** TxMsgData of a success, encoded; empty otherwise. */
  readonly data: Uint8Array;
  /** Responses of the messages of a success. */
  readonly responses: readonly Any[];
  readonly events: readonly AbciEvent[];
}
