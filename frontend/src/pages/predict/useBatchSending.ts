/** Many files go to a worker as one batch; its page opens when they are there. */
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useSendForm } from "../../api/useSendForm.ts";
import { type BatchSettings, batchesPath, type StartedBatch } from "../batches/batchQueries.ts";
import type { NamedFile } from "../gallery/upload/uploadQueue.ts";

export interface BatchSending {
  start: (files: readonly NamedFile[]) => void;
  /** Send the same files once more. */
  again: () => void;
  stop: () => void;
  /** How many files are under way; 0 when none are. */
  count: number;
  /** What is sent of them, 0-1. */
  share: number;
  error: unknown;
}

export function useBatchSending(modelId: number, settings: BatchSettings): BatchSending {
  const navigate = useNavigate();
  const { send, stop, sentShare } = useSendForm<StartedBatch>();
  const sending = useMutation({
    mutationFn: (files: readonly NamedFile[]) => {
      const form = new FormData();
      for (const { name, file } of files) form.append("files", file, name);
      return send(batchesPath(modelId, settings), form);
    },
    onSuccess: ({ id }) => navigate(`/batches/${id}`),
  });
  return {
    start: (files) => sending.mutate(files),
    again: () => sending.variables && sending.mutate(sending.variables),
    stop: () => {
      stop();
      sending.reset();
    },
    count: sending.isPending ? sending.variables.length : 0,
    share: sentShare,
    error: sending.error,
  };
}
