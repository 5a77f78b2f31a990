import { afterEach, expect, test, vi } from "vitest";
import type { ImageAnswer, ImageOrder } from "./imageWorker.ts";

interface Picture {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/** The browser's ways to pictures; `mostPixels` of one that it has memory for. */
async function startWorker(full: { width: number; height: number }, responses: Response[], mostPixels = 1e9) {
  const answers: ImageAnswer[] = [];
  let listen: (event: { data: ImageOrder }) => void = () => undefined;
  const picture = (width: number, height: number): Picture => {
    if (width * height > mostPixels) throw new DOMException("no memory");
    return { width, height, close: () => undefined };
  };
  vi.stubGlobal("self", {
    addEventListener: (_: string, listener: typeof listen) => {
      listen = listener;
    },
    postMessage: (answer: ImageAnswer) => answers.push(answer),
  });
  vi.stubGlobal("fetch", async () => responses.shift() ?? Promise.reject(new TypeError("no connection")));
  vi.stubGlobal("createImageBitmap", async (source: Blob | Picture, ...rest: unknown[]) => {
    if (source instanceof Blob) return picture(full.width, full.height);
    const { resizeWidth, resizeHeight } = rest[0] as { resizeWidth: number; resizeHeight: number };
    return picture(resizeWidth, resizeHeight);
  });
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      readonly transferToImageBitmap: () => Picture;
      constructor(width: number, height: number) {
        this.transferToImageBitmap = () => picture(width, height);
      }
      getContext() {
        return { drawImage: () => undefined };
      }
    },
  );
  vi.resetModules();
  await import("./imageWorker.ts");
  const read = async () => {
    listen({ data: { order: 5, imageId: 7, paths: ["display", "thumbnail"], screenSide: 1440 } });
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { answers, read };
}

const widths = (answers: readonly ImageAnswer[]) =>
  answers.map((answer) => (answer.kind === "level" ? answer.level.width : answer.kind));

afterEach(() => void vi.unstubAllGlobals());

test("the level that fills the screen comes first, then the others from the largest on, cut where they are large", async () => {
  const { answers, read } = await startWorker({ width: 6000, height: 4000 }, [new Response("jpeg")]);
  await read();
  expect(widths(answers)).toEqual([1500, 6000, 3000, 750]);
  expect(answers.map((answer) => answer.kind === "level" && answer.level.tiles.length)).toEqual([1, 6, 2, 1]);
  expect(answers.every(({ order, imageId }) => order === 5 && imageId === 7)).toBe(true);
});

test("an image smaller than the screen comes whole", async () => {
  const { answers, read } = await startWorker({ width: 480, height: 320 }, [new Response("jpeg")]);
  await read();
  expect(widths(answers)).toEqual([480]);
});

test("a file that cannot be shown has its thumbnail; without a connection or a session nothing stands in", async () => {
  const refused = new Response("", { status: 415 });
  const readable = await startWorker({ width: 320, height: 200 }, [refused, new Response("jpeg")]);
  await readable.read();
  expect(widths(readable.answers)).toEqual([320]);
  const offline = await startWorker({ width: 320, height: 200 }, []);
  await offline.read();
  expect(widths(offline.answers)).toEqual(["failed"]);
  const ended = await startWorker({ width: 320, height: 200 }, [
    new Response("", { status: 401 }),
    new Response("jpeg"),
  ]);
  await ended.read();
  expect(widths(ended.answers)).toEqual(["failed"]);
});

test("what there is no memory for is said, and not waited for", async () => {
  const { answers, read } = await startWorker({ width: 6000, height: 4000 }, [new Response("jpeg")], 1e6);
  await read();
  expect(widths(answers)).toEqual(["failed"]);
});
