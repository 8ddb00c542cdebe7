// From messages to a transaction in a block: fee, signature, broadcast, and the wait for the result.
// Built on the chain's own codec; only the signatures come from the wallets of CosmJS.

import { makeSignDoc as makeAminoSignDoc } from "@cosmjs/amino";
import type { AminoMsg, Pubkey, StdFee } from "@cosmjs/amino";
import { encodePubkey } from "@cosmjs/proto-signing";
import { decodeBech32 } from "../base/address.ts";
import { parseCoin, toWireCoin } from "../base/coins.ts";
import type { WireCoin } from "../base/coins.ts";
import { nameInAny } from "../codec/index.ts";
import type { Any, MessageType } from "../codec/types.ts";
import { SimulateRequest, SimulateResponse } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "../codec/gen/cosmos/tx/v1beta1.ts";
import type { Fee, SignerInfo } from "../codec/gen/cosmos/tx/v1beta1.ts";
import { SignMode } from "../codec/gen/cosmos/tx/signing/v1beta1.ts";
import type { Call } from "./command.ts";
import { keyringOf } from "./commands/keys.ts";
import { nodeUrl } from "./connection.ts";
import { CliFailure, UsageFailure } from "./failure.ts";
import type { KeyRecord } from "./keyring.ts";
import { formatAmount, toJsonText } from "./output.ts";
import { accountNumbers, ask, registry } from "./queries.ts";
import type { AccountNumbers } from "./queries.ts";
import { chainFailure } from "./refusals.ts";
import { callRpc } from "./rpc.ts";
import { readClientSettings } from "./settings.ts";
import { addressOf, aminoSigner, directSigner } from "./signers.ts";

/** One message of a transaction. */
export interface Message {
  readonly type: MessageType<unknown>;
  readonly value: unknown;
}

/** A message for a transaction, checked by the compiler. */
export function message<T>(type: MessageType<T>, value: Partial<T>): Message {
  return { type: type as MessageType<unknown>, value: type.create(value) };
}

/** Who signs, and on which chain. */
export interface Signer extends AccountNumbers {
  readonly record: KeyRecord;
  readonly address: string;
  readonly chainId: string;
}

/** A transaction that is about to be signed. */
export interface Draft {
  readonly body: TxBody;
  readonly fee: Fee;
}

/** A transaction that is in a block. */
export interface Result {
  readonly hash: string;
  readonly height: bigint;
  readonly gasUsed: bigint;
  readonly data: Uint8Array;
  readonly events: readonly {
    readonly type: string;
    readonly attributes: readonly { readonly key: string; readonly value: string }[];
  }[];
}

/** The key that `--from` names: by name, or by an address of this home's keys. */
export function fromKey(call: Call): { record: KeyRecord; address: string } {
  const keyring = keyringOf(call);
  const { prefix } = readClientSettings(call.home);
  const keys = keyring.list();
  const from = call.args.value("from") ?? (keys.length === 1 ? keys[0]?.name : undefined);
  if (from === undefined) throw new UsageFailure("--from is missing: which key signs?");
  const byAddress = keys.find((key) => addressOf(key, prefix) === from);
  const record = byAddress ?? keyring.need(from);
  return { record, address: addressOf(record, prefix) };
}

/**
 * Address of `--from`. For an unsigned transaction (--generate-only) any address will do: somebody
 * else may sign it, or send it under a grant.
 */
export function signerAddress(call: Call): string {
  const from = call.args.value("from");
  if (call.args.has("generate-only") && from !== undefined) return resolveAddress(call, from);
  return fromKey(call).address;
}

/** Address of a key name, or the text itself when it is no key of this home. */
export function resolveAddress(call: Call, text: string): string {
  const { prefix } = readClientSettings(call.home);
  const found = keyringOf(call).find(text);
  if (found !== undefined) return addressOf(found, prefix);
  if (text === "" || decodeBech32(text) !== undefined) return text;
  throw new CliFailure(
    `${JSON.stringify(text)} is neither a key of this home nor an address of this chain (${prefix}1...)`,
  );
}

