// Execution of one transaction: ante chain, messages, block gas. Two branches, as in the SDK: what
// the ante chain wrote stays when the messages fail.

import { EMPTY_BYTES } from "../base/bytes.ts";
import { ChainError, sdkErrors, undefinedErrors } from "../base/errors.ts";
import { TxMsgData } from "../codec/gen/cosmos/base/abci/v1beta1.ts";
import type { Event as AbciEvent, EventAttribute } from "../codec/gen/tendermint/abci.ts";
import type { ConsensusParams } from "../codec/gen/tendermint/types.ts";
import type { Any } from "../codec/index.ts";
import { toAbciEvents } from "./abci.ts";
import { runAnte } from "./ante.ts";
import type { AnteNeeds } from "./ante_types.ts";
import { Branches } from "./branches.ts";
import { BranchContext } from "./context.ts";
import type { ContextEnv } from "./context.ts";
import { attribute } from "./events.ts";
import { errorText, isResourceFailure } from "./failure.ts";
import { LimitedMeter, OpenMeter, OutOfGasError, UNLIMITED_GAS } from "./gas.ts";
import type { TxOutcome } from "./outcome.ts";
import { AnteTrace, TracedSet } from "./trace.ts";
import type { Transaction, TxMessage } from "./transaction.ts";
import type { Context, GasMeter, Mode } from "./types.ts";

/** What execution depends on besides the state. */
export interface ExecuteNeeds {
  readonly ante: AnteNeeds;
  /** Consensus parameters of the chain; reads the store. */
  readonly consensusParams: (ctx: Context) => ConsensusParams;
}

/** An undecodable transaction: no gas, no events, the bare text. */
export const UNDECODABLE: TxOutcome = {
  code: sdkErrors.txDecode.code,
  codespace: sdkErrors.txDecode.codespace,
  log: sdkErrors.txDecode.text,
  gasWanted: 0n,
  gasUsed: 0n,
  data: EMPTY_BYTES,
  responses: [],
  events: [],
};

/**
 * Where a simulation ends: about a tenth of a second of work, so that nobody holds up blocks with
 * transactions that he never pays for.
 */
const SIMULATED_GAS = 100_000_000n;

/** Gas of a block. Once at or over its limit no further transaction runs. */
export class BlockGas {
  readonly #limit: number;
  #used = 0;

  /** `maxGas` as in the consensus parameters: 0 or negative is no limit. */
  constructor(maxGas: bigint) {
    this.#limit = maxGas > 0n ? Number(maxGas) : Number.POSITIVE_INFINITY;
  }

  get isSpent(): boolean {
    return this.#used >= this.#limit;
  }

  /** Adds what a transaction used; false when that crosses the limit. */
  add(gas: number): boolean {
    this.#used += gas;
    return this.#used <= this.#limit;
  }
}

/** One run of one transaction; keeps what the result needs while the stages go on. */
export class Execution {
  readonly #env: ContextEnv;
  readonly #mode: Mode;
  readonly #state: Branches;
  readonly #needs: ExecuteNeeds;
  #meter: GasMeter = new OpenMeter();
  #gasWanted = 0n;
  #anteEvents: readonly AbciEvent[] = [];

  /** `state` receives what the transaction keeps. */
  constructor(env: ContextEnv, mode: Mode, state: Branches, needs: ExecuteNeeds) {
    this.#env = env;
    this.#mode = mode;
    this.#state = state;
    this.#needs = needs;
  }

