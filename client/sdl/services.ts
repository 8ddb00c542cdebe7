// Sections `services` and `endpoints`: containers, ports, mounts.

import type { Cursor } from "./cursor.ts";
import { clip } from "./problems.ts";
import type {
  Credentials,
  Expose,
  ExposeTo,
  HttpOptions,
  Located,
  Mount,
  Service,
  ServiceParams,
} from "./model.ts";

/** Keys that people bring from Docker Compose, with what to write instead. */
const COMPOSE_HINTS: Readonly<Record<string, string>> = {
  cmd: "write command and args",
  build: "only images can be run",
  depends_on: "services start together; wait for the other one in the program",
  "depends-on": "services start together; wait for the other one in the program",
  entrypoint: "write command",
  environment: "write env, a list of NAME=value",
  links: "services reach each other by name once exposed to each other",
  networks: "services reach each other by name once exposed to each other",
  ports: "write expose",
  restart: "a service that ends is always started again",
  volumes: "write params.storage, and a volume in the compute profile",
  container_name: "the key of the service is its name",
};

/** Reads `services`. */
export function readServices(cursor: Cursor | undefined): Map<string, Service> {
  const services = new Map<string, Service>();
  for (const [name, service] of cursor?.entries() ?? []) services.set(name, readService(service));
  return services;
}

function readService(cursor: Cursor): Service {
  const fields = cursor.fields(
    ["image", "command", "args", "env", "expose", "dependencies", "params", "credentials"],
    { hints: COMPOSE_HINTS },
  );
  readDependencies(fields.dependencies);
  const env = fields.env?.items();
  return {
    path: cursor.path,
    at: cursor.at,
    image: fields.image?.text() ?? "",
    imageAt: fields.image?.at ?? cursor.at,
    command: fields.command?.texts(),
    args: fields.args?.texts(),
    env: env?.map((item) => item.text(true)),
    envAt: env?.map((item) => item.at) ?? [],
    expose: fields.expose?.items()?.map(readExpose) ?? [],
    params: fields.params === undefined ? undefined : readParams(fields.params),
    credentials: fields.credentials === undefined ? undefined : readCredentials(fields.credentials),
  };
}

function readDependencies(cursor: Cursor | undefined): void {
  const items = cursor?.items() ?? [];
  for (const item of items) item.fields(["service"]).service?.text();
  if (items.length > 0) cursor?.warn("dependencies are read and have no effect");
}

function readExpose(cursor: Cursor): Expose {
  const fields = cursor.fields(["port", "as", "proto", "to", "accept", "http_options"]);
  const protoText = fields.proto?.text() ?? "";
  const proto = protoText.toUpperCase() === "UDP" ? "UDP" : "TCP";
  if (!["", "TCP", "UDP"].includes(protoText.toUpperCase())) {
    fields.proto?.error(`unknown protocol "${clip(protoText)}", TCP or UDP is possible`);
  }
  const port = fields.port?.uint32();
  if (fields.port === undefined || fields.port.isNull) cursor.error("an expose needs a port");
  else if (port === 0 || (port ?? 1) > 65535) fields.port.error(`port ${port} is not in 1..65535`);
  const as = fields.as?.uint32();
  if ((as ?? 0) > 65535) fields.as?.warn(`port ${as} does not exist (1..65535)`);
  if (as === 0) fields.as?.warn(`0 means the port itself, ${port}`);
  const to = fields.to?.items()?.map(readTo) ?? [];
  if (fields.to === undefined || fields.to.isNull || fields.to.isEmptyList) {
    cursor.warn("without `to` nothing reaches this port but services of the same group");
  }
  return {
    path: cursor.path,
    at: cursor.at,
    port: port ?? 0,
    as: as ?? 0,
    protoText,
    proto,
    to,
    accept: fields.accept?.items()?.map((item) => ({ host: item.text(true), at: item.at })),
    http: readHttpOptions(fields.http_options),
  };
}

function readTo(cursor: Cursor): ExposeTo {
  const fields = cursor.fields(["service", "global", "http_options", "ip"]);
  if (fields.http_options !== undefined && !fields.http_options.isNull) {
    readHttpOptions(fields.http_options);
    fields.http_options.warn("http_options have no effect here; write them beside `to`");
  }
  return {
    path: cursor.path,
    at: cursor.at,
    service: fields.service?.text() ?? "",
    global: fields.global?.bool() ?? false,
    ip: fields.ip?.text() ?? "",
  };
}

const NEXT_CASES = ["error", "timeout", "403", "404", "429", "500", "502", "503", "504", "off"];

