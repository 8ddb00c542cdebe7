// What has to be done at start so that application, engine state and block log stand at one height.
// The table is CometBFT's (consensus/replay.go): the application is never ahead of the log.

/** Heights as they were found. */
export interface HandshakeHeights {
  /** Last committed height of the application; 0 before genesis. */
  readonly app: bigint;
  /** Height of the engine's state. */
  readonly state: bigint;
  /** Newest and oldest block of the log; 0 when empty. */
  readonly store: bigint;
  readonly base: bigint;
  readonly initial: bigint;
}

/** One thing to do, in order. */
export type HandshakeStep =
  /** Send InitChain; `adopt` takes its answer into the engine's state, which has no block yet. */
  | { readonly kind: "initChain"; readonly adopt: boolean }
  /** Execute and commit a logged block in the application; the engine's state knows it already. */
  | { readonly kind: "replay"; readonly height: bigint }
  /** Execute a logged block in full: the engine's state does not know it yet. */
  | { readonly kind: "apply"; readonly height: bigint }
  /** The application has committed the block: take its kept answer into the engine's state. */
  | { readonly kind: "adopt"; readonly height: bigint };

/** Plans the handshake. Throws: Error with a sentence when the heights cannot belong together. */
export function planHandshake(heights: HandshakeHeights): readonly HandshakeStep[] {
  const { app, state, store, base, initial } = heights;
  if (store < state || store > (state === 0n ? initial : state + 1n))
    throw new Error(
      `the block log ends at ${store}, the engine's state at ${state}: they do not fit`,
    );
  if (app > store) {
    throw new Error(
      `the application is at height ${app}, the block log ends at ${store}: the log was lost or ` +
        "replaced; restore it, or start again from genesis",
    );
  }
  if (app > 0n && app + 1n < base)
    throw new Error(`the application is at height ${app}, the oldest block kept is ${base}`);
  if (app === 0n && store > 0n && base > initial)
    throw new Error(`the application is empty and the blocks from ${initial} on are pruned`);
  const steps: HandshakeStep[] = [];
  if (app === 0n) steps.push({ kind: "initChain", adopt: state === 0n });
  const first = app === 0n ? initial : app + 1n;
  for (let height = first; height <= state; height++) steps.push({ kind: "replay", height });
  if (store > state) steps.push({ kind: app === store ? "adopt" : "apply", height: store });
  return steps;
}
