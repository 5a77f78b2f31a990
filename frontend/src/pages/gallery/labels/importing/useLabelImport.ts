import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { LabelImportReport } from "../../../../api/types.ts";
import { useSendForm } from "../../../../api/useSendForm.ts";
import type { NamedFile } from "../../upload/uploadQueue.ts";
import { formOf, type ImportOptions, importAddress } from "./labelImport.ts";

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
  const sender = useSendForm<LabelImportReport>();
  const request = useMutation({
    mutationFn: ({ files, options }: { files: readonly NamedFile[]; options: ImportOptions }) =>
      sender.send(importAddress(projectId, options), formOf(files)),
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
    sender.stop();
    request.reset();
  };
  return {
    start: (files, options) => request.mutate({ files, options }),
    stop,
    forget: request.reset,
    isBusy: request.isPending,
    sentShare: sender.sentShare,
    report: request.data,
    error: request.error,
  };
}
