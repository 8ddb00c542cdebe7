// What a setting of a configuration file is.

/** What a setting holds. Durations are Go's text (`1s`, `500ms`, `1m30s`) and read as milliseconds. */
export type SettingKind = "text" | "integer" | "flag" | "duration" | "list";

/** One setting. */
export interface Setting {
  readonly key: string;
  readonly kind: SettingKind;
  readonly value: string | number | boolean | readonly string[];
  readonly comment: string;
  /** Allowed texts, where they are few. */
  readonly oneOf?: readonly string[];
  /** Form of a text, and how it is told. */
  readonly form?: { readonly pattern: RegExp; readonly expected: string };
  /** Least integer. */
  readonly min?: number;
  /** The only engine that reads it: it is written into homes of that engine alone. */
  readonly engine?: "embedded" | "comet";
}

/** A setting, written short. */
export function setting(
  key: string,
  kind: SettingKind,
  value: Setting["value"],
  comment: string,
  more: Partial<Pick<Setting, "oneOf" | "form" | "min" | "engine">> = {},
): Setting {
  return { key, kind, value, comment, ...more };
}

/** Settings of several lists, each table of the file in one piece, tables in order of appearance. */
export function byTable(...lists: readonly (readonly Setting[])[]): readonly Setting[] {
  const tables = new Map<string, Setting[]>();
  for (const rule of lists.flat()) {
    const dot = rule.key.indexOf(".");
    const table = dot < 0 ? "" : rule.key.slice(0, dot);
    const known = tables.get(table);
    if (known === undefined) tables.set(table, [rule]);
    else known.push(rule);
  }
  return [...tables.values()].flat();
}
