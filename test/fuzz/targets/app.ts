// The application's decoders and what stands right behind them: transactions as bytes, CheckTx and
// simulation, blocks of one mutated transaction, queries over a chain with a life behind it.

import { equalBytes, toHex } from "../../../chain/base/bytes.ts";
import { TxBody, TxRaw } from "../../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { RequestFinalizeBlock } from "../../../chain/codec/gen/tendermint/abci.ts";
import type { Any } from "../../../chain/codec/index.ts";
import type { Application } from "../../../chain/runtime/index.ts";
import { servedQueries } from "../../../chain/app/index.ts";
import { accounts } from "../../../modules/auth/index.ts";
import type { Random } from "../../sim/random.ts";
import type { Signer } from "../../support/signing.ts";
import { signTx } from "../../support/signing.ts";
import { mutateMessage, touchMessage } from "../bytes.ts";
import { samplesOf } from "../corpus.ts";
import { must, requireSentence } from "../fuzzer.ts";
import type { Decoder, Target } from "../fuzzer.ts";
import { playScene } from "../scene.ts";
import type { Scene } from "../scene.ts";

/** An answer of the application, whichever. */
interface Answer {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/** A code other than 0 has a codespace and a sentence, and is not the code of a bug. */
function isAccepted({ code, codespace, log }: Answer): boolean {
  if (code === 0) return true;
  must(codespace !== "", () => `code ${code} of no codespace`);
  // A transaction without a fee gets the SDK's code of a recovered panic.
  must(code !== 111_222 || log.startsWith("recovered: fee is missing"), () => `a bug: ${log}`);
  requireSentence(log);
  return false;
}

/** State and invariants are what they were before the first input. */
function unchanged(app: Application): () => void {
  const before = toHex(app.store.appHash);
  return () => {
    must(toHex(app.store.appHash) === before, () => "the committed state has changed");
    must(app.brokenInvariants().length === 0, () => app.brokenInvariants().join("; "));
  };
}

function mutateTx(scene: Scene, random: Random): Uint8Array {
  return mutateMessage(random.of(scene.txs), random, random.of(scene.txs));
}

function txTarget(): Target<Uint8Array> {
  const scene = playScene();
  const { app } = scene.machine;
  return {
    make: (random) => mutateTx(scene, random),
    run: (bytes) => {
      const tx = app.decode(bytes);
      if (tx === undefined) return false;
      must(equalBytes(TxRaw.encode(TxRaw.decode(bytes)), bytes), () => "another TxRaw");
      const body = TxBody.encode(tx.body);
      must(equalBytes(body, tx.bodyBytes) || tx.hasUnknownFields, () => `body ${toHex(body)}`);
      must(tx.body.messages.length === tx.messages.length, () => "messages are missing");
      return true;
    },
    show: toHex,
    close: unchanged(app),
  };
}

/** CheckTx, and the simulation, which asks for no signature and so comes as far as the messages. */
function checkTarget(): Target<Uint8Array> {
  const scene = playScene();
  const { app } = scene.machine;
  return {
    make: (random) => mutateMessage(random.of(scene.pending), random, random.of(scene.txs)),
    run: (tx) => {
      const checked = isAccepted(app.checkTx({ tx, type: 0 }));
      return isAccepted(app.simulate(tx)) || checked;
    },
    show: toHex,
    close: unchanged(app),
  };
}

/** A mutated message and who signs it. */
interface Signed {
  readonly messages: readonly Any[];
  readonly by: Signer;
}

function mutateSigned(scene: Scene, random: Random): Signed {
  const { world, messages, current } = scene;
  const chosen = random.of(random.chance(70) ? current : messages);
  const value = random.chance(40)
    ? touchMessage(chosen.value, random)
    : mutateMessage(chosen.value, random, random.of(messages).value);
  const mutated = { typeUrl: chosen.typeUrl, value };
  const type = scene.machine.app.registry.find(chosen.typeUrl);
  const text = type?.table.signer?.[0];
  // Most often the one who signed it before; his name may have been mutated away.
  const field = text?.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) ?? "";
  const name = (type?.decode(chosen.value) as Record<string, unknown> | undefined)?.[field];
  const by = world.signerOf(String(name)) ?? random.of(world.everybody);
  return { messages: random.chance(10) ? [mutated, random.of(messages)] : [mutated], by };
}

