import { ApiError, csrfToken, errorFromText, renewCsrfToken, signInAgain } from "./client.ts";
import { deferred } from "./deferred.ts";

export interface Sending<T> {
  done: Promise<T>;
  abort: () => void;
}

/** Posts a form with files. XMLHttpRequest, because fetch tells no progress of what it sends. */
export function sendForm<T>(path: string, form: FormData, onProgress: (bytes: number) => void): Sending<T> {
  let isAborted = false;
  let request = new XMLHttpRequest();
  const attempt = async () => {
    request = new XMLHttpRequest();
    const answer = await sendOnce(request, path, form, onProgress);
    if (answer.status < 200 || answer.status > 299) throw errorFromText(answer.status, answer.text);
    return JSON.parse(answer.text) as T;
  };
  const done = attempt().catch(async (error: unknown) => {
    if (!isAborted && error instanceof ApiError && (await canTryAgain(error))) return attempt();
    throw error;
  });
  return {
    done,
    abort: () => {
      isAborted = true;
      request.abort();
    },
  };
}

interface Answer {
  status: number;
  text: string;
}

function sendOnce(
  request: XMLHttpRequest,
  path: string,
  form: FormData,
  onProgress: (bytes: number) => void,
): Promise<Answer> {
  const { promise, resolve, reject } = deferred<Answer>();
  request.upload.onprogress = (event) => onProgress(event.loaded);
  request.onload = () => resolve({ status: request.status, text: request.responseText });
  request.onerror = () => reject(new ApiError(0, "The connection broke off. Try again."));
  request.onabort = () => reject(new ApiError(0, "Cancelled."));
  request.open("POST", path);
  request.setRequestHeader("Accept", "application/json");
  const token = csrfToken();
  if (token !== null) request.setRequestHeader("X-CSRF-Token", token);
  request.send(form);
  return promise;
}

/** Whether what kept the first attempt out is put right: a new sign-in, a new CSRF token. */
export async function canTryAgain(error: ApiError): Promise<boolean> {
  if (error.status === 401) return signInAgain();
  if (error.status !== 403 || !error.message.startsWith("X-CSRF-Token")) return false;
  await renewCsrfToken();
  return true;
}