function readHttpOptions(cursor: Cursor | undefined): HttpOptions {
  const fields =
    cursor?.fields([
      "max_body_size",
      "proxy_buffer_size",
      "read_timeout",
      "send_timeout",
      "next_tries",
      "next_timeout",
      "next_cases",
    ]) ?? {};
  const cases = fields.next_cases?.texts(true) ?? [];
  for (const each of cases) {
    if (!NEXT_CASES.includes(each)) {
      fields.next_cases?.error(`unknown case "${clip(each)}", possible: ${NEXT_CASES.join(", ")}`);
    }
  }
  if (cases.includes("off") && cases.length > 1) {
    fields.next_cases?.error("off excludes all other cases");
  }
  return {
    maxBodySize: limited(fields.max_body_size, 1048576, 104857600, "bytes"),
    proxyBufferSize: limited(fields.proxy_buffer_size, 0, 1048576, "bytes"),
    readTimeout: limited(fields.read_timeout, 60000, 60000, "ms"),
    sendTimeout: limited(fields.send_timeout, 60000, 60000, "ms"),
    nextTries: limited(fields.next_tries, 3, 4294967295, "tries"),
    nextTimeout: fields.next_timeout?.uint32() ?? 0,
    nextCases: cases.length === 0 ? ["error", "timeout"] : cases,
  };
}

/** An option where 0 stands for the default. */
function limited(cursor: Cursor | undefined, normal: number, max: number, unit: string): number {
  const written = cursor?.uint32();
  const value = written ?? 0;
  if (value > max) cursor?.error(`${value} ${unit}, at most ${max} are allowed`);
  if (written === 0 && normal !== 0) {
    cursor?.warn(`0 means the default, ${normal} ${unit}`);
  }
  return value === 0 ? normal : value;
}

const READ_PERMISSIONS = ["deployment", "logs", "events"];

function readParams(cursor: Cursor): ServiceParams | undefined {
  if (cursor.isNull) return undefined;
  const fields = cursor.fields(["storage", "permissions", "tee"]);
  const permissions = fields.permissions;
  const read = permissions?.fields(["read"]).read?.texts();
  for (const each of read ?? []) {
    if (!READ_PERMISSIONS.includes(each)) {
      permissions?.warn(
        `unknown permission "${clip(each)}", known: ${READ_PERMISSIONS.join(", ")}`,
      );
    }
  }
  const tee = fields.tee?.text() ?? "";
  if (!["", "cpu", "cpu-gpu"].includes(tee)) {
    fields.tee?.error(`unknown tee "${clip(tee)}", cpu or cpu-gpu is possible`);
  }
  return {
    path: cursor.path,
    at: cursor.at,
    storage: (fields.storage?.entries() ?? []).map(([name, mount]) => readMount(name, mount)),
    permissions: permissions === undefined || permissions.isNull ? undefined : { read },
    tee,
  };
}

function readMount(volume: string, cursor: Cursor): Mount {
  const fields = cursor.fields(["mount", "readOnly"]);
  const mount = fields.mount?.text() ?? "";
  if (!mount.startsWith("/")) cursor.error(`mount "${clip(mount)}" is not an absolute path`);
  return {
    path: cursor.path,
    at: cursor.at,
    volume,
    mount,
    readOnly: fields.readOnly?.bool() ?? false,
  };
}

function readCredentials(cursor: Cursor): Credentials | undefined {
  if (cursor.isNull) return undefined;
  const fields = cursor.fields(["host", "email", "username", "password"]);
  return {
    path: cursor.path,
    at: cursor.at,
    host: fields.host?.text() ?? "",
    email: fields.email?.text() ?? "",
    username: fields.username?.text(true) ?? "",
    password: fields.password?.text(true) ?? "",
  };
}

const ENDPOINT_NAME = /^[a-z]+[a-z\-_0-9]+$/;

/** Reads `endpoints`. */
export function readEndpoints(
  cursor: Cursor | undefined,
): Map<string, Located & { readonly kind: string }> {
  const endpoints = new Map<string, Located & { readonly kind: string }>();
  for (const [name, endpoint] of cursor?.entries() ?? []) {
    const kind = endpoint.fields(["kind"]).kind?.text() ?? "";
    if (!ENDPOINT_NAME.test(name)) {
      endpoint.error("an endpoint name is two or more of a-z, 0-9, - and _, the first a letter");
    }
    if (kind !== "ip") endpoint.error(`an endpoint needs kind: ip, found "${clip(kind)}"`);
    endpoints.set(name, { path: endpoint.path, at: endpoint.at, kind });
  }
  return endpoints;
}
