// Files and folders of a home. What must survive a crash is written beside, synced, then renamed into
// place; what cannot be used is told in a sentence that names it and what stands in the way.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { dirname } from "node:path";

/** What the system's codes mean to a person, and what is expected instead. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied; the user who runs this must have it",
  EPERM: "the system does not permit it; another place is expected",
  EROFS: "the file system is read-only; a place that can be written is expected",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of this user is used up",
  EISDIR: "it is a folder, and a file is expected there",
  EEXIST: "something else is there already",
  ELOOP: "its symbolic links go round in a circle",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
};

/** What could not be done, by the name of the system's call. */
const USES: Readonly<Record<string, string>> = {
  access: "read",
  lstat: "read",
  mkdir: "made",
  open: "opened",
  read: "read",
  rename: "put into place",
  rmdir: "removed",
  scandir: "read",
  stat: "read",
  unlink: "removed",
  write: "written",
};

/** A sentence about a failure of the file system as Node throws it; undefined for another error. */
export function fileSentence(error: Error): string | undefined {
  const { code, syscall = "", path } = error as NodeJS.ErrnoException;
  const use = USES[syscall];
  if (code === undefined || use === undefined || path === undefined) return undefined;
  return sentenceOf(path, use, code);
}

function sentenceOf(path: string, use: string, code: string): string {
  return `${path} cannot be ${use}: ${reasonOf(path, use, code)} (${code})`;
}

/** The same as an error, where it is known what was meant and with which path. */
function fileFailure(path: string, use: string, error: unknown): Error {
  const { code = "unknown" } = error as NodeJS.ErrnoException;
  return new Error(sentenceOf(path, use, code), { cause: error });
}

function reasonOf(path: string, use: string, code: string): string {
  const file = fileInTheWay(path);
  if (file !== undefined && (code === "ENOTDIR" || code === "EEXIST"))
    return `${file === path ? "it" : file} is a file, and a folder is expected there`;
  if (code === "ENOENT")
    return use === "made"
      ? `${dirname(path)} takes no folder; a place that can be written is expected`
      : "there is no such file";
  return REASONS[code] ?? "the system refuses it";
}

/** The first of a path and the folders above it that is there and is no folder. */
function fileInTheWay(path: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    const found = lookAt(at);
    if (found !== undefined) return found.isDirectory() ? undefined : at;
    if (at === dirname(at)) return undefined;
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a file or folder is there. Throws: Error with a sentence when that cannot be seen. */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw fileFailure(path, "read", error);
  }
}

/** Bytes of a file; undefined when it is not there. Throws: Error with a sentence. */
export function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileFailure(path, "read", error);
  }
}

/** Text of a file, as readBytes. */
export function readText(path: string): string | undefined {
  return readBytes(path)?.toString("utf8");
}

/**
 * Makes a folder and those above it that are missing. One by one: Node's own way does not end where the
 * system says that a folder is not there although the one above it is, as in /proc.
 * Throws: Error with a sentence.
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (lookAt(path)?.isDirectory() === true) return;
  if (path !== dirname(path)) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have been faster.
    const found = lookAt(path);
    if (found?.isDirectory() === true) return;
    throw fileFailure(path, found === undefined ? "made" : "used", error);
  }
}

/**
 * Replaces a file so that a crash leaves the old text or the new one, never a part. `beside` is called
 * when the new text is safe and the old one still stands. Throws: Error with a sentence.
 */
export function writeDurably(path: string, text: string, mode = 0o644, beside?: () => void): void {
  const folder = dirname(path);
  makeFolder(folder);
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
