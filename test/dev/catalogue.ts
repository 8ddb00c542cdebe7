// What the three sellers of a local chain have and ask. Names and prices are made up.

import type { Fill } from "../../client/fill.ts";
import type { MsgPostOffer } from "../../chain/codec/gen/leasehold/market/v1.ts";
import type { Device } from "../../chain/codec/gen/leasehold/provider/v1.ts";

/** One seller: its key name, what it says of itself, its hardware and its offers. */
export interface Seller {
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
  readonly devices: readonly Device[];
  readonly offers: readonly Offering[];
}

/** A standing offer without the parts that depend on the chain. */
export type Offering = Pick<Fill<MsgPostOffer>, "denom" | "prices" | "shapes" | "model">;

const GIB = 1024n ** 3n;
const TIB = 1024n * GIB;
/** Unit prices are in 10^-6 base units: this many are one base unit. */
const MICRO = 1_000_000n;

/** Unit prices in base units (10^-6 of a coin) per hour; storage and memory per GiB. */
function prices(cpu: bigint, memory: bigint, storage: bigint, gpu: bigint): Offering["prices"] {
  const classes = ["", "beta1", "beta2", "beta3", "default", "ram"];
  return {
    cpuHour: cpu * MICRO,
    memoryGibHour: memory * MICRO,
    storage: classes.map((name) => ({ class: name, perGibHour: storage * MICRO })),
    gpuHour: gpu * MICRO,
    endpointHour: 0n,
    ipHour: 2000n * MICRO,
  };
}

function gpu(
  model: string,
  ram: string,
  perHost: bigint,
  hosts: number,
  price: bigint,
  denom = "uusd",
): Offering {
  return {
    denom,
    model: { vendor: "nvidia", model, ram, interface: "" },
    prices: prices(4000n, 800n, 10n, price),
    shapes: [
      {
        hosts,
        cpuMilli: 256_000n,
        memoryBytes: 2048n * GIB,
        storageBytes: 16n * TIB,
        gpus: perHost,
      },
    ],
  };
}

function cpu(hosts: number, price: bigint, denom = "uusd"): Offering {
  return {
    denom,
    prices: prices(price, price / 5n, 5n, 0n),
    shapes: [
      { hosts, cpuMilli: 64_000n, memoryBytes: 256n * GIB, storageBytes: 8n * TIB, gpus: 0n },
    ],
  };
}

function device(name: string, model: string, count: bigint): Device {
  return { class: name, kind: name === "cpu" ? "CPU" : "GPU", model, count };
}

/** The sellers of `make start`. */
export const SELLERS: readonly Seller[] = [
  {
    name: "seller1",
    attributes: [
      { key: "region", value: "eu-north" },
      { key: "host", value: "leasehold" },
    ],
    devices: [device("cpu", "", 512n)],
    offers: [cpu(4, 5000n), cpu(4, 4500n, "ulease")],
  },
  {
    name: "seller2",
    attributes: [
      { key: "region", value: "us-west" },
      { key: "host", value: "akash" },
    ],
    devices: [
      device("cpu", "", 256n),
      device("rtx4090", "vendor/nvidia/model/rtx4090", 16n),
      device("a100", "vendor/nvidia/model/a100", 16n),
      device("l40", "vendor/nvidia/model/l40", 16n),
    ],
    offers: [
      cpu(4, 6000n),
      gpu("rtx4090", "24Gi", 8n, 2, 350_000n),
      gpu("l40", "48Gi", 8n, 2, 600_000n),
      gpu("a100", "80Gi", 8n, 2, 1_100_000n),
    ],
  },
  {
    name: "seller3",
    attributes: [
      { key: "region", value: "us-east" },
      { key: "host", value: "akash" },
    ],
    devices: [
      device("h200", "vendor/nvidia/model/h200", 32n),
      device("h100", "vendor/nvidia/model/h100", 32n),
      device("l4", "vendor/nvidia/model/l4", 8n),
    ],
    offers: [
      gpu("h200", "141Gi", 8n, 4, 3_000_000n),
      gpu("h100", "80Gi", 8n, 4, 2_200_000n),
      gpu("l4", "24Gi", 4n, 2, 250_000n),
    ],
  },
];
