import { useEffect, useState } from "react";
import type { PredictedObject } from "../pages/predict/predictions.ts";

export type Ask = (file: Blob) => Promise<PredictedObject[]>;

export type Prediction =
  | { state: "none" }
  | { state: "running" }
  | { state: "done"; objects: PredictedObject[]; seconds: number }
  | { state: "failed"; error: unknown };

/**
 * What the model says of a picture. Another picture or another way of asking asks again; an answer to an older question is
 * dropped. While `ask` is null, nobody can answer yet.
 */
export function usePrediction(file: Blob | null, ask: Ask | null): Prediction {
  const [prediction, setPrediction] = useState<Prediction>({ state: "none" });
  useEffect(() => {
    if (file === null || ask === null) {
      setPrediction({ state: "none" });
      return;
    }
    let isOld = false;
    const begun = performance.now();
    setPrediction({ state: "running" });
    ask(file).then(
      (objects) => {
        if (!isOld) setPrediction({ state: "done", objects, seconds: (performance.now() - begun) / 1000 });
      },
      (error: unknown) => {
        if (!isOld) setPrediction({ state: "failed", error });
      },
    );
    return () => {
      isOld = true;
    };
  }, [file, ask]);
  return prediction;
}
