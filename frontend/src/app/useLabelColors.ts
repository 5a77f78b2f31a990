import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { labelsQuery } from "../api/queries.ts";

/** Of a label that the project has no more. */
const UNKNOWN_LABEL_COLOR = "#858d97";

export function useLabelColors(projectId: number | undefined): (label: string) => string {
  const labels = useQuery({ ...labelsQuery(projectId ?? 0), enabled: projectId !== undefined });
  return useMemo(() => {
    const colors = new Map(labels.data?.items.map((label) => [label.name, label.color]));
    return (label: string) => colors.get(label) ?? UNKNOWN_LABEL_COLOR;
  }, [labels.data]);
}
