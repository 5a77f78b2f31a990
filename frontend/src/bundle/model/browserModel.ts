/** The model in this browser, as the page sees it: it is loaded once, then asked one picture after the other. */
import type { PredictedObject } from "../../pages/predict/predictions.ts";
import { type ModelMeta, modelFile } from "../served.ts";
import type { Answer, LoadQuestion, PredictQuestion } from "./messages.ts";

export type OnProgress = (loadedBytes: number, totalBytes: number) => void;

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  onProgress?: OnProgress;
}

export class BrowserModel {
  private readonly worker = new Worker(new URL("./modelWorker.ts", import.meta.url), { type: "module" });
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => this.take(data);
    this.worker.onerror = () => this.failAll(new Error("This browser cannot run the model: its worker did not start."));
  }

  async load(meta: ModelMeta, onProgress: OnProgress): Promise<void> {
    const question: LoadQuestion = {
      kind: "load",
      detector: modelFile("detector.onnx"),
      maskHead: modelFile("mask_head.onnx"),
      meta,
    };
    await this.ask(question, onProgress);
  }

  async predict(file: Blob, minScore: number): Promise<PredictedObject[]> {
    const answer = await this.ask({ kind: "predict", file, minScore });
    return answer.kind === "predicted" ? answer.objects : [];
  }

  /** Frees the model; who still waits is told. */
  close(): void {
    this.worker.terminate();
    this.failAll(new Error("The model was closed."));
  }

  private ask(question: LoadQuestion | PredictQuestion, onProgress?: OnProgress): Promise<Answer> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, ...(onProgress === undefined ? {} : { onProgress }) });
      this.worker.postMessage({ ...question, id });
    });
  }

  private take(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    if (answer.kind === "progress") {
      waiting?.onProgress?.(answer.loadedBytes, answer.totalBytes);
      return;
    }
    this.waiting.delete(answer.id);
    if (answer.kind === "failed") waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer);
  }

  private failAll(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
