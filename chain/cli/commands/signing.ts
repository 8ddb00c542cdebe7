// tx sign | multisign | broadcast | decode | simulate: transactions as files, for offline keys and
// multisigs. Files are the JSON that --generate-only prints.

import { createBitArray } from "../multisig.ts";
import { encodePubkey } from "@cosmjs/proto-signing";
import type { MultisigThresholdPubkey, Pubkey } from "@cosmjs/amino";
import { equalBytes } from "../../base/bytes.ts";
import { CodecError } from "../../codec/index.ts";
import type { Json } from "../../codec/index.ts";
import { MultiSignature } from "../../codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import { AuthInfo, Tx, TxBody, TxRaw } from "../../codec/gen/cosmos/tx/v1beta1.ts";
import type { Fee, ModeInfo } from "../../codec/gen/cosmos/tx/v1beta1.ts";
import { SignMode } from "../../codec/gen/cosmos/tx/signing/v1beta1.ts";
import type { Call, CommandCode } from "../command.ts";
import { nodeUrl } from "../connection.ts";
import { CliFailure, UsageFailure } from "../failure.ts";
import { toJsonText } from "../output.ts";
import { accountNumbers, registry } from "../queries.ts";
import { callRpc } from "../rpc.ts";
import { readFile } from "../sdl_files.ts";
import { readClientSettings } from "../settings.ts";
import { addressOf, aminoSigner } from "../signers.ts";
import {
  aminoSignDoc,
  broadcastAndWait,
  fromKey,
  printResult,
  resolveAddress,
  signDraft,
  signerOf,
  simulateGas,
  txJson,
} from "../transactions.ts";
import type { Draft, Signer } from "../transactions.ts";
import { keyringOf } from "./keys.ts";

/** What the file of a transaction holds. */
export interface TxFile {
  readonly body: TxBody;
  readonly authInfo: AuthInfo;
  readonly signatures: readonly Uint8Array[];
}

function readJson(path: string): Json {
  try {
    return JSON.parse(Buffer.from(readFile(path)).toString("utf8")) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliFailure(`${path} is not JSON`);
    throw error;
  }
}

/** Reads the file of a transaction. Throws: CliFailure that says why it is none. */
export function readTx(path: string): TxFile {
  try {
    const tx = Tx.fromJson(readJson(path), registry);
    if (tx.body === undefined || tx.authInfo === undefined)
      throw new CliFailure(`${path} has no body or no auth_info`);
    return { body: tx.body, authInfo: tx.authInfo, signatures: tx.signatures };
  } catch (error) {
    if (error instanceof CodecError)
      throw new CliFailure(`${path} is not a transaction: ${error.message}`);
    throw error;
  }
}

function draftOf(file: TxFile): Draft {
  const fee: Fee = file.authInfo.fee ?? { amount: [], gasLimit: 200_000n, payer: "", granter: "" };
  return { body: file.body, fee };
}

/** One member's signature of a multisig's transaction, as `multisign` reads it. */
interface MemberSignature {
  readonly public_key: unknown;
  readonly signature: string;
}

async function signAsMember(call: Call, draft: Draft, multisig: string): Promise<void> {
  const address = resolveAddress(call, multisig);
  const { record } = fromKey(call);
  const numbers = await numbersOf(call, address);
  const { prefix } = readClientSettings(call.home);
  const signer: Signer = { ...numbers, record, address: addressOf(record, prefix) };
  const wallet = await aminoSigner(await keyringOf(call).secret(record.name), prefix);
  const { signature } = await wallet.signAmino(signer.address, aminoSignDoc(signer, draft));
  const part: MemberSignature = { public_key: record.publicKey, signature: signature.signature };
  call.out.line(toJsonText(part));
}

async function numbersOf(
  call: Call,
  address: string,
): Promise<Pick<Signer, "accountNumber" | "sequence" | "chainId">> {
  const accountNumber = call.args.integer("account-number");
  const sequence = call.args.integer("sequence");
  const chainId = call.args.value("chain-id");
  if (call.args.has("offline")) {
    if (accountNumber === undefined || sequence === undefined || chainId === undefined) {
      throw new UsageFailure("--offline needs --account-number, --sequence and --chain-id");
    }
    return { accountNumber, sequence, chainId };
  }
  const url = nodeUrl(call);
  const status = await callRpc<{ node_info: { network: string } }>(url, "status");
  return { ...(await accountNumbers({ url }, address)), chainId: status.node_info.network };
}

