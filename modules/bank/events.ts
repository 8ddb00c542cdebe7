// The SDK's events of coin movements.

import type { Context } from "../../chain/runtime/index.ts";

/** Coins left an address. */
export function emitSpent(ctx: Context, spender: string, amount: string): void {
  ctx.emit({
    type: "coin_spent",
    attributes: [
      { key: "spender", value: spender },
      { key: "amount", value: amount },
    ],
  });
}

/** Coins came to an address. */
export function emitReceived(ctx: Context, receiver: string, amount: string): void {
  ctx.emit({
    type: "coin_received",
    attributes: [
      { key: "receiver", value: receiver },
      { key: "amount", value: amount },
    ],
  });
}

/** Coins went from one address to another. */
export function emitTransfer(
  ctx: Context,
  move: { readonly recipient: string; readonly sender: string; readonly amount: string },
): void {
  ctx.emit({
    type: "transfer",
    attributes: [
      { key: "recipient", value: move.recipient },
      { key: "sender", value: move.sender },
      { key: "amount", value: move.amount },
    ],
  });
}

/** Names who set a movement off, for searches by sender. */
export function emitSender(ctx: Context, sender: string): void {
  ctx.emit({ type: "message", attributes: [{ key: "sender", value: sender }] });
}

/** Coins were made. */
export function emitMinted(ctx: Context, minter: string, amount: string): void {
  ctx.emit({
    type: "coinbase",
    attributes: [
      { key: "minter", value: minter },
      { key: "amount", value: amount },
    ],
  });
}

/** Coins were destroyed. */
export function emitBurned(ctx: Context, burner: string, amount: string): void {
  ctx.emit({
    type: "burn",
    attributes: [
      { key: "burner", value: burner },
      { key: "amount", value: amount },
    ],
  });
}
