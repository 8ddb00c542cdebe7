// Advice on files that are correct: secrets in plain sight, images that change under the tenant.

import { clip } from "./problems.ts";
import type { Sdl, Service } from "./model.ts";
import type { Problems } from "./problems.ts";

/** Words in the name of a variable that make it a secret. */
const SECRET_NAME = new RegExp(
  "PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|MNEMONIC|" +
    "SEED_?PHRASE|CREDENTIAL",
  "i",
);
/** Forms of keys of well-known services, PEM keys and JWTs. */
const SECRET_VALUE = new RegExp(
  "^(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|AKIA[A-Z0-9]{12,}|" +
    "xox[abp]-.{10,}|-----BEGIN .*PRIVATE KEY|eyJ[A-Za-z0-9_-]{10,}[.]eyJ)",
);

/** Adds advice as warnings. */
export function lint(sdl: Sdl, problems: Problems): void {
  for (const service of sdl.services.values()) {
    lintEnv(service, problems);
    lintImage(service, problems);
    if (service.credentials !== undefined) {
      const { path, at } = service.credentials;
      problems.warn(
        path,
        at,
        "registry credentials are read by the provider that runs the service",
      );
    }
  }
}

function lintEnv(service: Service, problems: Problems): void {
  const seen = new Set<string>();
  for (const [index, entry] of (service.env ?? []).entries()) {
    const path = `${service.path}.env[${index}]`;
    const at = service.envAt[index] ?? service.at;
    const split = entry.indexOf("=");
    const name = split < 0 ? entry : entry.slice(0, split);
    const value = split < 0 ? "" : entry.slice(split + 1);
    if (looksSecret(name, value)) {
      problems.warn(
        path,
        at,
        `${clip(name)} looks like a secret; the provider can read every env value`,
      );
    }
    if (split < 0) problems.warn(path, at, `${clip(name)} has no value (NAME=value)`);
    else if (name !== name.trim()) problems.warn(path, at, "a blank beside the name");
    if (seen.has(name)) problems.warn(path, at, `${clip(name)} is set twice, the last one counts`);
    seen.add(name);
  }
}

/** Whether a variable holds a secret, by its name with a real value, or by the form of its value. */
export function looksSecret(name: string, value: string): boolean {
  if (SECRET_VALUE.test(value)) return true;
  const placeholder = value === "" || /^[<${]|^(true|false|none|null|[0-9]{1,6})$/i.test(value);
  return !placeholder && SECRET_NAME.test(name);
}

function lintImage(service: Service, problems: Problems): void {
  const { image } = service;
  if (image === "" || image.includes("@sha256:")) return;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  if (tag === undefined || tag === "latest") {
    const what = tag === undefined ? "no tag" : "the tag latest";
    const sentence = `image ${clip(image)} has ${what}: a restart may run another program`;
    problems.warn(`${service.path}.image`, service.imageAt, sentence);
  }
}
