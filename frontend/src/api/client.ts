/** The one way to the server: session cookie, CSRF header, errors as ApiError, a second try after a new sign-in. */

export type Query = Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RequestOptions {
  query?: Query;
  /** Sent as JSON, unless it is a FormData or Blob. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Milliseconds after which an answer is not waited for any more: then the server counts as not reached. */
  timeoutMs?: number;
  /** Lets the request outlive the page, for a last save. */
  keepalive?: boolean;
}

export interface Answer<T> {
  data: T;
  status: number;
  headers: Headers;
}

/** What the server refused, or 0 as the status when it could not be reached. `message` is fit to be shown. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, body: unknown = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.body = body;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

/** What was asked for does not exist, or not any more. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** The server could not be reached. */
export function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.isOffline;
}

interface SessionHooks {
  csrfToken: () => string | null;
  /** Fetches a new CSRF token: a sign-in in another tab has made the present one useless. */
  renewCsrfToken: () => Promise<void>;
  /** Asks the person to sign in again; answers whether they did. */
  signInAgain: () => Promise<boolean>;
}

let hooks: SessionHooks = {
  csrfToken: () => null,
  renewCsrfToken: () => Promise.resolve(),
  signInAgain: () => Promise.resolve(false),
};

/** Connects the client with the session, which itself needs the client. */
export function connectSession(session: SessionHooks): void {
  hooks = session;
}

export function csrfToken(): string | null {
  return hooks.csrfToken();
}

export function renewCsrfToken(): Promise<void> {
  return hooks.renewCsrfToken();
}

export function signInAgain(): Promise<boolean> {
  return hooks.signInAgain();
}

export const api = {
  get: <T>(path: string, options?: RequestOptions): Promise<T> => dataOf(send<T>("GET", path, options)),
  post: <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    dataOf(send<T>("POST", path, { ...options, body })),
  put: <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    dataOf(send<T>("PUT", path, { ...options, body })),
  patch: <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    dataOf(send<T>("PATCH", path, { ...options, body })),
  delete: <T = void>(path: string, options?: RequestOptions): Promise<T> => dataOf(send<T>("DELETE", path, options)),
};

/**
 * Sends a request and gives the answer with its headers (for ETag); `api.get` and its siblings give the data alone.
 *
 * A 401 asks the person to sign in again and repeats the request once.
 */
export async function send<T>(method: Method, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  let response = await fetchOnce(method, path, options);
  if (response.status === 401 && !isSessionPath(path) && (await hooks.signInAgain())) {
    response = await fetchOnce(method, path, options);
  }
  if (response.status === 403 && (await isAboutCsrf(response))) {
    await hooks.renewCsrfToken();
    response = await fetchOnce(method, path, options);
  }
  if (!response.ok) {
    throw await errorOf(response);
  }
  return { data: (await readBody(response)) as T, status: response.status, headers: response.headers };
}

/** The address of a path with its query; lists become repeated by comma, empty values are left out. */
export function urlOf(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    parameters.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The message of an answer that is not 2xx: the server's own words where it gave any. */
export function errorFromText(status: number, text: string): ApiError {
  const body = parseJson(text);
  if (typeof body === "object" && body !== null && "error" in body && typeof body.error === "string") {
    return new ApiError(status, asSentence(body.error), body);
  }
  return new ApiError(status, `The server answered ${status}. Please try again.`, body);
}

/** The server's messages begin small, as parts of a line in a log; a page begins them as sentences. Names stay as they are. */
export function asSentence(message: string): string {
  return message.replace(/^[a-z]+(?=[ ,])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

async function fetchOnce(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("Accept", "application/json");
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.signal) init.signal = options.signal;
  else if (options.timeoutMs !== undefined) init.signal = AbortSignal.timeout(options.timeoutMs);
  if (options.keepalive) init.keepalive = true;
  if (options.body !== undefined) {
    init.body = encodeBody(options.body, headers);
  }
  if (method !== "GET") {
    const token = hooks.csrfToken();
    if (token !== null) headers.set("X-CSRF-Token", token);
  }
  try {
    return await fetch(urlOf(path, options.query), init);
  } catch (error) {
    throw notReached(error);
  }
}

function notReached(error: unknown): unknown {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  return new ApiError(0, "The server cannot be reached. Check the connection and try again.");
}

function encodeBody(body: unknown, headers: Headers): BodyInit {
  if (body instanceof FormData || body instanceof Blob) return body;
  headers.set("Content-Type", "application/json");
  return JSON.stringify(body);
}

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    if (response.headers.get("Content-Type")?.startsWith("application/json")) return await response.json();
    return await response.blob();
  } catch (error) {
    // the connection broke in the midst of the answer
    throw notReached(error);
  }
}

async function isAboutCsrf(response: Response): Promise<boolean> {
  return (await errorOf(response.clone())).message.startsWith("X-CSRF-Token");
}

async function errorOf(response: Response): Promise<ApiError> {
  return errorFromText(response.status, await response.text());
}

async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await answer).data;
}

function isSessionPath(path: string): boolean {
  return path === "/api/v1/session" || path === "/api/v1/me";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
