/** Holds the model off the page's thread: the page stays at hand while it is loaded and predicts. */
import { withPixels } from "./decode.ts";
import type { Answer, LoadQuestion, PredictQuestion, Question } from "./messages.ts";
import { Network } from "./network.ts";

let network: Network | null = null;

self.onmessage = async ({ data: question }: MessageEvent<Question>) => {
  try {
    switch (question.kind) {
      case "load":
        network = await load(question.id, question);
        answer({ kind: "loaded", id: question.id });
        break;
      case "predict":
        answer({ kind: "predicted", id: question.id, objects: await predict(question) });
        break;
    }
  } catch (error) {
    answer({ kind: "failed", id: question.id, error: error instanceof Error ? error.message : String(error) });
  }
};

async function load(id: number, { detector, maskHead, meta }: LoadQuestion): Promise<Network> {
  const responses = await Promise.all([detector, maskHead].map(open));
  const sizes = responses.map((response) => Number(response.headers.get("Content-Length")));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  let loadedBytes = 0;
  const onBytes = (count: number) => {
    loadedBytes += count;
    answer({ kind: "progress", id, loadedBytes, totalBytes });
  };
  const [detectorBytes, maskHeadBytes] = await Promise.all(responses.map((response) => read(response, onBytes)));
  if (detectorBytes === undefined || maskHeadBytes === undefined) throw new Error("The model has two graphs.");
  try {
    return await Network.load({ detector: detectorBytes, maskHead: maskHeadBytes }, meta);
  } catch (error) {
    throw new Error(`This browser cannot run the model's files (${error instanceof Error ? error.message : error}).`);
  }
}

async function open(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} is not there (${response.status}); unpack the zip again.`);
  return response;
}

/** The whole body; how much has come is told as it comes. */
async function read(response: Response, onBytes: (count: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    chunks.push(part.value);
    onBytes(part.value.length);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function predict({ file, minScore }: PredictQuestion) {
  const loaded = network;
  if (loaded === null) throw new Error("The model is not loaded yet.");
  return withPixels(file, (source) => loaded.predict(source, minScore));
}

function answer(message: Answer): void {
  self.postMessage(message);
}
