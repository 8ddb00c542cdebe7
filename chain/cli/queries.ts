// Queries of the state machine through a node: a gRPC path over abci_query.

import { createRegistry } from "../codec/index.ts";
import type { MessageType } from "../codec/types.ts";
import { allMessageTypes } from "../codec/gen/index.ts";
import { QueryAccountRequest, QueryAccountResponse } from "../codec/gen/cosmos/auth/v1beta1.ts";
import { BaseAccount, ModuleAccount } from "../codec/gen/cosmos/auth/v1beta1.ts";
import { CliFailure } from "./failure.ts";
import { chainFailure } from "./refusals.ts";
import { callRpc } from "./rpc.ts";

/** Every generated type, for opening Any values. */
export const registry = createRegistry(allMessageTypes);

interface AbciAnswer {
  readonly response: {
    readonly code: number;
    readonly codespace: string;
    readonly log: string;
    readonly value: string | null;
    readonly height: string;
  };
}

/** Where a query goes: the node and, if not the latest, a height. */
export interface Source {
  readonly url: string;
  readonly height?: bigint | undefined;
}

/** A query that the chain refused. */
export class QueryFailure extends CliFailure {
  readonly isNotFound: boolean;

  constructor(codespace: string, code: number, log: string) {
    const { message, code: known, remedy } = chainFailure(codespace, code, log);
    super(message, {
      ...(known === undefined ? {} : { code: known }),
      ...(remedy === undefined ? {} : { remedy }),
    });
    this.isNotFound = code === 22 || log.includes("code = NotFound");
  }
}

/** Asks one query. Throws: QueryFailure with the chain's code; CliFailure when no node answers. */
export async function ask<Q, R>(
  source: Source,
  path: string,
  request: MessageType<Q>,
  response: MessageType<R>,
  value: Partial<Q>,
): Promise<R> {
  const data = Buffer.from(request.encode(request.create(value))).toString("hex");
  const { response: answer } = await callRpc<AbciAnswer>(source.url, "abci_query", {
    path,
    data,
    prove: false,
    ...(source.height === undefined ? {} : { height: source.height.toString() }),
  });
  if (answer.code !== 0) throw new QueryFailure(answer.codespace, answer.code, answer.log);
  return response.decode(new Uint8Array(Buffer.from(answer.value ?? "", "base64")));
}

/** Number and sequence of an account. */
export interface AccountNumbers {
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** Reads an account; a failure with a remedy when the chain does not know it. */
export async function accountNumbers(source: Source, address: string): Promise<AccountNumbers> {
  const path = "/cosmos.auth.v1beta1.Query/Account";
  try {
    const { account } = await ask(source, path, QueryAccountRequest, QueryAccountResponse, {
      address,
    });
    if (account?.typeUrl === BaseAccount.typeUrl) return BaseAccount.decode(account.value);
    const base =
      account === undefined ? undefined : ModuleAccount.decode(account.value).baseAccount;
    if (base !== undefined) return base;
    throw new CliFailure(`${address} is an account of a kind that cannot sign here`);
  } catch (error) {
    if (!(error instanceof QueryFailure) || !error.isNotFound) throw error;
    throw new CliFailure(`the account ${address} is not on the chain yet`, {
      code: error.code ?? "sdk/22",
      remedy: "It is made by the first coins that it receives",
    });
  }
}
