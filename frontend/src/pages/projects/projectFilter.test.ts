import { describe, expect, it } from "vitest";
import { PROJECT_SORTS, readProjectFilter, writeProjectFilter } from "./projectFilter.ts";

describe("the filter of the projects", () => {
  it("leaves an address short that shows what is usual", () => {
    const filter = readProjectFilter(new URLSearchParams());
    expect(filter).toEqual({ q: "", isArchived: false, sort: "-changed" });
    expect(writeProjectFilter(filter).toString()).toBe("");
  });

  it.each(PROJECT_SORTS)("comes back from the address sorted by %s", (sort) => {
    const filter = { q: "fig & date", isArchived: true, sort };
    expect(readProjectFilter(new URLSearchParams(writeProjectFilter(filter).toString()))).toEqual(filter);
  });

  it("takes an order that is not known for the usual one", () => {
    expect(readProjectFilter(new URLSearchParams("sort=size&archived=1"))).toEqual({
      q: "",
      isArchived: false,
      sort: "-changed",
    });
  });
});
