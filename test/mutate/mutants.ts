// Private copies of the compiled tree, in which one guard at a time is switched off. The working
// tree is only read.

import { transformSync } from "esbuild";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guard } from "./guard.ts";

/** What is not linked into a copy: the build is copied, the rest no test reads. */
const LEFT_OUT = ["build", ".git", ".cache", ".leasehold"];

/** The source of a guard's file without the guard. Throws: Error when the text is not there once. */
export function mutated({ name, file, source, replacement }: Guard, text: string): string {
  const [before, after, ...more] = text.split(source);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${name}: its text does not stand exactly once in ${file}`);
  return `${before}${replacement}${after}`;
}

/** JavaScript of a source file, as the compiler writes it: types gone, imports of `.js` files. */
function compiled(text: string, file: string): string {
  const { code } = transformSync(text, {
    loader: "ts",
    format: "esm",
    target: "es2023",
    sourcefile: file,
  });
  return code.replace(/(from\s*|import\s*\(?\s*)"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"');
}

/** A copy of the tree in which tests can run. */
export class MutantTree {
  readonly root: string;

  /** `from`: root of the working tree, compiled. */
  constructor(from: string) {
    this.root = mkdtempSync(join(tmpdir(), "leasehold-mutant-"));
    cpSync(join(from, "build"), join(this.root, "build"), { recursive: true });
    for (const name of readdirSync(from))
      if (!LEFT_OUT.includes(name)) symlinkSync(join(from, name), join(this.root, name));
    mkdirSync(join(this.root, "tmp"));
  }

  /** Runs `body` while a guard is switched off. */
  async without<T>(guard: Guard, body: () => Promise<T>): Promise<T> {
    const built = join(this.root, "build", guard.file.replace(/\.ts$/, ".js"));
    const original = readFileSync(built);
    const source = readFileSync(join(this.root, guard.file), "utf8");
    writeFileSync(built, compiled(mutated(guard, source), guard.file));
    try {
      return await body();
    } finally {
      writeFileSync(built, original);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
