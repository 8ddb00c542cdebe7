// Calls of the REST door, as plain clients make them.

/** What came back. */
export interface RestAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The body read as JSON. Throws when it is none. */
  json<T = Readonly<Record<string, unknown>>>(): T;
}

async function answerOf(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    text,
    headers: response.headers,
    json: <T>() => JSON.parse(text) as T,
  };
}

/** The REST address of a node. Throws when the door is shut. */
export function restOf(node: { readonly restUrl: string | undefined }): string {
  if (node.restUrl === undefined) throw new Error("the node serves no REST");
  return node.restUrl;
}

/** GET of a path. */
export async function restGet(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RestAnswer> {
  return answerOf(await fetch(`${base}${path}`, { headers }));
}

/** POST of a value as JSON, or of a text as it is. */
export async function restPost(base: string, path: string, body: unknown): Promise<RestAnswer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  return answerOf(await fetch(`${base}${path}`, { method: "POST", body: text, headers }));
}