/** Asks the node (or, offline, the flags) for what signing needs. */
export async function signerOf(call: Call): Promise<Signer> {
  const { record, address } = fromKey(call);
  if (call.args.has("offline")) {
    const accountNumber = call.args.integer("account-number");
    const sequence = call.args.integer("sequence");
    const chainId = call.args.value("chain-id") ?? readClientSettings(call.home).chainId;
    if (accountNumber === undefined || sequence === undefined || chainId === "") {
      throw new UsageFailure("--offline needs --account-number, --sequence and --chain-id");
    }
    return { record, address, chainId, accountNumber, sequence };
  }
  const url = nodeUrl(call);
  const status = await callRpc<{ node_info: { network: string } }>(url, "status");
  const wanted = call.args.value("chain-id");
  if (wanted !== undefined && wanted !== status.node_info.network) {
    throw new CliFailure(
      `the node is on chain ${status.node_info.network}, --chain-id says ${wanted}`,
    );
  }
  const numbers = await accountNumbers({ url }, address);
  const sequence = call.args.integer("sequence") ?? numbers.sequence;
  return {
    record,
    address,
    chainId: status.node_info.network,
    accountNumber: numbers.accountNumber,
    sequence,
  };
}

function signerInfo(signer: Signer, mode: number): SignerInfo {
  const key = encodePubkey(signer.record.publicKey as Pubkey);
  return {
    publicKey: { typeUrl: key.typeUrl, value: key.value },
    modeInfo: { single: { mode }, multi: undefined },
    sequence: signer.sequence,
  };
}

/** The body of a transaction with these messages and the call's memo and timeout. */
export function bodyOf(call: Call, messages: readonly Message[]): TxBody {
  const anys: Any[] = messages.map(({ type, value }) => ({
    typeUrl: type.typeUrl,
    value: type.encode(value),
  }));
  return TxBody.create({
    messages: anys,
    memo: call.args.value("note") ?? "",
    timeoutHeight: call.args.integer("timeout-height") ?? 0n,
  });
}

/** Simulates a body; gives the gas it would use. */
export async function simulateGas(call: Call, signer: Signer, body: TxBody): Promise<bigint> {
  const authInfo = AuthInfo.create({
    signerInfos: [signerInfo(signer, SignMode.DIRECT)],
    fee: simulatedFee(call),
  });
  const txBytes = TxRaw.encode({
    bodyBytes: TxBody.encode(body),
    authInfoBytes: AuthInfo.encode(authInfo),
    signatures: [new Uint8Array(0)],
  });
  const path = "/cosmos.tx.v1beta1.Service/Simulate";
  const answer = await ask({ url: nodeUrl(call) }, path, SimulateRequest, SimulateResponse, {
    txBytes,
  });
  return answer.gasInfo?.gasUsed ?? 0n;
}

/** What a simulation pays, so that it counts the gas of that too; a fee by the gas is one unit. */
function simulatedFee(call: Call): Fee {
  const prices = call.args.value("gas-prices");
  const amount =
    prices === undefined ? parseCoins(call.args.value("fees") ?? "") : [pricedFee(prices, 1n)];
  return feeOf(amount, 0n, resolveAddress(call, call.args.value("fee-granter") ?? ""));
}

function feeOf(amount: readonly WireCoin[], gasLimit: bigint, granter = ""): Fee {
  return { amount, gasLimit, payer: "", granter };
}

/** Coins as people write them: `500ulease,3uusd`. No text is no coins. */
export function parseCoins(text: string): WireCoin[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const coin = parseCoin(part.trim());
    if (coin === undefined)
      throw new UsageFailure(`${JSON.stringify(part)} is not a coin; write for example 500ulease`);
    return toWireCoin(coin);
  });
}

/** Fee per gas such as 0.0025ulease, times the gas, rounded up. */
function pricedFee(text: string, gas: bigint): WireCoin {
  const match = /^(\d+)(?:\.(\d{1,18}))?([a-zA-Z][\w/:.-]*)$/.exec(text);
  if (match === null)
    throw new UsageFailure(
      `${JSON.stringify(text)} is not a gas price; write for example 0.0025ulease`,
    );
  const scale = 10n ** BigInt((match[2] ?? "").length);
  const price = BigInt(`${match[1]}${match[2] ?? ""}`);
  return { denom: match[3] as string, amount: ((price * gas + scale - 1n) / scale).toString() };
}

