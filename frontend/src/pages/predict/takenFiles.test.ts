import { expect, test } from "vitest";
import { isForBatch, MOST_AT_ONCE, sourcesOf } from "./takenFiles.ts";

const named = (name: string, type = "image/jpeg") => ({ name, file: new File(["x"], name, { type }) });
const pictures = (count: number) => Array.from({ length: count }, (_, i) => named(`${i}.jpg`));

test("a few pictures are predicted at once, more go to a worker", () => {
  expect(isForBatch(pictures(MOST_AT_ONCE))).toBe(false);
  expect(isForBatch(pictures(MOST_AT_ONCE + 1))).toBe(true);
});

test.each([named("many.zip", "application/zip"), named("many", "application/x-zip-compressed"), named("MANY.ZIP", "")])(
  "a zip goes to a worker: $name",
  (zip) => {
    expect(isForBatch([zip])).toBe(true);
  },
);

test("a picture keeps the folder in its name, and its bytes", async () => {
  const [source] = sourcesOf([{ ...named("a.jpg"), name: "figs/a.jpg" }]);
  expect(source?.name).toBe("figs/a.jpg");
  expect(await (await source?.load())?.text()).toBe("x");
});
