// What hostile clients do, each for some seconds. All of it goes to addresses of this machine, is
// bounded in connections and time, and ends by itself.

import { connect } from "node:net";
import type { Socket } from "node:net";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { MsgSend } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { requestBytes, Wire } from "../fuzz/wire.ts";
import { msg, signTx } from "../support/signing.ts";
import { victim } from "./load.ts";

/** Where the doors are; ports on this machine. */
export interface Doors {
  /** JSON-RPC; 0 when another program has that door. */
  readonly rpc: number;
  readonly rest: number;
  /** ABCI socket; 0 when there is none. */
  readonly abci: number;
}

/** What an attack came to. */
export interface Done {
  /** Requests, connections or messages that were sent. */
  sent: number;
  /** Connections that the node ended. */
  cut: number;
}

/** Runs until `until` (performance.now of this process). */
export type Attack = (doors: Doors, until: number) => Promise<Done>;

const HOST = "127.0.0.1";

function running(until: number): boolean {
  return performance.now() < until;
}

/** Whether a connection is there and can be written to. */
function isOpen(socket: Socket | undefined): socket is Socket {
  return socket?.writable === true;
}

/** The doors that are there. */
function portsOf({ rpc, rest }: Doors): number[] {
  return [rpc, rest].filter((port) => port !== 0);
}

/** An open connection; undefined when it is refused. */
function dial(port: number, done: Done): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => {
      done.cut++;
      resolve(undefined);
    });
    socket.once("connect", () => resolve(socket));
  });
}

/** Runs `work` on so many lanes at once until the time is over. */
async function lanes(
  count: number,
  until: number,
  work: (lane: number) => Promise<void>,
): Promise<void> {
  const lane = async (index: number): Promise<void> => {
    while (running(until)) {
      await work(index).catch(() => undefined);
      await pause(1);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => lane(index)));
}

// ---- bytes and connections --------------------------------------------------------------------------

/** Random bytes to both doors from fifty connections, opened again when they are cut. */
const randomBytesAttack: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const ports = portsOf(doors);
  await lanes(50, until, async (lane) => {
    const socket = await dial(ports[lane % ports.length] ?? 0, done);
    for (let i = 0; i < 20 && isOpen(socket) && running(until); i++) {
      socket.write(randomBytes(1 + ((i * 997) % 4000)));
      done.sent++;
      await pause(5);
    }
    socket?.destroy();
  });
  return done;
};

/** Opens connections as fast as it can, and holds as many as it gets. */
const connectionFlood: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const held: Socket[] = [];
  const ports = portsOf(doors);
  await lanes(20, until, async (lane) => {
    const socket = await dial(ports[lane % ports.length] ?? 0, done);
    done.sent++;
    if (socket === undefined) return;
    if (held.length < 1500) held.push(socket);
    else socket.destroy();
  });
  for (const socket of held) socket.destroy();
  return done;
};

/** Hundreds of requests of which a byte comes every now and then. */
const slowWriters: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const heads = [
    "GET /status HTTP/1.1\r\nx: ",
    "POST / HTTP/1.1\r\ncontent-length: 100000\r\n\r\n{",
  ];
  const ports = portsOf(doors);
  await lanes(300, until, async (lane) => {
    const socket = await dial(ports[lane % ports.length] ?? 0, done);
    socket?.write(heads[lane % 2] ?? "");
    while (isOpen(socket) && running(until)) {
      socket.write("a");
      done.sent++;
      await pause(100);
    }
    socket?.destroy();
  });
  return done;
};

/** Asks for the largest answers again and again on one connection, and reads nothing. */
const slowReaders: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const search = "/tx_search?query=%22tx.height%3E0%22&per_page=100&prove=true";
  const asks = [requestBytes("GET", search), requestBytes("GET", "/genesis")];
  const rest = requestBytes("GET", "/cosmos/tx/v1beta1/txs?query=tx.height%3E0&limit=100");
  await lanes(60, until, async (lane) => {
    const isRest = doors.rpc === 0 || lane % 3 === 0;
    const socket = await dial(isRest ? doors.rest : doors.rpc, done);
    socket?.pause();
    for (let i = 0; i < 50 && isOpen(socket) && running(until); i++) {
      socket.write(isRest ? rest : (asks[i % 2] as Uint8Array));
      done.sent++;
      await pause(20);
    }
    while (isOpen(socket) && running(until)) await pause(50);
    socket?.destroy();
  });
  return done;
};

