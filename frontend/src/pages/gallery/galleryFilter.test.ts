import { describe, expect, test } from "vitest";
import { DEFAULT_SORT, isFiltered, queryOf, readFilter, withoutFilter, wordsOf, writeFilter } from "./galleryFilter.ts";

const read = (search: string) => readFilter(new URLSearchParams(search));

describe("readFilter", () => {
  test("an empty address means everything, in the usual order", () => {
    expect(read("")).toEqual({
      label: null,
      labeled: null,
      validation: null,
      drafts: null,
      q: "",
      folder: null,
      uploadedBy: null,
      uploadedAfter: null,
      uploadedBefore: null,
      sort: DEFAULT_SORT,
    });
  });

  test("takes flags as 1 and 0, and as words", () => {
    expect(read("validation=1&labeled=0")).toMatchObject({ validation: true, labeled: false });
    expect(read("validation=false&labeled=true")).toMatchObject({ validation: false, labeled: true });
  });

  test("leaves out what it does not know", () => {
    expect(read("labeled=maybe&sort=colour&label=&folder=&uploaded_by=anna&uploaded_after=2026-02-30")).toEqual(
      read(""),
    );
  });
});

describe("writeFilter", () => {
  test.each([
    "label=fig&validation=1",
    "labeled=0&q=a+b&sort=name",
    "label=M%C3%BCsli+%26+nuts",
    "sort=-instances",
    "drafts=1&sort=uncertainty",
    "folder=a%2Fb",
    "uploaded_by=me&uploaded_after=2026-01-05&uploaded_before=2026-01-31",
    "",
  ])("gives back the address %s", (search) => {
    expect(writeFilter(read(search)).toString()).toBe(search);
  });
});

test("queryOf says the order even when the address leaves it out", () => {
  expect(queryOf(read("label=fig"))).toEqual({ label: "fig", sort: DEFAULT_SORT });
});

test("queryOf sends moments for days, wordsOf keeps the days", () => {
  const filter = read("uploaded_after=2026-01-05");
  expect(queryOf(filter).uploaded_after).toBe(new Date(2026, 0, 5).toISOString());
  expect(wordsOf(filter)).toEqual({ uploaded_after: "2026-01-05", sort: DEFAULT_SORT });
});

test("withoutFilter keeps the order alone", () => {
  const all = withoutFilter(read("label=fig&q=x&sort=name"));
  expect(isFiltered(all)).toBe(false);
  expect(all.sort).toBe("name");
});

test.each([
  "label=fig",
  "labeled=0",
  "validation=0",
  "drafts=1",
  "q=x",
  "folder=a",
  "uploaded_by=3",
  "uploaded_before=2026-01-05",
])("isFiltered by %s", (search) => {
  expect(isFiltered(read(search))).toBe(true);
});
