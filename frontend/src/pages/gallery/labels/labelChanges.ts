import { useMutation, useQueryClient } from "@tanstack/react-query";

/** A change of a label; the project's labels, images and counts are read anew after it, then the dialog closes. */
export function useLabelChange<Input, Answer>(
  projectId: number,
  change: (input: Input) => Promise<Answer>,
  onDone: () => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["projects", projectId] });
      await client.invalidateQueries({ queryKey: ["outlines", projectId] });
      onDone();
    },
  });
}
