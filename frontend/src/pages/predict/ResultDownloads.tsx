/** What was found, to take away: separate bitmap masks as a zip for each image, or one JSON of all. */
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import type { Speed } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { saveFile } from "../../components/saveFile.ts";
import { type Cut, isKept } from "./predictions.ts";
import styles from "./ResultDownloads.module.css";
import { asBytes, type Picture } from "./usePredictions.ts";

interface ResultDownloadsProps {
  path: string | null;
  speed: Speed;
  pictures: readonly Picture[];
  cut: Cut;
}

export function ResultDownloads({ path, speed, pictures, cut }: ResultDownloadsProps) {
  const { t } = useTranslation("predict");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const done = pictures.filter((picture) => picture.state === "done");
  const isDisabled = done.length === 0 || path === null || isBusy;

  const saveMasks = async () => {
    setError(null);
    setIsBusy(true);
    try {
      for (const picture of done) {
        if (picture.file === null || path === null) continue;
        const query = { format: "masks", speed, ...(cut.kind === "all" ? { min_score: cut.score } : {}) };
        saveFile(await api.post<Blob>(path, asBytes(picture.file), { query }), `${stem(picture.name)}-masks.zip`);
      }
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };

  const saveJson = () => {
    const results = Object.fromEntries(
      done.map((picture) => [picture.name, picture.objects.filter((object) => isKept(object, cut))]),
    );
    saveFile(new Blob([JSON.stringify(results, null, 1)], { type: "application/json" }), "predictions.json");
  };

  return (
    <section className={styles.panel}>
      <h2>{t("downloads")}</h2>
      <div className={styles.buttons}>
        <Button icon={Download} fill onPress={saveMasks} isDisabled={isDisabled}>
          {t("bitmapMasks")}
        </Button>
        <Button icon={Download} fill onPress={saveJson} isDisabled={isDisabled}>
          {t("json")}
        </Button>
      </div>
      <ErrorMessage error={error} />
    </section>
  );
}

function stem(name: string): string {
  return name.replace(/^.*\//, "").replace(/\.[^.]+$/, "");
}
