// Files that must survive a crash: written beside, synced, then renamed into place.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Replaces a file so that a crash leaves the old text or the new one, never a part. `beside` is called
 * when the new text is safe and the old one still stands.
 */
export function writeDurably(path: string, text: string, mode = 0o644, beside?: () => void): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  beside?.();
  renameSync(temporary, path);
  const parent = openSync(folder, "r");
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