/** A block of one transaction that is signed after the mutation. It is never committed. */
function blockTarget(): Target<Signed> {
  const scene = playScene();
  const { app } = scene.machine;
  const run = ({ messages, by }: Signed): boolean => {
    const account = accounts.get(app.context(), by.bytes);
    const { number: accountNumber = 0n, sequence = 0n } = account ?? {};
    const states = [{ signer: by, accountNumber, sequence }];
    const tx = signTx(scene.world.chainId, states, messages, { gas: 8_000_000n });
    const height = scene.machine.height + 1n;
    const time = { seconds: scene.time + 5n, nanos: 0 };
    const response = app.finalizeBlock(RequestFinalizeBlock.create({ txs: [tx], height, time }));
    const [result] = response.txResults;
    must(result !== undefined, () => "no result");
    return isAccepted(result);
  };
  const show = ({ messages, by }: Signed): string =>
    `${by.name}: ${messages.map(({ typeUrl, value }) => `${typeUrl} ${toHex(value)}`).join(", ")}`;
  return { make: (random) => mutateSigned(scene, random), run, show, close: unchanged(app) };
}

/** A query by gRPC path. */
interface Asked {
  readonly path: string;
  readonly data: Uint8Array;
  readonly height: bigint;
  readonly prove: boolean;
}

/** Requests as clients of this chain send them: ids and addresses that exist, where fields hold such. */
function requestsOf(scene: Scene): { readonly path: string; readonly bytes: Uint8Array }[] {
  const real = scene.messages.map(({ value }) => value);
  const samples = servedQueries().flatMap(({ path, request }) =>
    (samplesOf([request])[0]?.bytes ?? []).map((bytes) => ({ path, bytes })),
  );
  // Messages and requests both begin with an address or an id: one often decodes as the other.
  const borrowed = servedQueries().flatMap(({ path, request }) =>
    real
      .filter((bytes) => isRequest(request.decodeLenient, bytes))
      .map((bytes) => ({ path, bytes })),
  );
  return [...samples, ...borrowed];
}

function isRequest(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function queryTarget(): Target<Asked> {
  const scene = playScene();
  const { app } = scene.machine;
  const requests = requestsOf(scene);
  const others = ["/store/bank/key", "/store/nothing/key", "/app/simulate", "/app/version", "/p2p"];
  others.push("/cosmos.tx.v1beta1.Service/Simulate", "", "/", "//", "/no.such.Service/Method");
  return {
    make: (random) => {
      const { path, bytes } = random.of(requests);
      const data = random.chance(20)
        ? bytes
        : mutateMessage(bytes, random, random.of(requests).bytes);
      const height = BigInt(random.chance(90) ? 0 : random.int(-1, 70));
      const place = random.chance(5) ? random.of(others) : path;
      return { path: place, data, height, prove: random.chance(5) };
    },
    run: (asked) => isAccepted(app.query(asked)),
    show: ({ path, data, height, prove }) => `${path} ${toHex(data)} at ${height}, prove ${prove}`,
    close: unchanged(app),
  };
}

/** Decoders of this file. */
export const APP_DECODERS: readonly Decoder[] = [
  { name: "tx", what: "transactions as bytes", open: txTarget },
  {
    name: "checktx",
    what: "CheckTx and simulation of mutated transactions",
    share: 0.2,
    open: checkTarget,
  },
  {
    name: "blocks",
    what: "blocks of one mutated and then signed transaction",
    share: 0.05,
    open: blockTarget,
  },
  { name: "queries", what: "queries answered by the application", open: queryTarget },
];
