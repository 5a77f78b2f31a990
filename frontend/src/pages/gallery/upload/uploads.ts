/** The app's one upload queue: uploads go on while one walks from page to page. */
import { useSyncExternalStore } from "react";
import { queryClient } from "../../../api/queryClient.ts";
import { sendFiles } from "./sendFiles.ts";
import { PIECE_BYTES, sendInPieces } from "./sendInPieces.ts";
import { type NamedFile, type Send, type UploadFile, UploadQueue } from "./uploadQueue.ts";

/** A list that says nothing but that all went well leaves after so long. */
const LEAVE_MS = 6_000;
/** New images show up in the gallery in such steps while an upload runs. */
const REFRESH_MS = 700;

let refreshTimer: ReturnType<typeof setTimeout> | undefined;

/** What fits into one piece is sent as it is. */
const send: Send = (projectId, files, events) => {
  const isLarge = files.some(({ file }) => file.size > PIECE_BYTES);
  return (isLarge ? sendInPieces : sendFiles)(projectId, files, events);
};

export const uploads = new UploadQueue(send, (projectId) => {
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
  const isAllWell =
    uploads.files.length > 0 &&
    uploads.files.every(({ state, duplicates }) => state === "done" && duplicates.length === 0);
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
