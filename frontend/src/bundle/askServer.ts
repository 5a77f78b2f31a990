import type { PredictedObject } from "../pages/predict/predictions.ts";
import type { ServerWord } from "./served.ts";

/** Asks the server that handed the page out. Throws its own words where it refuses. */
export async function askServer(
  server: ServerWord,
  token: string,
  file: Blob,
  minScore: number,
): Promise<PredictedObject[]> {
  const address = new URL(server.predict_path, document.baseURI);
  address.searchParams.set("min_score", String(minScore * 100));
  const headers = new Headers({ "Content-Type": "application/octet-stream" });
  if (server.needs_token) headers.set("X-Auth-token", token);
  const response = await fetch(address, { method: "POST", headers, body: file }).catch(() => {
    throw new Error("The server cannot be reached. Is it still running?");
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as PredictedObject[];
  const isInWords = typeof answer === "object" && answer !== null && "error" in answer;
  throw new Error(isInWords ? String(answer.error) : `The server answered ${response.status}.`);
}
