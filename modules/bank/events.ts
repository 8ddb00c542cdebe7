// The SDK's events of coin movements.

import { attribute } from "../../chain/runtime/index.ts";
import type { Context } from "../../chain/runtime/index.ts";

/** Coins left an address. */
export function emitSpent(ctx: Context, spender: string, amount: string): void {
  ctx.emit({
    type: "coin_spent",
    attributes: [attribute("spender", spender), attribute("amount", amount)],
  });
}

/** Coins came to an address. */
export function emitReceived(ctx: Context, receiver: string, amount: string): void {
  ctx.emit({
    type: "coin_received",
    attributes: [attribute("receiver", receiver), attribute("amount", amount)],
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
      attribute("recipient", move.recipient),
      attribute("sender", move.sender),
      attribute("amount", move.amount),
    ],
  });
}

/** Names who set a movement off, for searches by sender. */
export function emitSender(ctx: Context, sender: string): void {
  ctx.emit({ type: "message", attributes: [attribute("sender", sender)] });
}

/** Coins were made. */
export function emitMinted(ctx: Context, minter: string, amount: string): void {
  ctx.emit({
    type: "coinbase",
    attributes: [attribute("minter", minter), attribute("amount", amount)],
  });
}

/** Coins were destroyed. */
export function emitBurned(ctx: Context, burner: string, amount: string): void {
  ctx.emit({
    type: "burn",
    attributes: [attribute("burner", burner), attribute("amount", amount)],
  });
}
