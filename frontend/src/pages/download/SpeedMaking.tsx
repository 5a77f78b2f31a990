/** What to do about a speed that is not there yet. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { speedsQuery } from "../../api/queries.ts";
import type { ModelSpeed } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import styles from "./DownloadModelDialog.module.css";
import { makeSpeed } from "./downloadQueries.ts";

interface SpeedMakingProps {
  modelId: number;
  speed: ModelSpeed;
}

export function SpeedMaking({ modelId, speed: { speed, status, progress, error } }: SpeedMakingProps) {
  const { t } = useTranslation("download");
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => makeSpeed(modelId, speed),
    onSuccess: () => client.invalidateQueries({ queryKey: speedsQuery(modelId).queryKey }),
  });
  if (status === "ready") return null;
  if (status === "making") {
    const text = t("making", { percent: Math.floor(progress * 100) });
    return (
      <div className={styles.making} role="status">
        <span>{text}</span>
        <ProgressBar label={text} value={progress} />
      </div>
    );
  }
  return (
    <div className={styles.making}>
      {status === "failed" ? <ErrorMessage error={`${t("failed")}: ${error}`} /> : <p>{t("notMadeText")}</p>}
      <ErrorMessage error={make.error} />
      <div>
        <Button onPress={() => make.mutate()} isDisabled={make.isPending}>
          {t("make", { speed: t(speed).toLowerCase() })}
        </Button>
      </div>
    </div>
  );
}
