/** What the gallery shows, kept in the address: the same words as the API's query, days in place of moments. */
import { isDay } from "../../components/days.ts";
import { withMoments } from "./filters/uploadDays.ts";

export const SORTS = [
  "-changed",
  "changed",
  "-created",
  "created",
  "name",
  "-name",
  "-instances",
  "instances",
  "uncertainty",
] as const;
export type Sort = (typeof SORTS)[number];

export interface GalleryFilter {
  /** A label's name; only images with it. */
  label: string | null;
  labeled: boolean | null;
  validation: boolean | null;
  /** Whether a model's draft labels wait for a decision. */
  drafts: boolean | null;
  /** A part of the name. */
  q: string;
  /** Only images in it, or in one below it. */
  folder: string | null;
  /** The id of who uploaded, or "me". */
  uploadedBy: string | null;
  /** The first and the last day of uploading, both included, as this browser's clock has them: "2026-01-31". */
  uploadedAfter: string | null;
  uploadedBefore: string | null;
  sort: Sort;
}

export const DEFAULT_SORT: Sort = "-changed";

const EVERYTHING: GalleryFilter = {
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
};

export function readFilter(search: URLSearchParams): GalleryFilter {
  const sort = SORTS.find((known) => known === search.get("sort"));
  return {
    label: search.get("label") || null,
    labeled: readFlag(search.get("labeled")),
    validation: readFlag(search.get("validation")),
    drafts: readFlag(search.get("drafts")),
    q: search.get("q") ?? "",
    folder: search.get("folder") || null,
    uploadedBy: readUploader(search.get("uploaded_by")),
    uploadedAfter: readDay(search.get("uploaded_after")),
    uploadedBefore: readDay(search.get("uploaded_before")),
    sort: sort ?? DEFAULT_SORT,
  };
}

/** The address's search part; what is as by default is left out, so that addresses stay short. */
export function writeFilter(filter: GalleryFilter): URLSearchParams {
  const search = new URLSearchParams();
  if (filter.label !== null) search.set("label", filter.label);
  if (filter.labeled !== null) search.set("labeled", writeFlag(filter.labeled));
  if (filter.validation !== null) search.set("validation", writeFlag(filter.validation));
  if (filter.drafts !== null) search.set("drafts", writeFlag(filter.drafts));
  if (filter.q !== "") search.set("q", filter.q);
  if (filter.folder !== null) search.set("folder", filter.folder);
  if (filter.uploadedBy !== null) search.set("uploaded_by", filter.uploadedBy);
  if (filter.uploadedAfter !== null) search.set("uploaded_after", filter.uploadedAfter);
  if (filter.uploadedBefore !== null) search.set("uploaded_before", filter.uploadedBefore);
  if (filter.sort !== DEFAULT_SORT) search.set("sort", filter.sort);
  return search;
}

/** The address's words for another page; the order is always said, as pages differ in the one they take by default. */
export function wordsOf(filter: GalleryFilter): Record<string, string> {
  return { ...Object.fromEntries(writeFilter(filter)), sort: filter.sort };
}

/** The API's query for the filter. */
export function queryOf(filter: GalleryFilter): Record<string, string> {
  return withMoments(wordsOf(filter));
}

export function isFiltered(filter: GalleryFilter): boolean {
  return writeFilter({ ...filter, sort: DEFAULT_SORT }).size > 0;
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

function readUploader(text: string | null): string | null {
  return text !== null && /^(me|\d{1,18})$/.test(text) ? text : null;
}

function readDay(text: string | null): string | null {
  return text !== null && isDay(text) ? text : null;
}

function writeFlag(flag: boolean): string {
  return flag ? "1" : "0";
}
