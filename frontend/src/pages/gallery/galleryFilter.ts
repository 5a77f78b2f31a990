/** What the gallery shows, kept in the address: the same words as the API's query. */

export const SORTS = [
  "-changed",
  "changed",
  "-created",
  "created",
  "name",
  "-name",
  "-instances",
  "instances",
] as const;
export type Sort = (typeof SORTS)[number];

export interface GalleryFilter {
  /** A label's name; only images with it. */
  label: string | null;
  labeled: boolean | null;
  validation: boolean | null;
  /** A part of the name. */
  q: string;
  sort: Sort;
}

export const DEFAULT_SORT: Sort = "-changed";

const EVERYTHING: GalleryFilter = { label: null, labeled: null, validation: null, q: "", sort: DEFAULT_SORT };

export function readFilter(search: URLSearchParams): GalleryFilter {
  const sort = SORTS.find((known) => known === search.get("sort"));
  return {
    label: search.get("label") || null,
    labeled: readFlag(search.get("labeled")),
    validation: readFlag(search.get("validation")),
    q: search.get("q") ?? "",
    sort: sort ?? DEFAULT_SORT,
  };
}

/** The address's search part; what is as by default is left out, so that addresses stay short. */
export function writeFilter(filter: GalleryFilter): URLSearchParams {
  const search = new URLSearchParams();
  if (filter.label !== null) search.set("label", filter.label);
  if (filter.labeled !== null) search.set("labeled", writeFlag(filter.labeled));
  if (filter.validation !== null) search.set("validation", writeFlag(filter.validation));
  if (filter.q !== "") search.set("q", filter.q);
  if (filter.sort !== DEFAULT_SORT) search.set("sort", filter.sort);
  return search;
}

/** The API's query for the filter; its order is always said. */
export function queryOf(filter: GalleryFilter): Record<string, string> {
  return { ...Object.fromEntries(writeFilter(filter)), sort: filter.sort };
}

export function isFiltered(filter: GalleryFilter): boolean {
  return filter.label !== null || filter.labeled !== null || filter.validation !== null || filter.q !== "";
}

/** The same order, nothing left out. */
export function withoutFilter(filter: GalleryFilter): GalleryFilter {
  return { ...EVERYTHING, sort: filter.sort };
}

function readFlag(text: string | null): boolean | null {
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  return null;
}

function writeFlag(flag: boolean): string {
  return flag ? "1" : "0";
}
