import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { imageRowQuery } from "./imageRow.ts";

test.each([
  ["", "all"],
  ["sort=-changed_at", "all"],
  ["sort=name&label=3", "filtered"],
  ["ids=2,1", "chosen"],
])("the images of the address ?%s are %s", async (search, kind) => {
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ items: [1, 2, 3] })));
  const row = await new QueryClient().fetchQuery(imageRowQuery(1, new URLSearchParams(search)));
  expect(row.kind).toBe(kind);
  vi.unstubAllGlobals();
});
