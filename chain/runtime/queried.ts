import type { Registry } from "../codec/index.ts";
import type { StateView } from "../store/types.ts";
import type { BranchContext } from "./context.ts";
import type { TxOutcome } from "./outcome.ts";
import type { AppParts, AppSettings } from "./parts.ts";
import type { QueryRouter } from "./router.ts";

/** What queries see of the application. */
export interface Queried {
  readonly parts: AppParts;
  readonly settings: AppSettings;
  readonly store: AppSettings["store"];
  readonly queries: QueryRouter;
  readonly registry: Registry;
  /** A context on a kept height, the latest by default. */
  context(view?: StateView): BranchContext;
  simulate(bytes: Uint8Array): TxOutcome;
}
