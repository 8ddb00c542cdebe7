// The validator's hand: signs precommits and remembers on disk, before the signature leaves, what it
// signed last, so that no crash and no second process makes it sign two blocks of one height and round.
// File format and rules: CometBFT privval/file.go.

import { join } from "node:path";
import { EMPTY_BYTES, equalBytes, fromBase64, fromHex, toBase64, toHex } from "../../base/bytes.ts";
import { parseUint } from "../../base/integers.ts";
import { readText, writeDurably } from "../files.ts";
import type { StepHook } from "../steps.ts";
import type { KeyPair } from "./keys.ts";

/** Step of a precommit in the order propose 1, prevote 2, precommit 3. */
const STEP_PRECOMMIT = 3;

/** What was signed last. */
export interface LastSigned {
  readonly height: bigint;
  readonly round: number;
  readonly step: number;
  readonly signature: Uint8Array;
  readonly signBytes: Uint8Array;
}

const NOTHING: LastSigned = {
  height: 0n,
  round: 0,
  step: 0,
  signature: EMPTY_BYTES,
  signBytes: EMPTY_BYTES,
};

/** Path of the last-sign state below a home. */
export function signStatePath(home: string): string {
  return join(home, "data", "priv_validator_state.json");
}

/** Reads the last-sign state; nothing signed when the file is absent. Throws: Error naming the file. */
export function readSignState(home: string): LastSigned {
  const path = signStatePath(home);
  const text = readText(path);
  if (text === undefined) return NOTHING;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof json !== "object" || json === null) throw new Error(`${path} holds no object`);
  const { height, round, step, signature, signbytes } = json;
  const parsed = {
    height: parseUint(typeof height === "string" ? height : ""),
    signature: fromBase64(typeof signature === "string" ? signature : ""),
    signBytes: fromHex(typeof signbytes === "string" ? signbytes : ""),
  };
  if (
    parsed.height === undefined ||
    parsed.signature === undefined ||
    parsed.signBytes === undefined ||
    !isCount(round) ||
    !isCount(step)
  )
    throw new Error(`${path} is not a last-sign state; restore it, or the key may sign twice`);
  return {
    height: parsed.height,
    round,
    step,
    signature: parsed.signature,
    signBytes: parsed.signBytes,
  };
}

/** A round or step, as CometBFT's int32 and int8 hold them. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function stateText(state: LastSigned): string {
  const json = {
    height: state.height.toString(),
    round: state.round,
    step: state.step,
    ...(state.signature.length > 0 ? { signature: toBase64(state.signature) } : {}),
    ...(state.signBytes.length > 0 ? { signbytes: toHex(state.signBytes).toUpperCase() } : {}),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** Writes a state of nothing signed, as `init` does. */
export function writeEmptySignState(home: string): void {
  writeDurably(signStatePath(home), stateText(NOTHING), 0o600);
}

/** Signs precommits of one validator. */
export class Signer {
  readonly key: KeyPair;
  readonly #home: string;
  readonly #reached: StepHook | undefined;
  #last: LastSigned;

  constructor(home: string, key: KeyPair, reached?: StepHook) {
    this.key = key;
    this.#home = home;
    this.#reached = reached;
    this.#last = readSignState(home);
  }

  /** What was signed last. */
  get last(): LastSigned {
    return this.#last;
  }

  /** The first round of `height` in which nothing was signed yet. */
  freeRound(height: bigint): number {
    return this.#last.height === height ? this.#last.round + 1 : 0;
  }

  /**
   * Signs the bytes of a precommit after its place was written to disk. The same bytes again give
   * the same signature. Throws: Error when the place lies behind what was signed, or was signed
   * with other bytes.
   */
  sign(height: bigint, round: number, signBytes: Uint8Array): Uint8Array {
    const last = this.#last;
    if (height < last.height || (height === last.height && round < last.round)) {
      throw new Error(
        `refused to sign height ${height} round ${round}: height ${last.height} round ` +
          `${last.round} was signed before`,
      );
    }
    if (height === last.height && round === last.round && last.step >= STEP_PRECOMMIT) {
      if (equalBytes(last.signBytes, signBytes)) return last.signature;
      throw new Error(`refused to sign height ${height} round ${round} twice with other bytes`);
    }
    const signature = this.key.sign(signBytes);
    const next = { height, round, step: STEP_PRECOMMIT, signature, signBytes };
    const reached = this.#reached;
    reached?.("sign.begin");
    const beside = (): void => reached?.("sign.beside");
    writeDurably(signStatePath(this.#home), stateText(next), 0o600, beside);
    this.#last = next;
    reached?.("sign.done");
    return signature;
  }
}
