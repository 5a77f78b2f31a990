/** Which projects are listed, kept in the address: the same words as the API's query. */

export const PROJECT_SORTS = ["-changed", "changed", "name", "-name", "-id", "id"] as const;
export type ProjectSort = (typeof PROJECT_SORTS)[number];

export interface ProjectFilter {
  /** A part of the name. */
  q: string;
  /** The ones that were moved out of the way, not those in use. */
  isArchived: boolean;
  sort: ProjectSort;
}

const DEFAULT_SORT: ProjectSort = "-changed";

export function readProjectFilter(search: URLSearchParams): ProjectFilter {
  return {
    q: search.get("q") ?? "",
    isArchived: search.get("archived") === "true",
    sort: PROJECT_SORTS.find((known) => known === search.get("sort")) ?? DEFAULT_SORT,
  };
}

/** The address's search part; what is as by default is left out. */
export function writeProjectFilter({ q, isArchived, sort }: ProjectFilter): URLSearchParams {
  const search = new URLSearchParams();
  if (q !== "") search.set("q", q);
  if (isArchived) search.set("archived", "true");
  if (sort !== DEFAULT_SORT) search.set("sort", sort);
  return search;
}
