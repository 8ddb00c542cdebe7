// Follows every object of the chain from state to state by the events of blocks, and counts each
// step. It knows no rule: what may follow what is for the auditor, the invariants and the tables of
// the modules' READMEs, whose rows `coverage.ts` holds against these counts.

import type { Seen } from "./auditor_seen.ts";
import type { Tally } from "./tally.ts";

/** Table of the counts: names are `object: from -> to`. */
export const TRANSITIONS = "transitions";

const NONE = "none";
const ORDER = ["owner", "dseq", "gseq", "oseq"];
const LEASE = [...ORDER, "provider"];
const ACCOUNT = ["scope", ...LEASE];
/** Ends of a lease that the table calls a typed reason. */
const REASONS = ["hardware", "decommission", "terms_broken", "unstable", "provider"];

type Step = (journal: Journal, event: Seen, later: readonly Seen[]) => void;

function text(event: Seen, key: string): string {
  return event.attributes.get(key) ?? "";
}

function id(event: Seen, keys: readonly string[]): string {
  return keys.map((key) => text(event, key)).join("/");
}

/** The name of an enum value in lower case, without the name of its enum. */
function word(event: Seen, key: string, prefix: string): string {
  return text(event, key).replace(prefix, "").toLowerCase();
}

/** Whether a later event of the same transaction or stage is of this type, on the same object. */
function follows(
  later: readonly Seen[],
  type: string,
  keys: readonly string[],
  own: Seen,
): boolean {
  return later.some((other) => other.type === type && id(other, keys) === id(own, keys));
}

/** States of all objects, and the counts of their steps. */
export class Journal {
  readonly #tally: Tally;
  readonly #states = new Map<string, Map<string, string>>();
  /** Payments that are not closed, by account. */
  readonly #payments = new Map<string, number>();

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Reads the events of one transaction or one stage of a block. */
  read(events: readonly Seen[]): void {
    for (const [at, event] of events.entries())
      STEPS.get(event.type)?.(this, event, events.slice(at + 1));
  }

