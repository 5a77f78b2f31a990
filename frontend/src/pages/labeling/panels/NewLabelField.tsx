import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../../api/client.ts";
import { labelsQuery } from "../../../api/queries.ts";
import type { LabelClass, Page } from "../../../api/types.ts";
import { nextLabelColor } from "../../../components/labelColors.ts";
import { TextField } from "../../../components/TextField.tsx";
import styles from "./SidePanel.module.css";

interface NewLabelFieldProps {
  projectId: number;
  labels: readonly LabelClass[];
  onAdded: (name: string) => void;
  onClose: () => void;
}

/** Adds a label in place; Enter adds, Esc leaves. A name that is there already is chosen. */
export function NewLabelField({ projectId, labels, onAdded, onClose }: NewLabelFieldProps) {
  const { t } = useTranslation("labeling");
  const [name, setName] = useState("");
  const add = useAddLabel(projectId, labels);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "" || add.isPending) return;
    const done = () => {
      onAdded(wanted);
      onClose();
    };
    if (labels.some((label) => label.name === wanted)) done();
    else add.mutate(wanted, { onSuccess: done });
  };
  return (
    <form className={styles.newLabel} onSubmit={submit}>
      <TextField
        label={t("newLabelName")}
        value={name}
        onChange={setName}
        autoFocus
        maxLength={100}
        error={add.error instanceof ApiError ? add.error.message : add.error && t("labelFailed")}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      />
    </form>
  );
}

export function useAddLabel(projectId: number, labels: readonly LabelClass[]) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      api.post<LabelClass>(`/api/v1/projects/${projectId}/labels`, {
        name,
        color: nextLabelColor(labels.map(({ color }) => color)),
      }),
    onSuccess: (label) => {
      const key = labelsQuery(projectId).queryKey;
      queryClient.setQueryData<Page<LabelClass>>(
        key,
        (known) => known && { ...known, items: [...known.items, label], total: known.total + 1 },
      );
      return queryClient.invalidateQueries({ queryKey: key });
    },
  });
}
