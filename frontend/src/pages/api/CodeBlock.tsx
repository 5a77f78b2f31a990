import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button.tsx";
import styles from "./CodeBlock.module.css";

const COPIED_MS = 1_500;

/** Code with a button that copies it. */
export function CodeBlock({ code }: { code: string }) {
  const { t } = useTranslation("api");
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    await copyText(code);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), COPIED_MS);
  };
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it */}
      <pre className={styles.code} tabIndex={0}>
        <code>{code}</code>
      </pre>
      <div className={styles.copy}>
        <IconButton
          size="small"
          icon={isCopied ? Check : Copy}
          label={isCopied ? t("copied") : t("copy")}
          onPress={copy}
        />
      </div>
    </div>
  );
}

/** The clipboard, or where the page came over plain http from another machine, a selection that the browser copies. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
