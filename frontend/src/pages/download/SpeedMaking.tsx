/** What to do about a speed that is not there yet, or is to be made again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { speedsKey } from "../../api/queries.ts";
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

export function SpeedMaking({ modelId, speed: { speed, status, is_being_made, progress, error } }: SpeedMakingProps) {
  const { t } = useTranslation("download");
  const client = useQueryClient();
  const isThere = status === "ready";
  const isNotFaster = status === "not_faster";
  const make = useMutation({
    mutationFn: () => makeSpeed(modelId, speed, { again: isThere, onlyIfFaster: !isThere && !isNotFaster }),
    onSuccess: () => client.invalidateQueries({ queryKey: speedsKey(modelId) }),
  });
  if (is_being_made) {
    const text = t(isThere ? "makingAgain" : "making", { percent: Math.floor(progress * 100) });
    return (
      <div className={styles.making} role="status">
        <span>{text}</span>
        <ProgressBar label={text} value={progress} />
      </div>
    );
  }
  return (
    <div className={styles.making}>
      {error !== null && <ErrorMessage error={`${t(wordsOfFailure(status))}: ${error}`} />}
      {status === "not_made" && <p>{t("notMadeText")}</p>}
      <ErrorMessage error={make.error} />
      <div>
        <Button size={isThere ? "small" : "medium"} onPress={() => make.mutate()} isDisabled={make.isPending}>
          {isThere ? t("makeAgain") : t(isNotFaster ? "makeAnyway" : "make", { speed: t(speed).toLowerCase() })}
        </Button>
      </div>
    </div>
  );
}

function wordsOfFailure(status: ModelSpeed["status"]) {
  if (status === "not_faster") return "notFasterText";
  return status === "ready" ? "failedAgain" : "failed";
}
