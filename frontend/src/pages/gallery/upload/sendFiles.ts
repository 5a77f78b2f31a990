import { sendForm } from "../../../api/sendForm.ts";
import type { Send, UploadReport } from "./uploadQueue.ts";

/** One multipart request. */
export const sendFiles: Send = (projectId, files, onProgress) => {
  const form = new FormData();
  for (const { name, file } of files) form.append("files", file, name);
  return sendForm<UploadReport>(`/api/v1/projects/${projectId}/images`, form, onProgress);
};
