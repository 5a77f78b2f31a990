import { useEffect, useState } from "react";
import { BrowserModel } from "./model/browserModel.ts";
import type { ModelMeta } from "./served.ts";

export interface Loading {
  loadedBytes: number;
  /** 0 where the server does not say. */
  totalBytes: number;
}

/** The model in this browser: loaded when it is first wanted, and kept. */
export function useBrowserModel(meta: ModelMeta | null, isWanted: boolean) {
  const [model, setModel] = useState<BrowserModel | null>(null);
  const [loading, setLoading] = useState<Loading>({ loadedBytes: 0, totalBytes: 0 });
  const [error, setError] = useState<unknown>(null);
  const [wasWanted, setWasWanted] = useState(false);
  if (isWanted && !wasWanted) setWasWanted(true);

  useEffect(() => {
    if (meta === null || !wasWanted) return;
    const loaded = new BrowserModel();
    let isGone = false;
    loaded
      .load(meta, (loadedBytes, totalBytes) => setLoading({ loadedBytes, totalBytes }))
      .then(
        () => !isGone && setModel(loaded),
        (failure: unknown) => !isGone && setError(failure),
      );
    return () => {
      isGone = true;
      loaded.close();
    };
  }, [meta, wasWanted]);

  return { model, loading, error };
}
