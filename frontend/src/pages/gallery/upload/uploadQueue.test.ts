import { beforeEach, describe, expect, test, vi } from "vitest";
import { deferred } from "../../../api/deferred.ts";
import {
  firstRows,
  type NamedFile,
  nextBatch,
  REQUEST_FILES,
  REQUESTS_AT_ONCE,
  totalsOf,
  UploadQueue,
  type UploadReport,
} from "./uploadQueue.ts";

interface SentRequest {
  projectId: number;
  names: string[];
  progress: (bytes: number) => void;
  stall: () => void;
  answer: (report: UploadReport) => Promise<void>;
  fail: (message: string) => Promise<void>;
  aborted: boolean;
}

const LARGE = 9_000_000;

let requests: SentRequest[];
let queue: UploadQueue;
const arrived = vi.fn();

beforeEach(() => {
  requests = [];
  arrived.mockClear();
  queue = new UploadQueue((projectId, files, { onProgress, onStalled }) => {
    const { promise, resolve, reject } = deferred<UploadReport>();
    const settled = promise.then(
      () => undefined,
      () => undefined,
    );
    const request: SentRequest = {
      projectId,
      names: files.map(({ name }) => name),
      progress: onProgress,
      stall: onStalled,
      answer: (report) => {
        resolve(report);
        return settled;
      },
      fail: (message) => {
        reject(new Error(message));
        return settled;
      },
      aborted: false,
    };
    requests.push(request);
    return {
      done: promise,
      abort: () => {
        request.aborted = true;
        reject(new Error("aborted"));
      },
    };
  }, arrived);
});

const file = (name: string, size = 100): NamedFile => {
  const made = new File([], name);
  Object.defineProperty(made, "size", { value: size });
  return { name, file: made };
};
const item = (name: string) => ({ name, duplicate_of: null as string | null });
const stateOf = (name: string) => queue.files.find((known) => known.name === name)?.state;
const idOf = (name: string) => queue.files.find((known) => known.name === name)?.id ?? 0;
const accept = (request: SentRequest | undefined) => request?.answer({ items: request.names.map(item), refused: [] });

describe("requests", () => {
  test("small files go together, large ones alone, a zip alone", () => {
    queue.add(1, [file("a"), file("b"), file("big", LARGE), file("c"), file("x.ZIP")]);
    expect(requests.map(({ names }) => names)).toEqual([["a", "b"], ["big"], ["c"]]);
  });

  test("a request has so many files at most", () => {
    queue.add(
      1,
      Array.from({ length: REQUEST_FILES + 1 }, (_, index) => file(`${index}`)),
    );
    expect(requests.map(({ names }) => names.length)).toEqual([REQUEST_FILES, 1]);
  });

  test("so many run at once, and the next begins when one is through", async () => {
    queue.add(
      1,
      ["a", "b", "c", "d", "e"].map((name) => file(name, LARGE)),
    );
    expect(requests).toHaveLength(REQUESTS_AT_ONCE);
    await accept(requests[0]);
    expect(requests).toHaveLength(REQUESTS_AT_ONCE + 1);
    expect(stateOf("a")).toBe("done");
    expect(stateOf("e")).toBe("waiting");
  });

  test("files of two projects never share a request", () => {
    queue.add(1, [file("big", LARGE), file("big2", LARGE), file("big3", LARGE)]);
    queue.add(1, [file("a")]);
    queue.add(2, [file("b")]);
    expect(nextBatch(queue.files).map(({ name }) => name)).toEqual(["a"]);
  });
});

describe("outcomes", () => {
  test("each file gets its own, and the arrival is told", async () => {
    queue.add(7, [file("good.jpg"), file("bad.txt")]);
    await requests[0]?.answer({ items: [item("good.jpg")], refused: [{ name: "bad.txt", error: "no image" }] });
    expect(stateOf("good.jpg")).toBe("done");
    expect(queue.files.find(({ name }) => name === "bad.txt")).toMatchObject({ state: "refused", reason: "no image" });
    expect(arrived).toHaveBeenCalledExactlyOnceWith(7);
  });

  test("a zip tells how many images came of it and what in it was refused", async () => {
    queue.add(1, [file("all.zip")]);
    await requests[0]?.answer({
      items: [item("all/a.jpg"), item("all/b.jpg")],
      refused: [{ name: "all/c.txt", error: "no image" }],
    });
    expect(queue.files[0]).toMatchObject({ state: "refused", imageCount: 2, reason: "all/c.txt: no image" });
  });

  test("nothing arrived is told when all was refused", async () => {
    queue.add(1, [file("bad")]);
    await requests[0]?.answer({ items: [], refused: [{ name: "bad", error: "no" }] });
    expect(arrived).not.toHaveBeenCalled();
  });

  test("a failure keeps the reason, and can be tried again", async () => {
    queue.add(1, [file("a")]);
    await requests[0]?.fail("The connection broke off.");
    expect(queue.files[0]).toMatchObject({ state: "failed", reason: "The connection broke off." });
    queue.retry(new Set([idOf("a")]));
    expect(stateOf("a")).toBe("sending");
    await accept(requests[1]);
    expect(queue.files[0]).toMatchObject({ state: "done", reason: null });
  });

  test("names are composed as the server composes them", async () => {
    queue.add(1, [file("u\u0308.jpg"), file("b.jpg")]);
    await requests[0]?.answer({ items: [], refused: [{ name: "\u00fc.jpg", error: "taken" }] });
    expect(stateOf("\u00fc.jpg")).toBe("refused");
  });
});

