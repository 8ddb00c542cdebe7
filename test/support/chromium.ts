// A headless Chromium that a test drives over the DevTools protocol: open a page, run an expression in
// it, wait until one holds.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/** A first start on a busy machine took 6 s. */
const START_LIMIT_MS = 30_000;
const CLOSE_LIMIT_MS = 5000;

/** Path of the browser, or a sentence that says why there is none. */
export function findChromium(): { readonly path: string } | { readonly missing: string } {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const path = [process.env["CHROMIUM"] ?? "", ...places].find((at) => at !== "" && existsSync(at));
  return path === undefined ? { missing: "Chromium is not installed" } : { path };
}

/** Quiet, without a profile and without calls of its own to the outside. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/** One page of a browser of its own. */
export class BrowserPage {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #calls = new Map<number, (answer: Answer) => void>();
  #last = 0;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      this.#calls.get(answer.id ?? 0)?.(answer);
      this.#calls.delete(answer.id ?? 0);
    });
  }

  /** Starts the browser at `path` and opens `url`. */
  static async open(path: string, url: string): Promise<BrowserPage> {
    const profile = mkdtempSync(join(tmpdir(), "leasehold-browser-"));
    const flags = [...FLAGS, `--user-data-dir=${profile}`, url];
    const child = spawn(path, flags, { stdio: ["ignore", "ignore", "pipe"] });
    try {
      const browser = await debuggingAddress(child);
      const socket = new WebSocket(await pageAddress(browser));
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      return new BrowserPage(child, profile, socket);
    } catch (error) {
      child.kill("SIGKILL");
      rmSync(profile, { recursive: true, force: true });
      throw error;
    }
  }

  /** The value of an expression in the page. Throws: Error with the page's own text. */
  async evaluate(expression: string): Promise<unknown> {
    const id = ++this.#last;
    const params = { expression, awaitPromise: true, returnByValue: true };
    const answered = new Promise<Answer>((resolve) => this.#calls.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params }));
    const { result } = await answered;
    if (result?.exceptionDetails !== undefined)
      throw new Error(JSON.stringify(result.exceptionDetails));
    return result?.result?.value;
  }

  /** Waits until an expression is true. Throws: Error with the expression after `limitMs`. */
  async until(expression: string, limitMs = START_LIMIT_MS): Promise<void> {
    const end = performance.now() + limitMs;
    while ((await this.evaluate(`Boolean(${expression})`)) !== true) {
      if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${expression}`);
      await pause(100);
    }
  }

  /** Ends the browser with all its processes and removes its profile. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#socket.send(JSON.stringify({ id: ++this.#last, method: "Browser.close" }));
    const late = setTimeout(() => this.#child.kill("SIGKILL"), CLOSE_LIMIT_MS);
    await ended;
    clearTimeout(late);
    this.#socket.terminate();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface Answer {
  readonly id?: number;
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: unknown;
  };
}

/** The browser prints where its debugger listens. */
function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = "";
    const fail = (why: string): void => reject(new Error(`Chromium ${why}:\n${seen}`));
    const timer = setTimeout(() => fail("did not start"), START_LIMIT_MS);
    child.once("error", (error) => fail(String(error)));
    child.once("exit", () => fail("ended"));
    child.stderr?.on("data", (data: Buffer) => {
      seen += data.toString();
      const found = /ws:\/\/([^/\s]+)\//.exec(seen)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}

/** Where the debugger of the one page listens; it appears shortly after the browser's own. */
async function pageAddress(browser: string): Promise<string> {
  for (const end = performance.now() + START_LIMIT_MS; performance.now() < end;) {
    const response = await fetch(`http://${browser}/json/list`);
    const pages = (await response.json()) as { type: string; webSocketDebuggerUrl: string }[];
    const page = pages.find(({ type }) => type === "page");
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await pause(50);
  }
  throw new Error("Chromium opened no page");
}