/** Gas and fee of a body: simulated where the call says auto. */
export async function feeFor(call: Call, signer: Signer, body: TxBody): Promise<Fee> {
  const wanted = call.args.value("gas") ?? "auto";
  const factor = Number(call.args.value("gas-adjustment") ?? "1.4");
  if (!(factor >= 1 && factor <= 10))
    throw new UsageFailure("--gas-adjustment must be between 1 and 10");
  if (wanted !== "auto" && !/^[1-9][0-9]{0,15}$/.test(wanted))
    throw new UsageFailure(`--gas is a number or auto, got ${wanted}`);
  if (wanted === "auto" && call.args.has("offline"))
    throw new UsageFailure("--offline needs --gas with a number");
  const gas =
    wanted === "auto"
      ? BigInt(Math.ceil(Number(await simulateGas(call, signer, body)) * factor))
      : BigInt(wanted);
  const prices = call.args.value("gas-prices");
  const amount =
    prices === undefined ? parseCoins(call.args.value("fees") ?? "") : [pricedFee(prices, gas)];
  return feeOf(amount, gas, resolveAddress(call, call.args.value("fee-granter") ?? ""));
}

/** Amino JSON of the messages of a body. */
export function aminoMessages(body: TxBody): AminoMsg[] {
  return body.messages.map((any) => {
    const type = registry.find(any.typeUrl);
    if (type === undefined) throw new CliFailure(`${any.typeUrl} is not known`);
    const json = type.toAmino(type.decode(any.value), registry);
    const isNamed = type.table.aminoName !== undefined;
    return (isNamed ? json : { type: nameInAny(type), value: json }) as unknown as AminoMsg;
  });
}

/** Amino form of a fee. */
export function aminoFee(fee: Fee): StdFee {
  const granter = fee.granter === "" ? {} : { granter: fee.granter };
  return { amount: fee.amount, gas: fee.gasLimit.toString(), ...granter };
}

/** Signs a draft with the call's key. */
export async function signDraft(call: Call, signer: Signer, draft: Draft): Promise<Uint8Array> {
  const secret = await keyringOf(call).secret(signer.record.name);
  const { prefix } = readClientSettings(call.home);
  const bodyBytes = TxBody.encode(draft.body);
  const mode = call.args.value("sign-mode") ?? "direct";
  if (mode !== "direct" && mode !== "amino-json")
    throw new UsageFailure(`--sign-mode is direct or amino-json, got ${mode}`);
  const number = mode === "direct" ? SignMode.DIRECT : SignMode.LEGACY_AMINO_JSON;
  const authInfoBytes = AuthInfo.encode(
    AuthInfo.create({ signerInfos: [signerInfo(signer, number)], fee: draft.fee }),
  );
  const signature =
    mode === "direct"
      ? await (
          await directSigner(secret, prefix)
        ).signDirect(signer.address, {
          bodyBytes,
          authInfoBytes,
          chainId: signer.chainId,
          accountNumber: signer.accountNumber,
        } satisfies SignDoc)
      : await (
          await aminoSigner(secret, prefix)
        ).signAmino(signer.address, aminoSignDoc(signer, draft));
  const bytes = Buffer.from(signature.signature.signature, "base64");
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [new Uint8Array(bytes)] });
}

/** The amino sign document of a draft. */
export function aminoSignDoc(signer: Signer, draft: Draft): ReturnType<typeof makeAminoSignDoc> {
  const { body } = draft;
  return makeAminoSignDoc(
    aminoMessages(body),
    aminoFee(draft.fee),
    signer.chainId,
    body.memo,
    signer.accountNumber.toString(),
    signer.sequence.toString(),
    body.timeoutHeight === 0n ? undefined : body.timeoutHeight,
  );
}

interface Broadcast {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly hash: string;
}

interface Committed {
  readonly height: string;
  readonly tx_result: {
    readonly code: number;
    readonly codespace: string;
    readonly log: string;
    readonly gas_used: string;
    readonly data: string | null;
    readonly events: Result["events"];
  };
}

const WAIT_MS = 60_000;
const POLL_MS = 150;

