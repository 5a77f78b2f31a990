import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError, api, asSentence, connectSession, send, urlOf } from "./client.ts";

const answers: Response[] = [];
const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const signInAgain = vi.fn<() => Promise<boolean>>();
const renewCsrfToken = vi.fn<() => Promise<void>>();
let token: string | null;

beforeEach(() => {
  answers.length = 0;
  token = "t1";
  fetched.mockReset().mockImplementation(() => {
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError("Failed to fetch"));
  });
  signInAgain.mockReset().mockResolvedValue(false);
  renewCsrfToken.mockReset().mockImplementation(async () => {
    token = "t2";
  });
  vi.stubGlobal("fetch", fetched);
  connectSession({ csrfToken: () => token, renewCsrfToken, signInAgain });
});

afterEach(() => vi.unstubAllGlobals());

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const headerOf = (call: number, name: string) => new Headers(fetched.mock.calls[call]?.[1].headers).get(name);

describe("urlOf", () => {
  test("leaves out what is empty, and joins lists", () => {
    expect(urlOf("/x", { a: 1, b: null, c: undefined, d: "", e: false, f: [1, 2] })).toBe("/x?a=1&e=false&f=1%2C2");
    expect(urlOf("/x", {})).toBe("/x");
  });
});

describe("requests", () => {
  test("a change carries the CSRF token, reading does not", async () => {
    answers.push(json({}), json({}));
    await api.get("/api/v1/projects");
    await api.post("/api/v1/projects", { name: "Fruit" });
    expect(headerOf(0, "X-CSRF-Token")).toBeNull();
    expect(headerOf(1, "X-CSRF-Token")).toBe("t1");
    expect(fetched.mock.calls[1]?.[1].body).toBe('{"name":"Fruit"}');
  });

  test("a form goes as it is, so that the browser sets its boundary", async () => {
    answers.push(json({}));
    const form = new FormData();
    await api.post("/x", form);
    expect(fetched.mock.calls[0]?.[1].body).toBe(form);
    expect(headerOf(0, "Content-Type")).toBeNull();
  });

  test("204 is undefined, other types are blobs, headers come along", async () => {
    answers.push(new Response(null, { status: 204 }), new Response("zip", { headers: { ETag: '"3"' } }));
    expect(await api.delete("/x")).toBeUndefined();
    const answer = await send<Blob>("GET", "/y");
    expect(await answer.data.text()).toBe("zip");
    expect(answer.headers.get("ETag")).toBe('"3"');
  });
});

describe("errors", () => {
  test("say the server's own words", async () => {
    answers.push(json({ error: "there is a label 'date' already" }, 409));
    await expect(api.post("/x")).rejects.toMatchObject({ status: 409, message: "There is a label 'date' already" });
  });

  test.each([
    ["no account with this e-mail", "No account with this e-mail"],
    ["image.jpg is no image", "image.jpg is no image"],
    ["current_password is wrong", "current_password is wrong"],
    ["name: too long", "name: too long"],
  ])("begin as sentences, unless with a name: %s", (message, shown) => {
    expect(asSentence(message)).toBe(shown);
  });

  test("of a proxy, which are no JSON, say the status", async () => {
    answers.push(new Response("<html>", { status: 502 }));
    await expect(api.get("/x")).rejects.toMatchObject({ status: 502, message: expect.stringContaining("502") });
  });

  test("a server that cannot be reached is offline", async () => {
    const error: unknown = await api.get("/x").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 0, isOffline: true });
  });

  test("a request that was taken back stays an AbortError", async () => {
    fetched.mockRejectedValueOnce(new DOMException("aborted", "AbortError"));
    await expect(api.get("/x")).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a session that ended", () => {
  test("asks for a new sign-in and repeats the call", async () => {
    signInAgain.mockResolvedValue(true);
    answers.push(json({ error: "sign in first" }, 401), json({ ok: true }));
    expect(await api.put("/x", { a: 1 })).toEqual({ ok: true });
    expect(fetched.mock.calls[1]?.[1].body).toBe('{"a":1}');
  });

  test("leaves the 401 when nobody signs in", async () => {
    answers.push(json({ error: "sign in first" }, 401));
    await expect(api.get("/x")).rejects.toMatchObject({ status: 401 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test("is not asked about when signing in itself fails", async () => {
    answers.push(json({ error: "wrong password" }, 401));
    await expect(api.post("/api/v1/session", {})).rejects.toMatchObject({ message: "Wrong password" });
    expect(signInAgain).not.toHaveBeenCalled();
  });

  test("a token made stale by another tab is renewed, once", async () => {
    answers.push(json({ error: "X-CSRF-Token is missing or wrong" }, 403), json({ ok: true }));
    expect(await api.post("/x")).toEqual({ ok: true });
    expect(headerOf(1, "X-CSRF-Token")).toBe("t2");
  });

  test("another 403 is an answer like others", async () => {
    answers.push(json({ error: "your role is Labeler" }, 403));
    await expect(api.post("/x")).rejects.toMatchObject({ message: "Your role is Labeler" });
    expect(renewCsrfToken).not.toHaveBeenCalled();
  });
});
