/** What to do when the connection breaks off while files are sent: wait, and go on by itself. */
import { ApiError } from "../../../api/client.ts";
import type { Sending } from "../../../api/sendForm.ts";

const SECOND = 1000;
/** Growing, so that a server that comes back is not run over; about a quarter of an hour in all, a router's update. */
export const RETRY_DELAYS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 20].map((seconds) => seconds * SECOND),
  ...Array.from({ length: 28 }, () => 30 * SECOND),
];

/** Of a proxy whose server is away, beside 0: no answer at all. */
const PASSING_STATUSES: readonly number[] = [0, 502, 503, 504];

/** Whether an answer is about the way to the server, not about what was sent. */
export function isPassing(status: number): boolean {
  return PASSING_STATUSES.includes(status);
}

/** Waits, or less if the browser finds the network again. */
export function waitForConnection(delayMs: number, network: EventTarget = window): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      network.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, delayMs);
    network.addEventListener("online", go);
  });
}

/** Starts a request again as long as the connection is what it fails by. */
export function keepSending<T>(
  start: () => Sending<T>,
  onStalled: () => void,
  wait: (delayMs: number) => Promise<void> = waitForConnection,
): Sending<T> {
  let isAborted = false;
  let current = start();
  const goOn = async (): Promise<T> => {
    for (const delay of RETRY_DELAYS_MS) {
      try {
        return await current.done;
      } catch (error) {
        if (isAborted || !(error instanceof ApiError && isPassing(error.status))) throw error;
      }
      onStalled();
      await wait(delay);
      if (isAborted) throw new ApiError(0, "Cancelled.");
      current = start();
    }
    return current.done;
  };
  return {
    done: goOn(),
    abort: () => {
      isAborted = true;
      current.abort();
    },
  };
}
