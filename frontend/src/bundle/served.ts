/**
 * What lies beside the page: the model's folder, and the server's word about itself where a server hands the page out.
 *
 * The page and the model's folder are neighbours: `page/index.html` and `model/model.json`. A server that hands the page
 * out at `/` has the model at `/model/`, since an address does not go above `/`.
 */
import type { Speed } from "../api/types.ts";

/** What the page needs of model.json. */
export interface ModelMeta {
  class_names: string[];
  /** Long side in pixels that pictures are resized to. */
  image_size: number;
  model_name: string;
  checkpoint: string;
  /** 0-1, by class name. */
  score_thresholds: Record<string, number>;
}

/** `server.json`, which only the bundle's own server answers; a plain web server has no such file. */
export interface ServerWord {
  /** Where pictures are sent: `/api/predict/1/my-model`. */
  predict_path: string;
  needs_token: boolean;
  speed: Speed;
}

export interface Served {
  meta: ModelMeta;
  /** Null where the page lies on a plain web server: then it predicts in the browser only. */
  server: ServerWord | null;
  /** Null where a plain web server hands out the page and the model and not the manifest above them. */
  speed: Speed | null;
}

export const DEFAULT_THRESHOLD = 0.5;

/** The address of a file of the model's folder. */
export function modelFile(name: string): string {
  return new URL(`../model/${name}`, document.baseURI).href;
}

/** Reads what lies beside the page; throws in words where the model does not. */
export async function readServed(): Promise<Served> {
  const [meta, server] = await Promise.all([
    readJson<ModelMeta>(modelFile("model.json")),
    readJson<ServerWord>(new URL("server.json", document.baseURI).href),
  ]);
  if (meta === null) {
    throw new Error(`There is no model at ${modelFile("model.json")}. Put the folders page and model side by side.`);
  }
  const manifest = server ?? (await readJson<{ speed: Speed }>(new URL("../manifest.json", document.baseURI).href));
  return { meta, server, speed: manifest?.speed ?? null };
}

/** A JSON file, or null where there is none: some web servers answer a page instead of 404. */
async function readJson<T>(address: string): Promise<T | null> {
  const response = await fetch(address).catch(() => {
    throw new Error(`${address} cannot be reached. Open this page through a web server, not as a file.`);
  });
  if (!response.ok || response.headers.get("Content-Type")?.startsWith("text/html")) return null;
  return (await response.json()) as T;
}