  /** Objects in a state, by `object state`. */
  census(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [object, states] of this.#states)
      for (const state of states.values()) {
        const name = `${object} ${state}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    return counts;
  }

  /** Names of the objects of a kind that are in a state. */
  in(object: string, state: string): string[] {
    const states = this.#states.get(object) ?? new Map<string, string>();
    return [...states].filter(([, one]) => one === state).map(([name]) => name);
  }

  state(object: string, name: string): string {
    return this.#states.get(object)?.get(name) ?? NONE;
  }

  /** Takes a step. `stay`: the state to go on from, where the label says more than that. */
  go(object: string, name: string, to: string, stay = to): void {
    const from = this.state(object, name);
    this.#tally.add(TRANSITIONS, `${object}: ${from} -> ${to}`);
    const states = this.#states.get(object) ?? new Map<string, string>();
    this.#states.set(object, states);
    if (stay === NONE) states.delete(name);
    else states.set(name, stay);
  }

  /** A new object under a name that may have been used before. */
  begin(object: string, name: string, to: string): void {
    this.#states.get(object)?.delete(name);
    this.go(object, name, to);
  }

  /** Something about an object changed, its state did not. */
  remain(object: string, name: string): void {
    this.go(object, name, this.state(object, name));
  }

  /** Counts a payment of an account up or down; without payments a suspended account is open. */
  payments(account: string, change: number): void {
    const left = (this.#payments.get(account) ?? 0) + change;
    this.#payments.set(account, left);
    const isSuspended = this.state("account", account) === "account suspended";
    if (left === 0 && isSuspended) this.go("account", account, "account open");
  }
}

function onLease(to: string): Step {
  return (journal, event) => journal.go("lease", id(event, LEASE), to);
}

function onBid(to: string): Step {
  return (journal, event) => journal.go("bid", id(event, LEASE), to);
}

function deploymentOf(event: Seen): string {
  return id(event, ["owner", "dseq"]);
}

function groupOf(event: Seen): string {
  return id(event, ["owner", "dseq", "gseq"]);
}

function accountOfPayment(event: Seen): string {
  return ["SCOPE_DEPLOYMENT", text(event, "owner"), text(event, "dseq"), "0", "0", ""].join("/");
}

function withCause(state: string, cause: string): string {
  return state === "paused" ? `paused(${cause})` : state;
}

const MARKET: Readonly<Record<string, Step>> = {
  EventOrderOpened: (journal, event) => journal.begin("order", id(event, ORDER), "open"),
  EventOrderRolling: (journal, event) =>
    journal.go("order", id(event, ORDER), "open (rolling)", "open"),
  EventOrderEnded: (journal, event) =>
    journal.go("order", id(event, ORDER), word(event, "state", "ORDER_STATE_")),
  EventBidCreated: (journal, event) => journal.begin("bid", id(event, LEASE), "open"),
  EventBidLowered: (journal, event) => journal.remain("bid", id(event, LEASE)),
  EventBidStandby: onBid("standby"),
  EventBidWon: onBid("won"),
  EventBidEnded(journal, event) {
    const state = word(event, "state", "BID_STATE_");
    const end = word(event, "end", "BID_END_");
    journal.go("bid", id(event, LEASE), state === "lost" ? `lost (${end})` : state, NONE);
  },
  EventOfferPosted(journal, event, later) {
    if (!follows(later, "leasehold.market.v1.EventOfferState", ["offer"], event))
      journal.begin("offer", text(event, "offer"), "active");
  },
  EventOfferUpdated: (journal, event) => journal.remain("offer", text(event, "offer")),
  EventOfferState: (journal, event) =>
    journal.go("offer", text(event, "offer"), word(event, "state", "OFFER_STATE_")),
  EventLeaseCreated(journal, event) {
    journal.go("order", id(event, ORDER), "matched");
    journal.begin("lease", id(event, LEASE), "starting");
  },
  EventLeaseStarted: onLease("active"),
  EventLeaseSuspended: onLease("suspended"),
  EventLeaseResuming: onLease("resuming"),
  EventLeaseResumed: onLease("active"),
  EventLeaseClosed(journal, event) {
    const end = word(event, "end", "LEASE_END_");
    const reason = REASONS.includes(end) ? "reason" : end;
    journal.go("lease", id(event, LEASE), `closed (${reason})`, NONE);
  },
};

const DEPLOYMENT: Readonly<Record<string, Step>> = {
  EventDeploymentCreated: (journal, event) =>
    journal.begin("deployment", deploymentOf(event), "active"),
  EventDeploymentUpdated: (journal, event) => journal.remain("deployment", deploymentOf(event)),
  EventSettingsUpdated: (journal, event) => journal.remain("deployment", deploymentOf(event)),
  EventDeploymentStateChanged(journal, event) {
    const to = word(event, "to", "DEPLOYMENT_STATE_");
    const cause = word(event, "cause", "PAUSE_CAUSE_");
    journal.go("deployment", deploymentOf(event), withCause(to, cause));
  },
  EventGroupAdded: (journal, event) => journal.begin("group", groupOf(event), "open"),
  EventGroupStateChanged(journal, event) {
    const to = word(event, "to", "GROUP_STATE_");
    journal.go("group", groupOf(event), withCause(to, word(event, "cause", "GROUP_PAUSE_")));
  },
};

const ESCROW: Readonly<Record<string, Step>> = {
  EventAccountCreated: (journal, event) =>
    journal.begin("account", id(event, ACCOUNT), "account open"),
  EventDeposited(journal, event, later) {
    if (!follows(later, "leasehold.escrow.v1.EventAccountResumed", ACCOUNT, event))
      journal.remain("account", id(event, ACCOUNT));
  },
  EventAccountSuspended: (journal, event) =>
    journal.go("account", id(event, ACCOUNT), "account suspended"),
  EventAccountResumed: (journal, event) =>
    journal.go("account", id(event, ACCOUNT), "account open"),
  EventAccountClosed: (journal, event) =>
    journal.go("account", id(event, ACCOUNT), "account closed", NONE),
  EventPaymentCreated(journal, event) {
    journal.begin("payment", id(event, LEASE), "pending");
    journal.payments(accountOfPayment(event), 1);
  },
  EventPaymentStateChanged: (journal, event) =>
    journal.go("payment", id(event, LEASE), word(event, "to", "PAYMENT_STATE_")),
  EventPaymentClosed(journal, event) {
    journal.go("payment", id(event, LEASE), "closed", NONE);
    journal.payments(accountOfPayment(event), -1);
  },
};

const PROVIDER: Readonly<Record<string, Step>> = {
  EventProviderRegistered: (journal, event) =>
    journal.begin("provider", text(event, "provider"), "active"),
  EventProviderStateChanged(journal, event) {
    const to = word(event, "to", "PROVIDER_STATE_");
    const cause = word(event, "cause", "PAUSE_CAUSE_");
    journal.go("provider", text(event, "provider"), withCause(to, cause));
  },
  EventHeartbeat: (journal, event) => journal.go("heartbeat", text(event, "provider"), "fresh"),
  EventHeartbeatStale: (journal, event) =>
    journal.go("heartbeat", text(event, "provider"), "stale"),
};

function named(module: string, steps: Readonly<Record<string, Step>>): [string, Step][] {
  return Object.entries(steps).map(([type, step]) => [`leasehold.${module}.v1.${type}`, step]);
}

const STEPS = new Map<string, Step>([
  ...named("market", MARKET),
  ...named("deployment", DEPLOYMENT),
  ...named("escrow", ESCROW),
  ...named("provider", PROVIDER),
]);