/** tx sign FILE: prints the signed transaction, or a member's signature with --multisig. */
export const sign: CommandCode = {
  async run(call) {
    const draft = draftOf(readTx(call.args.word(0, "the file")));
    const multisig = call.args.value("multisig");
    if (multisig !== undefined) return signAsMember(call, draft, multisig);
    const signer = await signerOf(call);
    const raw = TxRaw.decode(await signDraft(call, signer, draft));
    call.out.line(txJson(draft, AuthInfo.decode(raw.authInfoBytes), raw.signatures));
  },
};

/** tx multisign FILE MULTISIG SIGNATURE...: joins members' signatures. */
export const multisign: CommandCode = {
  async run(call) {
    const draft = draftOf(readTx(call.args.word(0, "the file")));
    const record = keyringOf(call).need(call.args.word(1, "the name of the multisig key"));
    if (record.type !== "multi") throw new CliFailure(`${record.name} is not a multisig key`);
    const key = record.publicKey as MultisigThresholdPubkey;
    const parts = call.args.words
      .slice(2)
      .map((path) => readJson(path) as unknown as MemberSignature);
    const members = key.value.pubkeys.map((member) => encodePubkey(member as Pubkey).value);
    const found = members.map((member) =>
      parts.find((part) => equalBytes(encodePubkey(part.public_key as Pubkey).value, member)),
    );
    const count = found.filter((part) => part !== undefined).length;
    if (count < Number(key.value.threshold)) {
      throw new CliFailure(
        `${count} signatures of members were given, ${key.value.threshold} are needed`,
      );
    }
    const { prefix } = readClientSettings(call.home);
    const numbers = await numbersOf(call, addressOf(record, prefix));
    const single: ModeInfo = { single: { mode: SignMode.LEGACY_AMINO_JSON }, multi: undefined };
    const bitarray = createBitArray(found.map((part) => part !== undefined));
    const encoded = encodePubkey(key as unknown as Pubkey);
    const authInfo = AuthInfo.create({
      signerInfos: [
        {
          publicKey: { typeUrl: encoded.typeUrl, value: encoded.value },
          modeInfo: {
            single: undefined,
            multi: { bitarray, modeInfos: Array.from({ length: count }, () => single) },
          },
          sequence: numbers.sequence,
        },
      ],
      fee: draft.fee,
    });
    const signatures = found.flatMap((part) =>
      part === undefined ? [] : [new Uint8Array(Buffer.from(part.signature, "base64"))],
    );
    call.out.line(txJson(draft, authInfo, [MultiSignature.encode({ signatures })]));
  },
};

/** tx broadcast FILE. */
export const broadcast: CommandCode = {
  async run(call) {
    const { body, authInfo, signatures } = readTx(call.args.word(0, "the file"));
    if (signatures.length === 0)
      throw new CliFailure("the transaction is not signed", {
        remedy: "Sign it with: leasehold tx sign",
      });
    const raw = TxRaw.encode({
      bodyBytes: TxBody.encode(body),
      authInfoBytes: AuthInfo.encode(authInfo),
      signatures,
    });
    printResult(call, await broadcastAndWait(nodeUrl(call), raw), authInfo.fee);
  },
};

/** tx decode BASE64 (or 0x hex). */
export const decode: CommandCode = {
  async run(call) {
    const text = call.args.word(0, "the transaction");
    const bytes = text.startsWith("0x")
      ? Buffer.from(text.slice(2), "hex")
      : Buffer.from(text, "base64");
    try {
      const raw = TxRaw.decode(new Uint8Array(bytes));
      const draft = {
        body: TxBody.decode(raw.bodyBytes),
        fee: { amount: [], gasLimit: 0n, payer: "", granter: "" },
      };
      call.out.line(txJson(draft, AuthInfo.decode(raw.authInfoBytes), raw.signatures));
    } catch (error) {
      if (error instanceof CodecError)
        throw new CliFailure(`this is not a transaction: ${error.message}`);
      throw error;
    }
  },
};

/** tx simulate FILE. */
export const simulate: CommandCode = {
  async run(call) {
    const { body } = readTx(call.args.word(0, "the file"));
    const gas = await simulateGas(call, await signerOf(call), body);
    call.out.line(call.out.json ? toJsonText({ gas_used: gas }) : `gas estimate: ${gas}`);
  },
};
