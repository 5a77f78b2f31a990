import { sendForm } from "../../../api/sendForm.ts";
import { keepSending } from "./connection.ts";
import type { Send, UploadReport } from "./uploadQueue.ts";

/** Small files together in one multipart request, from its beginning again when the connection breaks off. */
export const sendFiles: Send = (projectId, files, { onProgress, onStalled }) =>
  keepSending(() => {
    const form = new FormData();
    for (const { name, file } of files) form.append("files", file, name);
    return sendForm<UploadReport>(`/api/v1/projects/${projectId}/images`, form, onProgress);
  }, onStalled);