describe("duplicates", () => {
  test("a file tells which image has its content", async () => {
    queue.add(1, [file("a.jpg"), file("b.jpg")]);
    await requests[0]?.answer({ items: [item("a.jpg"), { name: "b.jpg", duplicate_of: "a.jpg" }], refused: [] });
    expect(queue.files.map(({ duplicates }) => duplicates)).toEqual([[], [{ name: "b.jpg", of: "a.jpg" }]]);
    expect(totalsOf(queue.files).duplicates).toBe(1);
  });

  test("a zip lists those inside it", async () => {
    queue.add(1, [file("x.zip")]);
    await requests[0]?.answer({ items: [item("x/a"), { name: "x/b", duplicate_of: "old" }], refused: [] });
    expect(queue.files[0]?.duplicates).toEqual([{ name: "x/b", of: "old" }]);
  });
});

describe("a broken connection", () => {
  test("is told, and over with the next bytes", () => {
    queue.add(1, [file("a", 100)]);
    requests[0]?.stall();
    expect(stateOf("a")).toBe("stalled");
    expect(queue.isBusy).toBe(true);
    requests[0]?.progress(0);
    expect(stateOf("a")).toBe("sending");
  });

  test("a file that cannot be read any more fails with that reason; its companions are sent", async () => {
    const gone = file("gone");
    gone.file.slice = () => {
      throw new DOMException("gone", "NotFoundError");
    };
    queue.add(1, [file("a"), gone]);
    requests[0]?.stall();
    await vi.waitFor(() => expect(stateOf("gone")).toBe("failed"));
    expect(queue.files[1]?.reason).toContain("gone cannot be read any more");
    expect(requests[0]?.aborted).toBe(true);
    expect(requests[1]?.names).toEqual(["a"]);
  });

  test("one that waits for it can be cancelled", () => {
    queue.add(1, [file("a")]);
    requests[0]?.stall();
    queue.cancelAll();
    expect(stateOf("a")).toBe("cancelled");
    expect(queue.isBusy).toBe(false);
  });
});

describe("cancel", () => {
  test("one that waits is never sent", async () => {
    queue.add(
      1,
      ["a", "b", "c", "d"].map((name) => file(name, LARGE)),
    );
    queue.cancel(new Set([idOf("d")]));
    await accept(requests[0]);
    expect(requests).toHaveLength(3);
    expect(stateOf("d")).toBe("cancelled");
  });

  test("one that is on its way stops its request; its companions go in another", () => {
    queue.add(1, [file("a"), file("b")]);
    queue.cancel(new Set([idOf("a")]));
    expect(requests[0]?.aborted).toBe(true);
    expect(requests[1]?.names).toEqual(["b"]);
    expect(stateOf("a")).toBe("cancelled");
  });

  test("all of them, and nothing comes after", () => {
    queue.add(
      1,
      ["a", "b", "c", "d"].map((name) => file(name, LARGE)),
    );
    queue.cancelAll();
    expect(requests).toHaveLength(3);
    expect(queue.isBusy).toBe(false);
  });

  test("what is done stays done", async () => {
    queue.add(1, [file("a")]);
    await accept(requests[0]);
    queue.cancelAll();
    expect(stateOf("a")).toBe("done");
  });
});

describe("progress", () => {
  test("goes to the files of a request one after the other", () => {
    queue.add(1, [file("a", 100), file("b", 300)]);
    requests[0]?.progress(250);
    expect(queue.files.map(({ sent }) => sent)).toEqual([100, 150]);
    expect(totalsOf(queue.files).progress).toBeCloseTo(250 / 400);
  });

  test("is told now and then, and at the end", () => {
    queue.add(1, [file("a", 100)]);
    requests[0]?.progress(10);
    requests[0]?.progress(20);
    expect(queue.files[0]?.sent).toBe(10);
    requests[0]?.progress(100);
    expect(queue.files[0]?.sent).toBe(100);
  });

  test("never passes a file's size: the form around it has bytes too", () => {
    queue.add(1, [file("a", 100)]);
    requests[0]?.progress(500);
    expect(queue.files[0]?.sent).toBe(100);
  });

  test("cancelled files do not count", () => {
    queue.add(1, [file("a", LARGE), file("b", LARGE)]);
    queue.cancel(new Set([idOf("b")]));
    requests[0]?.progress(LARGE / 2);
    expect(totalsOf(queue.files).progress).toBeCloseTo(0.5);
  });
});

describe("the list", () => {
  test("new files push out what is finished, but not what has to be read", async () => {
    queue.add(1, [file("good"), file("bad")]);
    await requests[0]?.answer({ items: [item("good")], refused: [{ name: "bad", error: "no" }] });
    queue.add(1, [file("next")]);
    expect(queue.files.map(({ name }) => name)).toEqual(["bad", "next"]);
  });

  test("begins with what a person has to read", async () => {
    queue.add(1, [file("good"), file("same"), file("bad")]);
    await requests[0]?.answer({
      items: [item("good"), { name: "same", duplicate_of: "good" }],
      refused: [{ name: "bad", error: "no" }],
    });
    expect(firstRows(queue.files, 9).map(({ name }) => name)).toEqual(["bad", "same", "good"]);
    expect(firstRows(queue.files, 1).map(({ name }) => name)).toEqual(["bad"]);
  });

  test("clear keeps what is on its way", () => {
    queue.add(1, [file("a")]);
    queue.clear();
    expect(stateOf("a")).toBe("sending");
  });
});
