import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Sending } from "../../../../api/sendForm.ts";
import type { LabelImportReport } from "../../../../api/types.ts";
import type { NamedFile } from "../../upload/uploadQueue.ts";
import { type ImportOptions, sendLabels } from "./labelImport.ts";

export interface LabelImport {
  /** Sends the files; the answer is in `report`, a failure in `error`. */
  start: (files: readonly NamedFile[], options: ImportOptions) => void;
  /** Ends what is under way; nothing of it is imported then. */
  stop: () => void;
  forget: () => void;
  isBusy: boolean;
  /** The share of the files that is sent, 0-1. */
  sentShare: number;
  report: LabelImportReport | undefined;
  error: unknown;
}

/** One request at a time that imports labels, or tells what would come of it. */
export function useLabelImport(projectId: number, onDone: (options: ImportOptions) => void): LabelImport {
  const client = useQueryClient();
  const sending = useRef<Sending<LabelImportReport>>(undefined);
  const [sentShare, setSentShare] = useState(0);
  const request = useMutation({
    mutationFn: ({ files, options }: { files: readonly NamedFile[]; options: ImportOptions }) => {
      const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
      setSentShare(0);
      sending.current = sendLabels(projectId, files, options, (sent) => setSentShare(Math.min(1, sent / (bytes || 1))));
      return sending.current.done;
    },
    onSuccess: async (_report, { options }) => {
      onDone(options);
      if (options.isDryRun) return;
      await Promise.all([
        client.invalidateQueries({ queryKey: ["projects", projectId] }),
        client.invalidateQueries({ queryKey: ["projects"], exact: true }),
        client.invalidateQueries({ queryKey: ["outlines", projectId] }),
      ]);
    },
  });
  const stop = () => {
    sending.current?.abort();
    request.reset();
  };
  // A dialog that is closed has nobody left to tell.
  useEffect(() => () => sending.current?.abort(), []);
  return {
    start: (files, options) => request.mutate({ files, options }),
    stop,
    forget: request.reset,
    isBusy: request.isPending,
    sentShare,
    report: request.data,
    error: request.error,
  };
}