/** Sends a signed transaction and waits for its block. Throws: CliFailure with codespace/code. */
export async function broadcastAndWait(url: string, tx: Uint8Array): Promise<Result> {
  const sent = await callRpc<Broadcast>(url, "broadcast_tx_sync", {
    tx: Buffer.from(tx).toString("base64"),
  });
  if (sent.code !== 0) throw chainFailure(sent.codespace, sent.code, sent.log);
  const hash = Buffer.from(sent.hash, "hex").toString("base64");
  for (const limit = Date.now() + WAIT_MS; Date.now() < limit;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const found = await callRpc<Committed>(url, "tx", { hash, prove: false }).catch(
      (error: unknown) => {
        if (error instanceof CliFailure && error.message.includes("not found")) return undefined;
        throw error;
      },
    );
    if (found === undefined) continue;
    const { code, codespace, log, gas_used: gasUsed, data, events } = found.tx_result;
    if (code !== 0) throw chainFailure(codespace, code, log);
    return {
      hash: sent.hash,
      height: BigInt(found.height),
      gasUsed: BigInt(gasUsed),
      data: new Uint8Array(Buffer.from(data ?? "", "base64")),
      events,
    };
  }
  throw new CliFailure(`transaction ${sent.hash} was accepted but is in no block after 60 s`, {
    remedy: `Look later with: leasehold query tx ${sent.hash}`,
  });
}

/** Signs and sends messages as the call's flags say, and waits for the block. */
export async function send(call: Call, messages: readonly Message[]): Promise<Result> {
  const signer = await signerOf(call);
  const body = bodyOf(call, messages);
  const fee = await feeFor(call, signer, body);
  return broadcastAndWait(nodeUrl(call), await signDraft(call, signer, { body, fee }));
}

/** JSON of an unsigned or signed transaction, as `tx sign` and other command lines read it. */
export function txJson(
  draft: Draft,
  authInfo: AuthInfo,
  signatures: readonly Uint8Array[],
): string {
  return toJsonText({
    body: TxBody.toJson(draft.body, registry),
    auth_info: AuthInfo.toJson(authInfo, registry),
    signatures: signatures.map((signature) => Buffer.from(signature).toString("base64")),
  });
}

/** Runs `tx MODULE MESSAGE`: what to do with the messages is in the flags. */
export async function runTx(call: Call, messages: readonly Message[]): Promise<void> {
  const mode = call.args.value("broadcast-mode") ?? "commit";
  if (!["sync", "async", "commit"].includes(mode))
    throw new UsageFailure(`--broadcast-mode is sync, async or commit, got ${mode}`);
  const body = bodyOf(call, messages);
  if (call.args.has("generate-only")) {
    const gas = call.args.value("gas") === "auto" ? 0n : (call.args.integer("gas") ?? 0n);
    const granter = resolveAddress(call, call.args.value("fee-granter") ?? "");
    const coins = parseCoins(call.args.value("fees") ?? "");
    const fee = feeOf(coins, gas === 0n ? 200_000n : gas, granter);
    return call.out.line(txJson({ body, fee }, AuthInfo.create({ fee }), []));
  }
  const signer = await signerOf(call);
  if (call.args.has("dry-run")) {
    const gas = await simulateGas(call, signer, body);
    return call.out.line(call.out.json ? toJsonText({ gas_used: gas }) : `gas estimate: ${gas}`);
  }
  const fee = await feeFor(call, signer, body);
  const tx = await signDraft(call, signer, { body, fee });
  if (mode !== "commit") return broadcastOnly(call, tx, mode);
  const result = await broadcastAndWait(nodeUrl(call), tx);
  printResult(call, result, fee);
}

async function broadcastOnly(call: Call, tx: Uint8Array, mode: string): Promise<void> {
  const params = { tx: Buffer.from(tx).toString("base64") };
  const sent = await callRpc<Broadcast>(nodeUrl(call), `broadcast_tx_${mode}`, params);
  if (sent.code !== 0) throw chainFailure(sent.codespace, sent.code, sent.log);
  call.out.line(call.out.json ? toJsonText(sent) : `sent ${sent.hash}`);
}

/** Prints where a transaction landed and what it cost. */
export function printResult(call: Call, result: Result, fee?: Fee): void {
  if (call.out.json) {
    const { data: _data, ...rest } = result;
    return call.out.line(toJsonText({ ...rest, code: 0 }));
  }
  const paid = fee?.amount.map((coin) => formatAmount(coin.amount, coin.denom)).join(", ") ?? "";
  const cost = paid === "" ? "no fee" : `fee ${paid}`;
  call.out.line(`done in block ${result.height}: ${result.hash} (gas ${result.gasUsed}, ${cost})`);
}
