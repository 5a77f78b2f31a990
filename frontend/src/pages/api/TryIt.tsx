/** Sends a picture to the model's endpoint as the person who is signed in, and shows the answer as it came. */
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { send } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatBytes } from "../../components/format.ts";
import styles from "./ApiPage.module.css";
import { CodeBlock } from "./CodeBlock.tsx";

const SHOWN_CHARACTERS = 4_000;

interface Trial {
  name: string;
  status: number;
  milliseconds: number;
  text: string;
}

/** @param path The endpoint without the server's address. */
export function TryIt({ path }: { path: string }) {
  const { t } = useTranslation("api");
  const input = useRef<HTMLInputElement>(null);
  const trial = useMutation({ mutationFn: (file: File) => ask(path, file) });
  return (
    <section className={styles.section}>
      <header className={styles.header}>
        <h2>{t("tryIt")}</h2>
        <Button icon={Play} isPending={trial.isPending} onPress={() => input.current?.click()}>
          {t("chooseImage")}
        </Button>
        <input
          ref={input}
          type="file"
          accept="image/*"
          aria-label={t("tryIt")}
          hidden
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) trial.mutate(file);
            currentTarget.value = "";
          }}
        />
      </header>
      <p>{t("tryItText")}</p>
      <ErrorMessage error={trial.error} />
      {trial.data && <Answer trial={trial.data} />}
    </section>
  );
}

function Answer({ trial: { name, status, milliseconds, text } }: { trial: Trial }) {
  const { t } = useTranslation("api");
  const size = formatBytes(text.length);
  return (
    <div className={styles.answer} role="status">
      <p>{t("answered", { name, status, milliseconds: Math.round(milliseconds), size })}</p>
      <CodeBlock code={text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}\n…` : text} />
    </div>
  );
}

async function ask(path: string, file: File): Promise<Trial> {
  const begun = performance.now();
  const body = file.slice(0, file.size, "application/octet-stream");
  const { data, status } = await send<unknown>("POST", path, { body });
  return {
    name: file.name,
    status,
    milliseconds: performance.now() - begun,
    text: JSON.stringify(data, null, 1),
  };
}
