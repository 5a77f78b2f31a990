/** A picture, what the model found in it, and where the model runs: on the bundle's server or in this browser. */
import { Download, ImageUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Speed } from "../api/types.ts";
import { Logo } from "../app/Logo.tsx";
import { useSettled } from "../app/useSettled.ts";
import { Button } from "../components/Button.tsx";
import { classNames } from "../components/classNames.ts";
import { EmptyState } from "../components/EmptyState.tsx";
import { ErrorMessage } from "../components/ErrorMessage.tsx";
import { LABEL_PALETTE } from "../components/labelColors.ts";
import { SegmentedControl } from "../components/SegmentedControl.tsx";
import { saveFile } from "../components/saveFile.ts";
import { useDropOnPage } from "../pages/gallery/upload/useDropOnPage.ts";
import { PredictedImage } from "../pages/predict/PredictedImage.tsx";
import { PredictionList } from "../pages/predict/PredictionList.tsx";
import { type Cut, isKept, type PredictedObject } from "../pages/predict/predictions.ts";
import { AskPanel } from "./AskPanel.tsx";
import styles from "./BundlePage.module.css";
import { ScorePanel } from "./ScorePanel.tsx";
import type { ModelMeta, Served } from "./served.ts";
import { useAsk, type Where } from "./useAsk.ts";
import { useObjectUrl } from "./useObjectUrl.ts";
import { usePrediction } from "./usePrediction.ts";
import { useServed } from "./useServed.ts";

export function BundlePage() {
  const { t } = useTranslation("bundle");
  const { served, error } = useServed();
  if (served) return <ModelAtWork served={served} />;
  return (
    <main className={styles.before}>
      <ErrorMessage error={error} />
      {error === null && <p role="status">{t("loadingPage")}</p>}
    </main>
  );
}

function ModelAtWork({ served }: { served: Served }) {
  const { t } = useTranslation("bundle");
  const { meta, server, speed } = served;
  const [where, setWhere] = useState<Where>(server ? "server" : "browser");
  const [token, setToken] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [cut, setCut] = useState<Cut>({ kind: "model", thresholds: meta.score_thresholds });
  const [chosen, setChosen] = useState<PredictedObject | null>(null);
  const { ask, loading, error } = useAsk(served, where, useSettled(token));
  const prediction = usePrediction(file, ask);
  const isOver = useDropOnPage(useCallback(({ files: [first] }: DataTransfer) => first && setFile(first), []));
  const colorOf = useMemo(() => colorsOf(meta), [meta]);
  const objects = prediction.state === "done" ? prediction.objects : [];
  const kept = objects.filter((object) => isKept(object, cut));
  const shared = { colorOf, chosen, onChoose: setChosen };
  useEffect(() => {
    document.title = t("titleOf", { name: meta.model_name });
  }, [meta, t]);

  return (
    <main className={classNames(styles.page, isOver && styles.over)}>
      {/* A server that asks for a token does not hand its model out either: without it anybody could predict. */}
      <Header meta={meta} speed={speed} where={where} onWhere={server && !server.needs_token ? setWhere : null} />
      <section className={styles.middle}>
        <ErrorMessage error={error ?? (prediction.state === "failed" ? prediction.error : null)} />
        {file ? <Picture file={file} objects={kept} {...shared} /> : <NoPicture />}
      </section>
      <aside className={styles.side}>
        <AskPanel
          onFile={setFile}
          sentTo={where === "server" ? location.host : null}
          speed={speed}
          token={where === "server" && server?.needs_token ? token : null}
          onToken={setToken}
          loading={loading}
          prediction={prediction}
        />
        <ScorePanel thresholds={meta.score_thresholds} cut={cut} onChange={setCut} />
        {file && prediction.state === "done" && (
          <>
            <PredictionList objects={objects} cut={cut} {...shared} />
            <section className={styles.panel}>
              <Button icon={Download} fill onPress={() => saveJson(kept, file.name)}>
                {t("saveJson")}
              </Button>
            </section>
          </>
        )}
      </aside>
    </main>
  );
}

interface HeaderProps {
  meta: ModelMeta;
  speed: Speed | null;
  where: Where;
  /** Null where there is no choice. */
  onWhere: ((where: Where) => void) | null;
}

function Header({ meta, speed, where, onWhere }: HeaderProps) {
  const { t } = useTranslation("bundle");
  return (
    <header className={styles.header}>
      <Logo />
      <h1 className={styles.name}>{meta.model_name}</h1>
      <span className={styles.note}>
        {t("checkpoint", { checkpoint: meta.checkpoint })}
        {speed && ` · ${t("speed", { speed })}`}
      </span>
      <span className={styles.space} />
      {onWhere && (
        <SegmentedControl<Where>
          label={t("where")}
          value={where}
          onChange={onWhere}
          options={[
            { value: "server", text: t("onServer") },
            { value: "browser", text: t("inBrowser") },
          ]}
        />
      )}
    </header>
  );
}

interface PictureProps {
  file: File;
  objects: readonly PredictedObject[];
  colorOf: (label: string) => string;
  chosen: PredictedObject | null;
  onChoose: (object: PredictedObject | null) => void;
}

function Picture({ file, ...rest }: PictureProps) {
  const url = useObjectUrl(file);
  return url === null ? <div /> : <PredictedImage url={url} name={file.name} {...rest} />;
}

function NoPicture() {
  const { t } = useTranslation("bundle");
  return (
    <div className={styles.empty}>
      <EmptyState icon={ImageUp} title={t("emptyTitle")}>
        {t("emptyText")}
      </EmptyState>
    </div>
  );
}

function colorsOf({ class_names }: ModelMeta): (label: string) => string {
  const colors = new Map(class_names.map((name, index) => [name, LABEL_PALETTE[index % LABEL_PALETTE.length]]));
  return (label) => colors.get(label) ?? LABEL_PALETTE[0];
}

/** The kept objects as the endpoint answers them. */
function saveJson(objects: readonly PredictedObject[], pictureName: string): void {
  const stem = pictureName.replace(/\.[^.]+$/, "") || "picture";
  saveFile(new Blob([JSON.stringify(objects, null, 1)], { type: "application/json" }), `${stem}.json`);
}
