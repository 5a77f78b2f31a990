import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../../api/client.ts";
import { deferred } from "../../../api/deferred.ts";
import { keepSending, RETRY_DELAYS_MS, waitForConnection } from "./connection.ts";

const offline = () => Promise.reject(new ApiError(0, "no connection"));

/** A request that ends as the given functions say, one attempt after the other. */
function sender(...ends: (() => Promise<string>)[]) {
  const abort = vi.fn();
  const start = vi.fn(() => ({ done: (ends.shift() ?? offline)(), abort }));
  return { start, abort };
}

describe("keepSending", () => {
  test("tries again after longer and longer pauses, and tells that it waits", async () => {
    const { start } = sender(offline, offline, () => Promise.resolve("sent"));
    const waits: number[] = [];
    const onStalled = vi.fn();
    const sending = keepSending(start, onStalled, async (delay) => void waits.push(delay));
    await expect(sending.done).resolves.toBe("sent");
    expect(waits).toEqual(RETRY_DELAYS_MS.slice(0, 2));
    expect(onStalled).toHaveBeenCalledTimes(2);
  });

  test("a refusal is not tried again", async () => {
    const { start } = sender(() => Promise.reject(new ApiError(413, "too large")));
    await expect(keepSending(start, vi.fn(), async () => undefined).done).rejects.toThrow("too large");
    expect(start).toHaveBeenCalledTimes(1);
  });

  test("gives up at last", async () => {
    const { start } = sender();
    await expect(keepSending(start, vi.fn(), async () => undefined).done).rejects.toThrow("no connection");
    expect(start).toHaveBeenCalledTimes(RETRY_DELAYS_MS.length + 1);
  });

  test("is not begun again when it was cancelled while it waited", async () => {
    const { start, abort } = sender(offline);
    const pause = deferred<void>();
    const sending = keepSending(start, vi.fn(), () => pause.promise);
    await Promise.resolve();
    sending.abort();
    pause.resolve();
    await expect(sending.done).rejects.toThrow("Cancelled");
    expect(abort).toHaveBeenCalled();
    expect(start).toHaveBeenCalledTimes(1);
  });
});

describe("waitForConnection", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("ends by the clock", async () => {
    const waiting = waitForConnection(5_000, new EventTarget());
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(waiting).resolves.toBeUndefined();
  });

  test("ends as soon as the network is back", async () => {
    const network = new EventTarget();
    const waiting = waitForConnection(5_000, network);
    network.dispatchEvent(new Event("online"));
    await expect(waiting).resolves.toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
