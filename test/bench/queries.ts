// List query of orders, a page of a hundred, with each filter: over a small chain and a large one in
// turns. The first page, and one that begins five pages later.
//
//   node build/test/bench/queries.js SMALL=DIR LARGE=DIR

import {
  OrderState,
  QueryOrdersRequest,
  QueryOrdersResponse,
} from "../../chain/codec/gen/leasehold/market/v1.ts";
import { RequestQuery } from "../../chain/codec/gen/tendermint/abci.ts";
import { BenchChain, platform } from "./chain.ts";
import { figure, summary } from "./figures.ts";
import type { Summary } from "./figures.ts";
import { OURS, People } from "./load.ts";

const PATH = "/leasehold.market.v1.Query/Orders";
const LIMIT = 100n;
const ROUNDS = 25;
const PAGES = 5;

interface Subject {
  readonly label: string;
  readonly chain: BenchChain;
}

type Filter = Partial<Omit<QueryOrdersRequest, "pagination">>;

const [owner] = new People(platform, OURS, 1).keyed;
if (owner === undefined) throw new Error("no account");
const model = (name: string): string => `vendor/nvidia/model/${name}`;
const FILTERS: readonly (readonly [name: string, filter: Filter])[] = [
  ["none", {}],
  ["owner", { owner: owner.address }],
  ["owner_closed", { owner: owner.address, state: OrderState.CLOSED }],
  ["open", { state: OrderState.OPEN }],
  ["matched", { state: OrderState.MATCHED }],
  ["closed", { state: OrderState.CLOSED }],
  ["model", { model: model("h100") }],
  ["open_model", { state: OrderState.OPEN, model: model("l40") }],
  ["no_model", { model: model("b200") }],
];

interface Answer {
  readonly us: number;
  readonly refusal: string | undefined;
  readonly page: QueryOrdersResponse;
}

const NOTHING = QueryOrdersResponse.create({});

function ask({ chain }: Subject, filter: Filter, key: Uint8Array = new Uint8Array(0)): Answer {
  const pagination = { key, offset: 0n, limit: LIMIT, countTotal: false, reverse: false };
  const data = QueryOrdersRequest.encode(QueryOrdersRequest.create({ ...filter, pagination }));
  const request = RequestQuery.create({ path: PATH, data });
  const begin = performance.now();
  const { code, log, value } = chain.app.query(request);
  const us = (performance.now() - begin) * 1000;
  if (code !== 0) return { us, refusal: log, page: NOTHING };
  return { us, refusal: undefined, page: QueryOrdersResponse.decode(value) };
}

/** Where the page five pages on begins; undefined when the list is shorter. */
function later(subject: Subject, filter: Filter): Uint8Array | undefined {
  let key: Uint8Array = new Uint8Array(0);
  for (let page = 0; page < PAGES; page++) {
    const { refusal, page: answer } = ask(subject, filter, key);
    key = answer.pagination?.nextKey ?? new Uint8Array(0);
    if (refusal !== undefined || key.length === 0) return undefined;
  }
  return key;
}

/** Times of one page on both chains, in turns; a chain that refuses stands in `refused`. */
function measure(
  name: string,
  filter: Filter,
  keys: readonly (Uint8Array | undefined)[],
): readonly Summary[] {
  const times: number[][] = subjects.map(() => []);
  for (let round = -5; round < ROUNDS; round++)
    for (const [at, subject] of subjects.entries()) {
      const { us, refusal, page } = ask(subject, filter, keys[at]);
      if (round < 0) continue;
      times[at]?.push(us);
      if (round > 0) continue;
      if (refusal !== undefined) refused.add(name);
      const told = refusal === undefined ? `${page.orders.length} orders` : `REFUSED: ${refusal}`;
      console.log(`${name}, ${subject.label}: ${told}`);
    }
  return times.map(summary);
}

const subjects: Subject[] = [];
for (const arg of process.argv.slice(2)) {
  const [label = "", folder = ""] = arg.split("=");
  subjects.push({ label, chain: await BenchChain.open(folder) });
}
const ratios: number[] = [];
const refused = new Set<string>();
const compare = (name: string, filter: Filter, keys: readonly (Uint8Array | undefined)[]): void => {
  const all = measure(name, filter, keys);
  for (const [at, times] of all.entries())
    figure(`list_${name}_${subjects[at]?.label}`, "us", times);
  const [small, large] = all;
  if (small !== undefined && large !== undefined && !refused.has(name))
    ratios.push(large.median / small.median);
};
for (const [name, filter] of FILTERS) {
  compare(name, filter, []);
  const keys = subjects.map((subject) => later(subject, filter));
  if (keys.every((key) => key !== undefined)) compare(`${name}_later`, filter, keys);
}
// The worst filter is the figure: "any filter" is what is promised. A list that is answered on the
// small chain and refused on the large one (the gas of a query ends) has no ratio and is counted.
figure("list_worst", "x", summary([Math.max(...ratios)]));
figure("list_refused", "filters", summary([refused.size]));
for (const { chain } of subjects) await chain.close();
