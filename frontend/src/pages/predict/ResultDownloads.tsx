/** What was found, to take away: separate bitmap masks as a zip for each image, or one JSON of all. */
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { type Cut, isKept } from "./predictions.ts";
import styles from "./ResultDownloads.module.css";
import { asBytes, type Picture } from "./usePredictions.ts";

interface ResultDownloadsProps {
  path: string | null;
  pictures: readonly Picture[];
  cut: Cut;
}

export function ResultDownloads({ path, pictures, cut }: ResultDownloadsProps) {
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
        const query = { format: "masks", ...(cut.kind === "all" ? { min_score: cut.score } : {}) };
        save(await api.post<Blob>(path, asBytes(picture.file), { query }), `${stem(picture.name)}-masks.zip`);
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
    save(new Blob([JSON.stringify(results, null, 1)], { type: "application/json" }), "predictions.json");
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

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the data by the next turn of its loop, at the latest when it asked where to save it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function stem(name: string): string {
  return name.replace(/^.*\//, "").replace(/\.[^.]+$/, "");
}
