import { useTranslation } from "react-i18next";
import { CodeBlock } from "../api/CodeBlock.tsx";
import styles from "./PeoplePage.module.css";

export interface GivenPassword {
  email: string;
  password: string;
}

/** A password just given, to be handed to its person: it is stored nowhere. */
export function PasswordOnce({ given: { email, password } }: { given: GivenPassword }) {
  const { t } = useTranslation("people");
  return (
    <section className={styles.given} aria-label={t("passwordOf", { email })} aria-live="polite">
      <b>{t("passwordOf", { email })}</b>
      <CodeBlock code={password} />
      <p>{t("passwordOnce", { email })}</p>
    </section>
  );
}
