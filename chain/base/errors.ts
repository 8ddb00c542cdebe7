// Errors that a user can cause. Consensus sees only codespace, code and gas; the text is for the
// person who gets it and nothing may branch on it.

/** A refusal with a code: fails one transaction, query or queue item, never the node. */
export class ChainError extends Error {
  override readonly name = "ChainError";
  readonly codespace: string;
  readonly code: number;

  constructor(codespace: string, code: number, message: string) {
    super(message);
    this.codespace = codespace;
    this.code = code;
  }
}

/** One declared error. Calling `.with("detail")` puts the detail in front, as the SDK does. */
export interface ErrorKind {
  readonly codespace: string;
  readonly code: number;
  readonly text: string;
  /** The error with its bare text. */
  error(): ChainError;
  /** `detail: text`: what was wrong, where, what was expected. */
  with(detail: string): ChainError;
  /** Whether `error` is of this kind. */
  is(error: unknown): boolean;
}

/** Declares the errors of one codespace once. Codes ascend and are never reused; 1 is internal. */
export function defineErrors<Names extends string>(
  codespace: string,
  table: Readonly<Record<Names, readonly [code: number, text: string]>>,
): Readonly<Record<Names, ErrorKind>> {
  const kinds: Partial<Record<Names, ErrorKind>> = {};
  for (const name of Object.keys(table) as Names[]) {
    const [code, text] = table[name];
    kinds[name] = {
      codespace,
      code,
      text,
      error: () => new ChainError(codespace, code, text),
      with: (detail) => new ChainError(codespace, code, `${detail}: ${text}`),
      is: (error) =>
        error instanceof ChainError && error.codespace === codespace && error.code === code,
    };
  }
  return kinds as Record<Names, ErrorKind>;
}

/** Errors of codespace `sdk`: codes and texts as cosmossdk.io/errors registers them; clients parse both. */
export const sdkErrors = defineErrors("sdk", {
  txDecode: [2, "tx parse error"],
  invalidSequence: [3, "invalid sequence"],
  unauthorized: [4, "unauthorized"],
  insufficientFunds: [5, "insufficient funds"],
  unknownRequest: [6, "unknown request"],
  invalidAddress: [7, "invalid address"],
  invalidPubKey: [8, "invalid pubkey"],
  unknownAddress: [9, "unknown address"],
  invalidCoins: [10, "invalid coins"],
  outOfGas: [11, "out of gas"],
  memoTooLarge: [12, "memo too large"],
  insufficientFee: [13, "insufficient fee"],
  tooManySignatures: [14, "maximum number of signatures exceeded"],
  noSignatures: [15, "no signatures supplied"],
  jsonMarshal: [16, "failed to marshal JSON bytes"],
  jsonUnmarshal: [17, "failed to unmarshal JSON bytes"],
  invalidRequest: [18, "invalid request"],
  txInMempoolCache: [19, "tx already in mempool"],
  mempoolIsFull: [20, "mempool is full"],
  txTooLarge: [21, "tx too large"],
  keyNotFound: [22, "key not found"],
  wrongPassword: [23, "invalid account password"],
  invalidSigner: [24, "tx intended signer does not match the given signer"],
  invalidGasAdjustment: [25, "invalid gas adjustment"],
  invalidHeight: [26, "invalid height"],
  invalidVersion: [27, "invalid version"],
  invalidChainId: [28, "invalid chain-id"],
  invalidType: [29, "invalid type"],
  txTimeoutHeight: [30, "tx timeout height"],
  unknownExtensionOptions: [31, "unknown extension options"],
  wrongSequence: [32, "incorrect account sequence"],
  packAny: [33, "failed packing protobuf message to Any"],
  unpackAny: [34, "failed unpacking protobuf message from Any"],
  logic: [35, "internal logic error"],
  conflict: [36, "conflict"],
  notSupported: [37, "feature not supported"],
  notFound: [38, "not found"],
  io: [39, "Internal IO error"],
  appConfig: [40, "error in app.toml"],
  invalidGasLimit: [41, "invalid gas limit"],
  txTimeout: [42, "tx timeout"],
});

/** Longest part of a sentence that repeats what somebody sent, characters. */
const MAX_PART = 600;

/** A part of a sentence that may repeat what stood in a long document. */
function shortened(text: string): string {
  return text.length <= MAX_PART ? text : `${text.slice(0, MAX_PART).toWellFormed()}...`;
}

/** A genesis that cannot be taken: sdk/18 with the JSON path of what is wrong. */
export function wrongGenesis(path: string, reason: string): ChainError {
  return sdkErrors.invalidRequest.with(`genesis ${shortened(path)}: ${shortened(reason)}`);
}

/** Errors that no module registered: a bare Go error (1) and a recovered panic (111222). */
export const undefinedErrors = defineErrors("undefined", {
  internal: [1, "internal"],
  panic: [111222, "panic"],
});
