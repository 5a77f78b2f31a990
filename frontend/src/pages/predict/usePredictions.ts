/** The images of this visit and what the model said of each: one is predicted at a time, in the order they came. */
import { useCallback, useEffect, useReducer, useRef } from "react";
import { api, type Query } from "../../api/client.ts";
import type { Sending } from "../../api/sendForm.ts";
import type { Speed } from "../../api/types.ts";
import { keepSending } from "../gallery/upload/connection.ts";
import { LOWEST_SCORE, type PredictedObject } from "./predictions.ts";

export interface PictureSource {
  name: string;
  load: () => Promise<Blob>;
  /** Where a browser finds the picture upright, if not in the file itself. */
  shownAt?: string;
}

export interface Picture {
  id: number;
  name: string;
  source: PictureSource;
  /** Known once the file is here. */
  file: Blob | null;
  url: string | null;
  /** stalled: the server cannot be reached, and is asked again when it can. */
  state: "waiting" | "running" | "stalled" | "done" | "failed";
  objects: PredictedObject[];
  seconds: number | null;
  error: string | null;
  /** Grows when the picture is predicted again: an answer to an older question is dropped. */
  round: number;
}

interface State {
  pictures: Picture[];
  nextId: number;
}

type Action =
  | { kind: "added"; sources: PictureSource[] }
  | { kind: "started"; id: number }
  | { kind: "loaded"; id: number; file: Blob; url: string }
  | { kind: "stalled"; id: number; round: number }
  | { kind: "answered"; id: number; round: number; objects: PredictedObject[]; seconds: number }
  | { kind: "failed"; id: number; round: number; error: string }
  | { kind: "again"; id?: number };

/**
 * @param path The endpoint of model and checkpoint; another path or speed predicts every picture again. Null waits.
 */
export function usePredictions(path: string | null, speed: Speed) {
  const [state, dispatch] = useReducer(reduce, { pictures: [], nextId: 1 });
  const sending = useRef<Sending<unknown>>(undefined);
  const busy = state.pictures.some((picture) => picture.state === "running" || picture.state === "stalled");
  const next = busy ? undefined : state.pictures.find((picture) => picture.state === "waiting");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another path or speed is what makes the answers old
  useEffect(() => {
    dispatch({ kind: "again" });
    return () => sending.current?.abort();
  }, [path, speed]);

  useEffect(() => {
    if (next === undefined || path === null) return;
    dispatch({ kind: "started", id: next.id });
    sending.current = predict(path, { speed, min_score: LOWEST_SCORE }, next, dispatch);
  }, [next, path, speed]);

  const add = useCallback((sources: PictureSource[]) => dispatch({ kind: "added", sources }), []);
  const predictAgain = useCallback((id: number) => dispatch({ kind: "again", id }), []);
  return { pictures: state.pictures, add, predictAgain };
}

/** Ask for one picture, as often as the connection breaks off. */
function predict(
  path: string,
  query: Query,
  { id, round, source, ...picture }: Picture,
  dispatch: (action: Action) => void,
): Sending<unknown> {
  let file = picture.file;
  let begun = 0;
  const ask = async () => {
    if (file === null) {
      file = await source.load();
      dispatch({ kind: "loaded", id, file, url: source.shownAt ?? URL.createObjectURL(file) });
    }
    begun = performance.now();
    return api.post<PredictedObject[]>(path, asBytes(file), { query });
  };
  const sending = keepSending(
    () => ({ done: ask(), abort: () => undefined }),
    () => dispatch({ kind: "stalled", id, round }),
  );
  sending.done.then(
    (objects) => dispatch({ kind: "answered", id, round, objects, seconds: (performance.now() - begun) / 1000 }),
    (error: unknown) =>
      dispatch({ kind: "failed", id, round, error: error instanceof Error ? error.message : String(error) }),
  );
  return sending;
}

/** The same bytes, of a type that the endpoint takes whatever the file's ending says. */
export function asBytes(file: Blob): Blob {
  return file.slice(0, file.size, "application/octet-stream");
}

function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case "added": {
      const added = action.sources.map((source, index) => newPicture(state.nextId + index, source));
      return { pictures: [...state.pictures, ...added], nextId: state.nextId + added.length };
    }
    case "again":
      return {
        ...state,
        pictures: state.pictures.map((picture) => (isAskedAgain(picture, action.id) ? again(picture) : picture)),
      };
    case "started":
      return change(state, action.id, { state: "running" });
    case "loaded":
      return change(state, action.id, { file: action.file, url: action.url });
    case "stalled":
      return answer(state, action, { state: "stalled" });
    case "answered":
      return answer(state, action, { state: "done", objects: action.objects, seconds: action.seconds });
    case "failed":
      return answer(state, action, { state: "failed", error: action.error });
  }
}

function change(state: State, id: number, values: Partial<Picture>): State {
  return {
    ...state,
    pictures: state.pictures.map((picture) => (picture.id === id ? { ...picture, ...values } : picture)),
  };
}

function answer(state: State, { id, round }: { id: number; round: number }, values: Partial<Picture>): State {
  const isAwaited = state.pictures.some((picture) => picture.id === id && picture.round === round);
  return isAwaited ? change(state, id, values) : state;
}

/** One that still waits has not been asked for, so nothing about it is old. */
function isAskedAgain(picture: Picture, id: number | undefined): boolean {
  return picture.state !== "waiting" && (id === undefined || picture.id === id);
}

function again({ id, source, file, url, round }: Picture): Picture {
  return { ...newPicture(id, source), file, url, round: round + 1 };
}

function newPicture(id: number, source: PictureSource): Picture {
  return {
    id,
    name: source.name,
    source,
    file: null,
    url: null,
    state: "waiting",
    objects: [],
    seconds: null,
    error: null,
    round: 0,
  };
}
