// The version text of an SDL file, by the tolerant rule of the semver package that Go uses.

import type { Grammar } from "./model.ts";

/** A version that could be read. */
export interface SdlVersion {
  /** major.minor. */
  readonly text: string;
  /** How the file is read; undefined when no grammar belongs to this version. */
  readonly grammar: Grammar | undefined;
  readonly note?: string;
}

/** Reads `2`, `2.0`, `v2.0`, ` 2.00 `; undefined when it is no version. */
export function parseSdlVersion(text: string): SdlVersion | undefined {
  const match = /^v?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [major, minor, patch] = [1, 2, 3].map((index) => Number(match[index] ?? "0")) as [
    number,
    number,
    number,
  ];
  const version = `${major}.${minor}`;
  const written = text === version ? {} : { note: `"${text}" is read as version ${version}` };
  if (major === 2 && minor === 0 && patch === 0)
    return { text: version, grammar: "2.0", ...written };
  if (major === 2 && minor > 0) {
    const note = minor === 1 ? undefined : `version ${version} is not known and read as 2.1`;
    return { text: version, grammar: "2.1", ...written, ...(note === undefined ? {} : { note }) };
  }
  if (major === 3 && minor === 0) return { text: version, grammar: "3.0", ...written };
  return { text: version, grammar: undefined };
}
