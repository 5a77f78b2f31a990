import { useTranslation } from "react-i18next";
import { Kbd } from "../components/Kbd.tsx";
import styles from "./KeyTable.module.css";
import type { KeyLine } from "./keyLists.ts";

interface KeyTableProps {
  title: string;
  lines: readonly KeyLine[];
}

export function KeyTable({ title, lines }: KeyTableProps) {
  const { t } = useTranslation("help");
  return <TextKeyTable title={title} lines={lines.map(({ name, keys }) => ({ text: t(`key.${name}`), keys }))} />;
}

interface TextKeyTableProps {
  title: string;
  lines: readonly { text: string; keys: readonly string[] }[];
}

export function TextKeyTable({ title, lines }: TextKeyTableProps) {
  return (
    <section className={styles.table}>
      <h3>{title}</h3>
      <dl>
        {lines.map(({ text, keys }) => (
          <div key={text} className={styles.line}>
            <dt>{text}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
