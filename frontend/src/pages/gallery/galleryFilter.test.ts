import { describe, expect, test } from "vitest";
import { DEFAULT_SORT, isFiltered, queryOf, readFilter, withoutFilter, writeFilter } from "./galleryFilter.ts";

const read = (search: string) => readFilter(new URLSearchParams(search));

describe("readFilter", () => {
  test("an empty address means everything, in the usual order", () => {
    expect(read("")).toEqual({ label: null, labeled: null, validation: null, q: "", sort: DEFAULT_SORT });
  });

  test("takes flags as 1 and 0, and as words", () => {
    expect(read("validation=1&labeled=0")).toMatchObject({ validation: true, labeled: false });
    expect(read("validation=false&labeled=true")).toMatchObject({ validation: false, labeled: true });
  });

  test("leaves out what it does not know", () => {
    expect(read("labeled=maybe&sort=colour&label=")).toEqual(read(""));
  });
});

describe("writeFilter", () => {
  test.each([
    "label=fig&validation=1",
    "labeled=0&q=a+b&sort=name",
    "label=M%C3%BCsli+%26+nuts",
    "sort=-instances",
    "",
  ])("gives back the address %s", (search) => {
    expect(writeFilter(read(search)).toString()).toBe(search);
  });
});

test("queryOf says the order even when the address leaves it out", () => {
  expect(queryOf(read("label=fig"))).toEqual({ label: "fig", sort: DEFAULT_SORT });
});

test("withoutFilter keeps the order alone", () => {
  const all = withoutFilter(read("label=fig&q=x&sort=name"));
  expect(isFiltered(all)).toBe(false);
  expect(all.sort).toBe("name");
});

test.each(["label=fig", "labeled=0", "validation=0", "q=x"])("isFiltered by %s", (search) => {
  expect(isFiltered(read(search))).toBe(true);
});
