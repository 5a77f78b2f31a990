/** Label files on their way to the server: which are sent, and what it says of them. */
import { urlOf } from "../../../../api/client.ts";
import type { LabelFormat, LabelImportProblem, LabelImportReport } from "../../../../api/types.ts";
import type { NamedFile } from "../../upload/uploadQueue.ts";

export const AUTO = "auto";

export type ImportMode = "merge" | "replace";

export interface ImportOptions {
  /** A format's name, or AUTO. */
  format: string;
  mode: ImportMode;
  /** Only says what would happen. */
  isDryRun: boolean;
}

/** The problems of one image, or with null those of whole files. */
export interface ProblemGroup {
  image: string | null;
  /** Whether its objects stay as they are in the project. */
  isRefused: boolean;
  problems: LabelImportProblem[];
}

export function importAddress(projectId: number, { format, mode, isDryRun }: ImportOptions): string {
  return urlOf(`/api/v1/projects/${projectId}/labels/import`, { format, mode, dry_run: isDryRun });
}

export function formOf(files: readonly NamedFile[]): FormData {
  const form = new FormData();
  for (const { name, file } of files) form.append("file", file, name);
  return form;
}

/** The endings that a format's files have; with AUTO those of all formats that are read. */
export function endingsOf(formats: readonly LabelFormat[], format: string): string[] {
  const wanted = formats.filter(({ name, reads }) => reads && (format === AUTO || name === format));
  return [...new Set(wanted.flatMap(({ accepts }) => accepts.split(",")))].filter((ending) => ending !== "");
}

/** The files that may hold labels: the images of a folder that lie beside them are not sent. */
export function labelFilesAmong(files: readonly NamedFile[], endings: readonly string[]): NamedFile[] {
  return files.filter(({ name }) => {
    const file = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
    return !file.startsWith(".") && (endings.length === 0 || endings.some((ending) => file.endsWith(ending)));
  });
}

/** With those chosen before; one of the same name takes the other's place. */
export function withFiles(chosen: readonly NamedFile[], more: readonly NamedFile[]): NamedFile[] {
  return [...new Map([...chosen, ...more].map((file) => [file.name, file])).values()];
}

/** By image; what keeps an image out comes first, then what is about whole files. */
export function groupProblems(problems: readonly LabelImportProblem[], search: string): ProblemGroup[] {
  const groups = new Map<string | null, ProblemGroup>();
  for (const problem of problems) {
    if (!holds(problem, search)) continue;
    const group = groups.get(problem.image) ?? { image: problem.image, isRefused: false, problems: [] };
    group.isRefused ||= problem.refused;
    group.problems.push(problem);
    groups.set(problem.image, group);
  }
  const rank = ({ isRefused, image }: ProblemGroup) => (isRefused ? 0 : image === null ? 1 : 2);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

/** A line for each problem and each missing image, for a spreadsheet. */
export function reportAsCsv({ problems, images_missing }: LabelImportReport): string {
  const rows = [
    ["image", "entry", "what happened", "reason"],
    ...groupProblems(problems, "")
      .flatMap((group) => group.problems)
      .map(({ image, entry, error, refused }) => [image ?? "", entry ?? "", refused ? "refused" : "changed", error]),
    ...images_missing.map((image) => [image, "", "missing", "The project has no such image."]),
  ];
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function holds({ image, entry, error }: LabelImportProblem, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return [image, entry, error].some((text) => text?.toLowerCase().includes(wanted));
}

/** Names come from anywhere: one that a spreadsheet would compute (=…) is made text. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
