import { isolated } from "./isolated.ts";

/** A project as the pages name it: its id in brackets, since scripts need it and names may repeat. */
export function projectTitle(project: { id: number; name: string }): string {
  return `${isolated(project.name)} (${project.id})`;
}
