/** Bytes, a value or JSON that is not a message of its type. `path` names the field. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  /** Message name and field names, joined by dots: `cosmos.bank.v1beta1.MsgSend.amount.denom`. */
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.path = path;
  }
}
