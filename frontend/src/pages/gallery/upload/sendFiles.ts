import { csrfToken, errorFromText, signInAgain } from "../../../api/client.ts";
import { deferred } from "../../../api/deferred.ts";
import type { Send, UploadReport } from "./uploadQueue.ts";

/** One multipart request. XMLHttpRequest, because fetch tells no progress of what it sends. */
export const sendFiles: Send = (projectId, files, onProgress) => {
  let isAborted = false;
  let request = new XMLHttpRequest();
  const attempt = () => {
    request = new XMLHttpRequest();
    return sendOnce(request, projectId, files, onProgress);
  };
  const done = attempt().then(async (answer) => {
    if (answer.status === 401 && !isAborted && (await signInAgain())) return reportOf(await attempt());
    return reportOf(answer);
  });
  return {
    done,
    abort: () => {
      isAborted = true;
      request.abort();
    },
  };
};

interface Answer {
  status: number;
  text: string;
}

function sendOnce(
  request: XMLHttpRequest,
  projectId: number,
  files: readonly { name: string; file: File }[],
  onProgress: (bytes: number) => void,
): Promise<Answer> {
  const form = new FormData();
  for (const { name, file } of files) form.append("files", file, name);
  const { promise, resolve, reject } = deferred<Answer>();
  request.upload.onprogress = (event) => onProgress(event.loaded);
  request.onload = () => resolve({ status: request.status, text: request.responseText });
  request.onerror = () => reject(errorFromText(0, '{"error": "The connection broke off. Try again."}'));
  request.onabort = () => reject(errorFromText(0, '{"error": "Cancelled."}'));
  request.open("POST", `/api/v1/projects/${projectId}/images`);
  request.setRequestHeader("Accept", "application/json");
  const token = csrfToken();
  if (token !== null) request.setRequestHeader("X-CSRF-Token", token);
  request.send(form);
  return promise;
}

function reportOf({ status, text }: Answer): UploadReport {
  if (status < 200 || status > 299) throw errorFromText(status, text);
  return JSON.parse(text) as UploadReport;
}
