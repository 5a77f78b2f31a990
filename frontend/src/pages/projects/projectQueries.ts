import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { projectsQuery } from "../../api/queries.ts";
import type { Page, Project } from "../../api/types.ts";
import { projectTitle } from "../../app/projectTitle.ts";
import { showToast } from "../../components/toasts.ts";
import type { ProjectFilter } from "./projectFilter.ts";

/** A few screens of cards; more are loaded when they are asked for. */
const PAGE_PROJECTS = 60;

export const projectListQuery = ({ q, isArchived, sort }: ProjectFilter) =>
  infiniteQueryOptions({
    queryKey: [...projectsQuery.queryKey, "list", { q: q.trim(), isArchived, sort }],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Project>>("/api/v1/projects", {
        query: { q: q.trim(), archived: isArchived, sort, limit: PAGE_PROJECTS, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Whatever was changed on another page shows here.
    staleTime: 0,
  });

export interface ProjectChanges {
  name?: string;
  archived?: boolean;
  strip_location?: boolean;
}

/** Changes a project; all lists and the project itself are read anew after it. */
export function useProjectChange(project: Project, onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: `project ${project.id}` }, // one after the other: what was chosen last is to hold
    mutationFn: (changes: ProjectChanges) => api.patch<Project>(`/api/v1/projects/${project.id}`, changes),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onDone?.();
    },
  });
}

/** Moves projects out of the way and back; either can be undone in the toast, which outlives the page. */
export function useArchiving(): (project: Project, archived: boolean) => Promise<void> {
  const { t } = useTranslation(["projects", "common"]);
  const client = useQueryClient();
  return async function setArchived(project, archived) {
    try {
      await api.patch<Project>(`/api/v1/projects/${project.id}`, { archived });
    } catch (error) {
      showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
      return;
    }
    await client.invalidateQueries({ queryKey: projectsQuery.queryKey });
    showToast(t(archived ? "projects:archived" : "projects:archivedBack", { name: projectTitle(project) }), {
      action: { text: t("common:undo"), run: () => void setArchived(project, !archived) },
    });
  };
}
