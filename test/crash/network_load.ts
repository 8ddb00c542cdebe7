// Load on a network whose nodes are killed under it: every sender has an account and a node of its own,
// goes to the next node when that one is gone, and notes what it was told of transactions that stand in
// a block. What it was not told may stand in a block or not.

import { setTimeout as pause } from "node:timers/promises";
import { toHex } from "../../chain/base/bytes.ts";
import {
  BaseAccount,
  QueryAccountRequest,
  QueryAccountResponse,
} from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { callRpc } from "../support/node.ts";
import { makeSigner, msg, signTx } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

/** Of each sender. */
const FUNDS = 1_000_000_000_000n;
/** Pause after a node that did not answer, milliseconds. */
const RETRY_MS = 250;
/** CheckTx code of a sequence that is not the account's. */
const WRONG_SEQUENCE = 32;

interface Committed {
  readonly check_tx: { readonly code: number; readonly log: string };
  readonly tx_result: { readonly code: number; readonly log: string };
  readonly hash: string;
  readonly height: string;
}

/** What was answered about a transaction that stands in a block. */
export interface Answer {
  readonly height: bigint;
  readonly code: number;
}

interface Sender {
  readonly signer: Signer;
  readonly sink: string;
  accountNumber: bigint;
  /** Undefined: to be asked. */
  sequence: bigint | undefined;
}

/** Senders and what they were told. */
export class NetworkLoad {
  /** By upper-case hash. */
  readonly answers = new Map<string, Answer>();
  /** Sentences about refusals that nobody can have meant. */
  readonly surprises: string[] = [];
  readonly #chainId: string;
  readonly #senders: readonly Sender[];
  #stopped = true;

  constructor(chainId: string, senders: number) {
    this.#chainId = chainId;
    this.#senders = Array.from({ length: senders }, (_, index) => ({
      signer: makeSigner(`network sender ${index}`, "lease"),
      sink: makeSigner(`network sink ${index}`, "lease").address,
      accountNumber: 0n,
      sequence: undefined,
    }));
  }

  /** Accounts for the genesis. */
  get accounts(): readonly {
    readonly address: string;
    readonly coins: readonly { readonly denom: string; readonly amount: bigint }[];
  }[] {
    const coins = [{ denom: "ulease", amount: FUNDS }];
    return this.#senders.map(({ signer }) => ({ address: signer.address, coins }));
  }

  /** Sends to nodes until `stop`; resolves when all senders have ended. */
  async run(urls: readonly string[]): Promise<void> {
    this.#stopped = false;
    await Promise.all(this.#senders.map((sender, index) => this.#sends(sender, urls, index)));
  }

  /** Lets `run` end. */
  stop(): void {
    this.#stopped = true;
  }

  async #sends(sender: Sender, urls: readonly string[], first: number): Promise<void> {
    for (let at = first; !this.#stopped;) {
      const url = urls[at % urls.length] ?? "";
      const wentOn = await this.#sendOne(sender, url).catch(() => false);
      if (wentOn) continue;
      // The node is gone or behind: the next one is asked where the account stands.
      sender.sequence = undefined;
      at++;
      await pause(RETRY_MS);
    }
  }

  /** Sends one and waits for its block. Gives false when this node is no use now. */
  async #sendOne(sender: Sender, url: string): Promise<boolean> {
    sender.sequence ??= await this.#sequenceOf(sender, url);
    const { signer, sink, accountNumber, sequence } = sender;
    const amount = [{ denom: "ulease", amount: "1" }];
    const message = msg(MsgSend, { fromAddress: signer.address, toAddress: sink, amount });
    const state = { signer, accountNumber, sequence };
    const tx = signTx(this.#chainId, [state], [message], { gas: 150_000n });
    const { check_tx, tx_result, hash, height } = await callRpc<Committed>(
      url,
      "broadcast_tx_commit",
      { tx: Buffer.from(tx).toString("base64") },
    );
    if (check_tx.code !== 0 && check_tx.code !== WRONG_SEQUENCE)
      this.surprises.push(`CheckTx of ${signer.name}: ${check_tx.log}`);
    if (check_tx.code !== 0 || BigInt(height) === 0n) return false;
    this.answers.set(hash, { height: BigInt(height), code: tx_result.code });
    sender.sequence = sequence + 1n;
    return tx_result.code === 0;
  }

  async #sequenceOf(sender: Sender, url: string): Promise<bigint> {
    const { address } = sender.signer;
    const { response } = await callRpc<{ readonly response: { readonly value: string } }>(
      url,
      "abci_query",
      {
        path: "/cosmos.auth.v1beta1.Query/Account",
        data: toHex(QueryAccountRequest.encode({ address })),
      },
    );
    const { account } = QueryAccountResponse.decode(Buffer.from(response.value, "base64"));
    if (account === undefined) throw new Error(`${address} is not there`);
    const { accountNumber, sequence } = BaseAccount.decode(account.value);
    sender.accountNumber = accountNumber;
    return sequence;
  }
}
