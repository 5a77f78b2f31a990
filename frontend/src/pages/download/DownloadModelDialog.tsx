/** "Download model", for developers: which checkpoint, how fast, and what comes of it. The browser itself shows how far the download is. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { projectQuery, speedsQuery } from "../../api/queries.ts";
import type { Checkpoint, Model, Speed } from "../../api/types.ts";
import { Button, DownloadButton } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { fileName } from "../../components/fileName.ts";
import { formatMap } from "../../components/format.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { CodeBlock } from "../api/CodeBlock.tsx";
import styles from "./DownloadModelDialog.module.css";
import { bundleAddress, bundleFolder } from "./downloadQueries.ts";
import { OtherFormats } from "./OtherFormats.tsx";
import { SpeedCards } from "./SpeedCards.tsx";
import { SpeedMaking } from "./SpeedMaking.tsx";

interface DownloadModelDialogProps {
  model: Model;
  /** The one that the page shows. */
  checkpoint?: Checkpoint;
  onClose: () => void;
}

export function DownloadModelDialog({ model, checkpoint: shown = "best", onClose }: DownloadModelDialogProps) {
  const { t } = useTranslation(["download", "common"]);
  const [checkpoint, setCheckpoint] = useState(shown);
  const [speed, setSpeed] = useState<Speed>("slow");
  const speeds = useQuery({ ...speedsQuery(model.id, checkpoint), placeholderData: keepPreviousData });
  const project = useQuery(projectQuery(model.project_id));
  const chosen = speeds.data?.items.find((one) => one.speed === speed);
  const isThere = chosen?.status === "ready";
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("title")}
      subtitle={model.name}
      size="large"
      footer={
        <>
          <Button onPress={onClose}>{t("common:close")}</Button>
          {isThere ? (
            <DownloadButton kind="primary" icon={Download} href={bundleAddress(model.id, checkpoint, speed)}>
              {t("download")}
            </DownloadButton>
          ) : (
            <Button kind="primary" icon={Download} isDisabled>
              {t("download")}
            </Button>
          )}
        </>
      }
    >
      <div>
        <SegmentedControl<Checkpoint>
          label={t("checkpoint")}
          value={checkpoint}
          onChange={setCheckpoint}
          options={(["best", "last"] as const).map((kind) => ({
            value: kind,
            text: `${t(kind)} · mAP ${formatMap(model[kind]?.map)}`,
          }))}
        />
      </div>
      <ErrorMessage error={speeds.error} onRetry={() => speeds.refetch()} />
      {speeds.isPending && <Skeleton height={160} />}
      {speeds.data && <SpeedCards speeds={speeds.data.items} value={speed} onChange={setSpeed} />}
      {chosen && <SpeedMaking modelId={model.id} speed={chosen} />}
      <WhatItIs
        zip={`${fileName(project.data?.name ?? "", model.name, checkpoint, speed)}.zip`}
        folder={bundleFolder(model, checkpoint, speed)}
      />
      <OtherFormats modelId={model.id} checkpoint={checkpoint} />
    </Dialog>
  );
}

function WhatItIs({ zip, folder }: { zip: string; folder: string }) {
  const { t } = useTranslation("download");
  return (
    <section className={styles.section}>
      <h3>{t("holds")}</h3>
      <p className={styles.text}>{t("holdsText")}</p>
      <h3>{t("run")}</h3>
      <CodeBlock code={`unzip ${zip}\ncd ${folder}\n./run.sh`} />
    </section>
  );
}
