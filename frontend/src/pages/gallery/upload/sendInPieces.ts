/** One large file by the tus protocol: a broken connection, or a page that is loaded anew, costs one piece at most. */
import { type DetailedError, type HttpRequest, type HttpResponse, Upload } from "tus-js-client";
import { ApiError, api, csrfToken, errorFromText } from "../../../api/client.ts";
import { deferred } from "../../../api/deferred.ts";
import { canTryAgain } from "../../../api/sendForm.ts";
import { isPassing, RETRY_DELAYS_MS, waitForConnection } from "./connection.ts";
import { forgetResumable } from "./resumable.ts";
import type { NamedFile, Send, UploadReport } from "./uploadQueue.ts";

export const PIECE_BYTES = 8 * 1024 * 1024;
/** Between questions whether a file that has arrived is taken in. */
const REPORT_PAUSE_MS = 2_000;
/** The server takes in the largest zip within a quarter of an hour. */
const MAX_REPORT_QUESTIONS = 600;
/** Another request moved the upload on, or holds it: asking where it stands puts that right. */
const CONFLICTS: readonly number[] = [409, 423];
/** About the file itself; sending it again would not help. */
const REFUSALS: readonly number[] = [413, 415, 422];

export const sendInPieces: Send = (projectId, files, { onProgress, onStalled }) => {
  const [named] = files;
  if (named === undefined) throw new RangeError("there is no file to send");
  const { promise, resolve, reject } = deferred<UploadReport>();
  let isStalled = false;
  const upload = newUpload(projectId, named, {
    onProgress: (bytes) => {
      isStalled = false;
      onProgress(bytes);
    },
    onShouldRetry: (error) => {
      const status = statusOf(error);
      if (!isPassing(status) && status !== 500 && !CONFLICTS.includes(status)) return false;
      isStalled = true;
      onStalled();
      return true;
    },
    onSuccess: () => void readReport(upload).then(resolve, reject),
    onError: (error) => void goOnOrEnd(toApiError(error)),
  });
  const goOnOrEnd = async (error: ApiError) => {
    if (REFUSALS.includes(error.status)) return resolve(refusalOf(named.name, error));
    if (await canTryAgain(error)) return upload.start();
    reject(error);
  };
  // The pause between two attempts ends when the network is back.
  const wake = () => isStalled && void upload.abort().then(() => upload.start());
  window.addEventListener("online", wake);
  void promise.catch(() => undefined).then(() => window.removeEventListener("online", wake));
  void startWhereItEnded(upload).catch(reject);
  return {
    done: promise,
    abort: () => {
      reject(new ApiError(0, "Cancelled."));
      // What has arrived is removed at once; where that fails, the server forgets it in a day.
      void upload.abort(true).catch(() => undefined);
    },
  };
};

type Callbacks = Required<Pick<Upload["options"], "onProgress" | "onShouldRetry" | "onSuccess" | "onError">>;

function newUpload(projectId: number, { name, file }: NamedFile, callbacks: Callbacks): Upload {
  return new Upload(file, {
    ...callbacks,
    endpoint: new URL(`/api/v1/projects/${projectId}/uploads`, window.location.href).href,
    metadata: { filename: name },
    // Its own name, too: files of one name and size lie in many folders.
    fingerprint: async () => ["maskwright", projectId, name, file.size, file.lastModified].join("|"),
    chunkSize: PIECE_BYTES,
    retryDelays: [...RETRY_DELAYS_MS],
    onBeforeRequest: addCsrfToken,
    onAfterResponse: keepAddressUnlessGone,
  });
}

async function startWhereItEnded(upload: Upload): Promise<void> {
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
}

function addCsrfToken(request: HttpRequest): void {
  const token = csrfToken();
  if (token !== null) request.setHeader("X-CSRF-Token", token);
}

/** The client would begin anew after any answer but 2xx to where an upload stands; only what is gone needs that. */
function keepAddressUnlessGone(request: HttpRequest, response: HttpResponse): void {
  const status = response.getStatus();
  if (request.getMethod() !== "HEAD" || status < 400 || status === 404 || status === 410) return;
  throw errorFromText(status, response.getBody());
}

/** What became of a file that has arrived; where the server could not take it in yet, it is asked to once more. */
async function readReport(upload: Upload): Promise<UploadReport> {
  const url = upload.url ?? "";
  for (let question = 0; question < MAX_REPORT_QUESTIONS; question += 1) {
    try {
      const { report } = await api.get<{ report: UploadReport | null }>(url);
      if (report !== null) {
        await forgetResumable(url.slice(url.lastIndexOf("/") + 1));
        return report;
      }
      await takeIn(upload);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : null;
      if (status === null || !(isPassing(status) || CONFLICTS.includes(status))) throw error;
      await waitForConnection(REPORT_PAUSE_MS);
    }
  }
  throw new ApiError(0, "The server did not say what became of the file. Look whether its images are there.");
}

/** An empty piece at the end. */
function takeIn({ url, file }: Upload): Promise<void> {
  const headers = {
    "Tus-Resumable": "1.0.0",
    "Upload-Offset": String((file as File).size),
    "Content-Type": "application/offset+octet-stream",
  };
  return api.patch<void>(url ?? "", new Blob([]), { headers });
}

function statusOf(error: DetailedError): number {
  return toApiError(error).status;
}

function toApiError(error: Error | DetailedError): ApiError {
  if (!("originalRequest" in error)) return new ApiError(0, error.message);
  if (error.causingError instanceof ApiError) return error.causingError;
  if (error.originalResponse === null) return new ApiError(0, "The connection broke off. Try again.");
  return errorFromText(error.originalResponse.getStatus(), error.originalResponse.getBody());
}

function refusalOf(name: string, { message }: ApiError): UploadReport {
  return { items: [], refused: [{ name, error: message }] };
}
