// Transition tables of module market, through the whole application.

import { test } from "uvu";
import { runRows } from "../support/rows.ts";
import { BID_ROWS } from "../support/market_bids.ts";
import { LEASE_ROWS } from "../support/market_leases.ts";
import { OFFER_ROWS } from "../support/market_offers.ts";
import { ORDER_ROWS } from "../support/market_orders.ts";

runRows("market", new Map([...ORDER_ROWS, ...BID_ROWS, ...OFFER_ROWS, ...LEASE_ROWS]));

test.run();
