// The honest load beside an attack: bank sends at an even rate, each by broadcast_tx_sync.

import { toBase64 } from "../../chain/base/bytes.ts";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { requestBytes, Wire } from "../fuzz/wire.ts";
import { makeSigner, msg, signTx } from "../support/signing.ts";
import type { Signer } from "../support/signing.ts";

const ACCOUNTS = 20;
/** Sends a second. */
const RATE = 40;

/** Who sends; numbers of accounts are those of this order. */
export function senders(): Signer[] {
  return Array.from({ length: ACCOUNTS }, (_, index) => makeSigner(`sender ${index}`, "lease"));
}

/** An account with coins in whose name others sign, and its number. */
export function victim(): { readonly signer: Signer; readonly number: number } {
  return { signer: makeSigner("victim", "lease"), number: ACCOUNTS };
}

interface Person {
  readonly signer: Signer;
  readonly number: number;
  sequence: bigint;
}

/** Sends until it is stopped. */
export class Load {
  /** Sends that were accepted, and those that were refused or not answered. */
  accepted = 0;
  refused = 0;
  readonly #wire: Wire;
  readonly #people = senders().map((signer, number): Person => ({ signer, number, sequence: 0n }));
  readonly #timer: NodeJS.Timeout;
  #at = 0;
  #busy = false;

  constructor(rpcPort: number) {
    this.#wire = new Wire(rpcPort);
    this.#timer = setInterval(() => void this.#send(), 1000 / RATE);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#wire.close();
  }

  /** One at a time: a node that does not answer gets no more. */
  async #send(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const person = this.#people[this.#at++ % this.#people.length] as Person;
    try {
      if (await this.#isTaken(person)) {
        person.sequence += 1n;
        this.accepted++;
      } else this.refused++;
    } catch {
      this.refused++;
    } finally {
      this.#busy = false;
    }
  }

  async #isTaken({ signer, number, sequence }: Person): Promise<boolean> {
    const to = this.#people[(this.#at * 7) % this.#people.length]?.signer ?? signer;
    const amount = [{ denom: "ulease", amount: "1" }];
    const send = msg(MsgSend, { fromAddress: signer.address, toAddress: to.address, amount });
    const state = { signer, accountNumber: BigInt(number), sequence };
    const tx = toBase64(signTx("test-1", [state], [send], { gas: 200_000n }));
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "broadcast_tx_sync",
      params: { tx },
    });
    const answer = await this.#wire.send(requestBytes("POST", "/", body));
    const { result } = JSON.parse(answer.body) as { result?: { code: number } };
    return result?.code === 0;
  }
}