/** Bodies of 100 MB, with their length told and in chunks. */
const largeBodies: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const block = Buffer.alloc(1 << 20, "[");
  const heads = ["content-length: 104857600", "transfer-encoding: chunked"];
  const ports = portsOf(doors);
  await lanes(8, until, async (lane) => {
    const chunked = lane % 2 === 1;
    const socket = await dial(ports[lane % ports.length] ?? 0, done);
    socket?.write(`POST / HTTP/1.1\r\nhost: a\r\n${heads[chunked ? 1 : 0]}\r\n\r\n`);
    for (let i = 0; i < 100 && isOpen(socket) && running(until); i++) {
      if (chunked) socket.write("100000\r\n");
      const more = socket.write(block);
      if (chunked) socket.write("\r\n");
      if (!more) await pause(5);
    }
    done.sent++;
    socket?.destroy();
  });
  return done;
};

// ---- requests ---------------------------------------------------------------------------------------

/** Sends one of these requests after the other on each lane, each after the answer to the one before. */
async function hammer(
  count: number,
  until: number,
  port: number,
  requests: readonly Uint8Array[],
): Promise<Done> {
  const done: Done = { sent: 0, cut: 0 };
  await lanes(count, until, async (lane) => {
    const wire = new Wire(port);
    for (let i = lane; running(until); i++) {
      const { status } = await wire.send(requests[i % requests.length] as Uint8Array);
      done.sent++;
      if (status === 0) done.cut++;
    }
    wire.close();
  });
  return done;
}

function call(method: string, params: object): object {
  return { jsonrpc: "2.0", id: 1, method, params };
}

const BALANCES = "/cosmos.bank.v1beta1.Query/DenomOwners";
const EXPENSIVE: readonly object[] = [
  call("tx_search", { query: "tx.height>0", per_page: "100", prove: true, order_by: "desc" }),
  call("tx_search", { query: "transfer.sender CONTAINS 'lease'", per_page: "100" }),
  call("block_search", { query: "block.height>0", per_page: "100" }),
  call("blockchain", { minHeight: "1", maxHeight: "0" }),
  // denom "ulease", a thousand rows, all of them counted
  call("abci_query", { path: BALANCES, data: "0a06756c65617365120518e8072001" }),
  call("genesis", {}),
];

/** Batches as large as the door takes, of what costs most. */
const hugeBatches: Attack = async (doors, until) => {
  const batch = Array.from({ length: 100 }, (_, i) => EXPENSIVE[i % EXPENSIVE.length] as object);
  const over = Array.from({ length: 20_000 }, () => call("health", {}));
  const bodies = [batch, batch, over].map((list) =>
    requestBytes("POST", "/", JSON.stringify(list)),
  );
  return hammer(8, until, doors.rpc, bodies);
};

/** Single requests of what costs most. */
const expensiveQueries: Attack = async (doors, until) => {
  const posts = EXPENSIVE.map((one) => requestBytes("POST", "/", JSON.stringify(one)));
  const gets = [
    "/cosmos/tx/v1beta1/txs?query=tx.height%3E0&limit=100",
    "/cosmos/bank/v1beta1/supply",
  ];
  const owners = "/cosmos/bank/v1beta1/denom_owners/ulease?pagination.limit=1000";
  const rest = [...gets, owners].map((path) => requestBytes("GET", path));
  const doorsHit = [hammer(16, until, doors.rest, rest)];
  if (doors.rpc !== 0) doorsHit.push(hammer(16, until, doors.rpc, posts));
  const results = await Promise.all(doorsHit);
  return {
    sent: results.reduce((sum, { sent }) => sum + sent, 0),
    cut: results.reduce((sum, { cut }) => sum + cut, 0),
  };
};