  /** Runs the transaction. With `blockGas` (deliver) it counts against the block. */
  run(tx: Transaction, blockGas?: BlockGas): TxOutcome {
    if (blockGas?.isSpent === true)
      return this.#refused(sdkErrors.outOfGas.with("no block gas left to run tx"));
    const staged = this.#contained(() => this.#stages(tx));
    if (blockGas !== undefined && !blockGas.add(this.#gasToLimit())) {
      const error = new OutOfGasError("block gas meter", this.#meter.limit, this.#meter.used);
      return this.#refused(error);
    }
    if (staged instanceof ChainError) return this.#refused(staged);
    staged.branch?.write();
    return staged.outcome;
  }

  #stages(tx: Transaction): { readonly outcome: TxOutcome; readonly branch?: Branches } {
    const first = new BranchContext(this.#env, this.#mode, this.#state, this.#meter);
    const { block } = this.#needs.consensusParams(first);
    checkMessages(tx, this.#env);
    if (tx.fee === undefined) throw undefinedErrors.panic.with("recovered: fee is missing");
    this.#setMeter(tx.fee.gasLimit);
    checkGasLimit(tx.fee.gasLimit, block?.maxGas ?? 0n);
    this.#ante(tx);
    if (this.#mode !== "deliver" && this.#mode !== "simulate")
      return { outcome: this.#success([], []) };
    const branch = new Branches(this.#state);
    const { responses, events } = this.#messages(tx, branch);
    return { outcome: this.#success(responses, [...this.#anteEvents, ...events]), branch };
  }

  /** As the SDK tells it: no limit in simulation and before the first block. */
  #setMeter(gasLimit: bigint): void {
    const simulated = this.#mode === "simulate";
    const open = simulated || this.#env.height === 0n;
    const meter = simulated ? new LimitedMeter(SIMULATED_GAS) : new OpenMeter();
    this.#meter = open ? meter : new LimitedMeter(gasLimit);
    this.#gasWanted = open ? UNLIMITED_GAS : gasLimit;
  }

  /** The ante chain, or what a check made of it where that stands on the same state. */
  #ante(tx: Transaction): void {
    const isCheck = this.#mode === "check";
    const known = isCheck || this.#mode === "deliver" ? tx.trace : undefined;
    if (known?.repeatOn(this.#state, this.#needs.ante.fees) === true) {
      this.#meter.consume(known.outcome.used, "ante");
      this.#anteEvents = known.outcome.events;
    } else this.#runAnte(tx, isCheck);
    if (!isCheck) tx.trace = undefined;
  }

  #runAnte(tx: Transaction, isCheck: boolean): void {
    const traced =
      isCheck && this.#env.height > 0n && tx.isTraceable ? new TracedSet(this.#state) : undefined;
    const branch = new Branches(traced ?? this.#state);
    const ctx = new BranchContext(this.#env, this.#mode, branch, this.#meter);
    runAnte(ctx, tx, this.#needs.ante);
    const written = branch.written();
    this.#state.put(written);
    this.#anteEvents = toAbciEvents(ctx.events);
    const reads = traced?.reads();
    if (reads === undefined) return;
    const outcome = { written, events: this.#anteEvents, used: this.#meter.used };
    tx.trace = new AnteTrace(reads, outcome);
  }

  #messages(tx: Transaction, branch: Branches): { responses: Any[]; events: AbciEvent[] } {
    const responses: Any[] = [];
    const events: AbciEvent[] = [];
    for (const [index, message] of tx.messages.entries()) {
      const ctx = new BranchContext(this.#env, this.#mode, branch, this.#meter);
      responses.push(runMessage(ctx, message, index));
      for (const event of messageEvents(ctx, message, index)) events.push(event);
    }
    return { responses, events };
  }

  #success(responses: readonly Any[], events: readonly AbciEvent[]): TxOutcome {
    const data =
      responses.length === 0
        ? EMPTY_BYTES
        : TxMsgData.encode({ data: [], msgResponses: responses });
    return { code: 0, codespace: "", log: "", ...this.#gas(), data, responses, events };
  }

  #refused(error: ChainError): TxOutcome {
    return {
      code: error.code,
      codespace: error.codespace,
      log: error.message,
      ...this.#gas(),
      data: EMPTY_BYTES,
      responses: [],
      events: this.#anteEvents,
    };
  }

  #gas(): { readonly gasWanted: bigint; readonly gasUsed: bigint } {
    return { gasWanted: this.#gasWanted, gasUsed: BigInt(this.#meter.used) };
  }

  #gasToLimit(): number {
    return Math.min(this.#meter.used, this.#meter.limit);
  }

  /** Refusals and bugs become errors of this transaction; resource failures stop the node. */
  #contained<T>(body: () => T): T | ChainError {
    try {
      return body();
    } catch (error) {
      if (error instanceof ChainError) return error;
      if (isResourceFailure(error)) throw error;
      this.#env.reportBug(error, `transaction at height ${this.#env.height}`);
      return undefinedErrors.panic.with(`recovered: ${errorText(error)}`);
    }
  }
}

function checkMessages(tx: Transaction, env: ContextEnv): void {
  if (tx.messages.length === 0)
    throw sdkErrors.invalidRequest.with("must contain at least one message");
  for (const { route, value } of tx.messages) route.handler.validateBasic?.(value as never, env);
}

function checkGasLimit(gasLimit: bigint, maxGas: bigint): void {
  if (maxGas <= 0n || gasLimit <= maxGas) return;
  const text = `tx gas limit ${gasLimit} exceeds block max gas ${maxGas}`;
  throw sdkErrors.invalidGasLimit.with(text);
}

/** Runs a handler. A refusal is told with the index of its message; out of gas as it is. */
function runMessage(ctx: BranchContext, message: TxMessage, index: number): Any {
  const { handler } = message.route;
  try {
    const response = handler.handle(ctx, message.value as never);
    return { typeUrl: handler.response.typeUrl, value: handler.response.encode(response) };
  } catch (error) {
    if (!(error instanceof ChainError) || error instanceof OutOfGasError) throw error;
    const text = `failed to execute message; message index: ${index}: ${error.message}`;
    throw new ChainError(error.codespace, error.code, text);
  }
}

/** The message event, then the module's, each with its msg_index. */
function messageEvents(ctx: BranchContext, message: TxMessage, index: number): AbciEvent[] {
  const { route } = message;
  const mark = attribute("msg_index", index.toString());
  const attributes: EventAttribute[] = [attribute("action", route.handler.type.typeUrl)];
  const [signer] = message.signers();
  if (signer !== undefined)
    attributes.push(attribute("sender", ctx.addresses.format(ctx.addresses.parse(signer))));
  const told = ctx.events.some((event) => event.attributes.some(({ key }) => key === "module"));
  if (!told) attributes.push(attribute("module", route.moduleName));
  attributes.push(mark);
  return [{ type: "message", attributes }, ...toAbciEvents(ctx.events, mark)];
}
