import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Dices } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../../api/client.ts";
import type { Project } from "../../../api/types.ts";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { NumberField } from "../../../components/NumberField.tsx";

const DEFAULT_PERCENT = 20;
/** The server draws the same images for the same seed; each press of the button is another draw. */
const MAX_SEED = 2 ** 31;

/** Draws the validation set at random, every label represented. */
export function ChooseValidationButton({ project }: { project: Project }) {
  const { t } = useTranslation("gallery");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton
        size="small"
        icon={Dices}
        label={t("choose.title")}
        isDisabled={project.labeled_count < 2}
        onPress={() => setOpen(true)}
      />
      {isOpen && <ChooseValidationDialog project={project} onClose={() => setOpen(false)} />}
    </>
  );
}

function ChooseValidationDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation(["gallery", "common"]);
  const client = useQueryClient();
  const [percent, setPercent] = useState(DEFAULT_PERCENT);
  const choose = useMutation({
    mutationFn: () =>
      api.post(`/api/v1/projects/${project.id}/validation/choose`, {
        percent,
        seed: Math.floor(Math.random() * MAX_SEED),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["projects", project.id] });
      onClose();
    },
  });
  const count = Math.max(1, Math.round((project.labeled_count * percent) / 100));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("gallery:choose.title")}
      size="small"
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" isPending={choose.isPending} onPress={() => choose.mutate()}>
            {t("gallery:choose.action", { count })}
          </Button>
        </>
      }
    >
      <p>{t("gallery:choose.text", { count: project.labeled_count })}</p>
      {project.validation_count > 0 && <p>{t("gallery:choose.replaces", { count: project.validation_count })}</p>}
      <NumberField
        label={t("gallery:choose.share")}
        unit="%"
        value={percent}
        onChange={(value) => setPercent(Number.isNaN(value) ? DEFAULT_PERCENT : value)}
        minValue={1}
        maxValue={90}
        autoFocus
      />
      <p>
        {t("gallery:choose.together")}{" "}
        <Link to={`/projects/${project.id}/near-duplicates`}>{t("gallery:choose.nearDuplicates")}</Link>
      </p>
      <ErrorMessage error={choose.error} />
    </Dialog>
  );
}