/** Bodies as long as the door reads, nested to the end. */
const deepBodies: Attack = async (doors, until) => {
  const port = doors.rpc === 0 ? doors.rest : doors.rpc;
  const path = doors.rpc === 0 ? "/cosmos/tx/v1beta1/simulate" : "/";
  const shapes = ["[", '{"a":', '[{"id":1},'].map((open) => {
    const body = open.repeat(Math.floor(900_000 / open.length));
    return requestBytes("POST", path, body);
  });
  return hammer(8, until, port, shapes);
};

/** Transactions that fail at the last check: right in everything but the signature. */
const badTransactions: Attack = async (doors, until) => {
  const { signer, number } = victim();
  const amount = [{ denom: "ulease", amount: "1" }];
  const send = msg(MsgSend, { fromAddress: signer.address, toAddress: signer.address, amount });
  const state = { signer, accountNumber: BigInt(number), sequence: 0n };
  const right = signTx("test-1", [state], [send], { gas: 200_000n });
  const requests = Array.from({ length: 2000 }, () => {
    const tx = right.slice();
    tx.set(randomBytes(30), tx.length - 31);
    const body = call("broadcast_tx_sync", { tx: Buffer.from(tx).toString("base64") });
    return requestBytes("POST", "/", JSON.stringify(body));
  });
  return hammer(16, until, doors.rpc, requests);
};

// ---- WebSockets -------------------------------------------------------------------------------------

/** A hundred clients with five subscriptions each, who subscribe and leave, or never read. */
const subscriptionFlood: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const queries = ["tm.event='Tx'", "tm.event='NewBlock'", "tm.event='NewBlockHeader'"].concat([
    "tm.event='Tx' AND transfer.amount>0",
    "tm.event='NewBlockEvents'",
  ]);
  await lanes(100, until, async (lane) => {
    const socket = new WebSocket(`ws://${HOST}:${doors.rpc}/websocket`);
    const closed = new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      socket.once("error", () => resolve());
    });
    socket.once("open", () => {
      for (const query of queries) socket.send(JSON.stringify(call("subscribe", { query })));
      if (lane % 4 === 0) socket.pause();
    });
    while (socket.readyState <= WebSocket.OPEN && running(until)) {
      await Promise.race([closed, pause(200)]);
      if (socket.readyState !== WebSocket.OPEN || lane % 4 === 0) continue;
      for (const method of ["unsubscribe_all", "subscribe"]) {
        socket.send(JSON.stringify(call(method, { query: queries[lane % 5] })));
        done.sent++;
      }
    }
    if (running(until)) done.cut++;
    socket.terminate();
  });
  return done;
};

// ---- the ABCI socket --------------------------------------------------------------------------------

/** A stranger on the machine at the application's socket: rubbish, and messages announced of 2 GiB. */
const abciStranger: Attack = async (doors, until) => {
  const done: Done = { sent: 0, cut: 0 };
  const huge = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07);
  await lanes(4, until, async (lane) => {
    const socket = await dial(doors.abci, done);
    if (lane % 2 === 0) socket?.write(huge);
    for (let i = 0; i < 50 && isOpen(socket) && running(until); i++) {
      socket.write(randomBytes(5000));
      done.sent++;
      await pause(5);
    }
    socket?.destroy();
  });
  return done;
};

/** Everything by name, in the order of the table; with the doors that each needs. */
export const ATTACKS: readonly (readonly [name: string, door: "any" | "rpc" | "abci", Attack])[] = [
  ["random bytes", "any", randomBytesAttack],
  ["connection flood", "any", connectionFlood],
  ["slow writers", "any", slowWriters],
  ["slow readers", "any", slowReaders],
  ["subscription flood", "rpc", subscriptionFlood],
  ["huge batches", "rpc", hugeBatches],
  ["expensive queries", "any", expensiveQueries],
  ["100 MB bodies", "any", largeBodies],
  ["deep bodies", "any", deepBodies],
  ["bad transactions", "rpc", badTransactions],
  ["ABCI stranger", "abci", abciStranger],
];
