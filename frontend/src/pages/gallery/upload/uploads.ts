/** The app's one upload queue: uploads go on while one walks from page to page. */
import { useSyncExternalStore } from "react";
import { queryClient } from "../../../api/queryClient.ts";
import { sendFiles } from "./sendFiles.ts";
import { type NamedFile, type UploadFile, UploadQueue } from "./uploadQueue.ts";

/** A list that says nothing but that all went well leaves after so long. */
const LEAVE_MS = 6_000;
/** New images show up in the gallery in such steps while an upload runs. */
const REFRESH_MS = 700;

let refreshTimer: ReturnType<typeof setTimeout> | undefined;

export const uploads = new UploadQueue(sendFiles, (projectId) => {
  if (refreshTimer !== undefined) return;
  refreshTimer = setTimeout(() => {
    refreshTimer = undefined;
    void queryClient.invalidateQueries({ queryKey: ["projects", projectId] });
    void queryClient.invalidateQueries({ queryKey: ["projects"], exact: true });
  }, REFRESH_MS);
});

let leaveTimer: ReturnType<typeof setTimeout> | undefined;

uploads.subscribe(() => {
  clearTimeout(leaveTimer);
  const isAllWell = uploads.files.length > 0 && uploads.files.every(({ state }) => state === "done");
  if (isAllWell) leaveTimer = setTimeout(() => uploads.clear(), LEAVE_MS);
});

window.addEventListener("beforeunload", (event) => {
  if (uploads.isBusy) event.preventDefault();
});

export function useUploads(): readonly UploadFile[] {
  return useSyncExternalStore(uploads.subscribe, () => uploads.files);
}

export function uploadFiles(projectId: number, files: readonly NamedFile[]): void {
  const wanted = files.filter(({ name }) => !liesBesideFiles(name));
  if (wanted.length > 0) uploads.add(projectId, wanted);
}

/** Files that systems put into every folder, which nobody means to upload. */
function liesBesideFiles(name: string): boolean {
  const last = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
  return last.startsWith("._") || [".ds_store", "thumbs.db", "desktop.ini"].includes(last);
}
