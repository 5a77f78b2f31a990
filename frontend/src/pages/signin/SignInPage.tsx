import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { meQuery } from "../../api/queries.ts";
import { Logo } from "../../app/Logo.tsx";
import { usePageTitle } from "../../app/Page.tsx";
import { IconButton } from "../../components/Button.tsx";
import { SignInForm } from "./SignInForm.tsx";
import styles from "./SignInPage.module.css";

const FIRST_ADMIN = "maskwright admin create --email you@example.com";

export function SignInPage() {
  const { t } = useTranslation("signin");
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const me = useQuery(meQuery);
  usePageTitle(t("title"));
  const next = safeNext(search.get("next"));
  if (me.isPending) return null;
  if (me.data) return <Navigate to={next} replace />;
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <header className={styles.header}>
          <Logo size={40} />
          <h1>Maskwright</h1>
          <p>{t("tagline")}</p>
        </header>
        <SignInForm onSignedIn={() => navigate(next, { replace: true })} />
        <FirstRun />
      </div>
    </main>
  );
}

/** Nobody is stuck: where an account comes from, the very first one too. */
function FirstRun() {
  const { t } = useTranslation("signin");
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(FIRST_ADMIN);
    setCopied(true);
  };
  return (
    <section className={styles.firstRun} aria-labelledby="first-run">
      <h2 id="first-run">{t("firstRun")}</h2>
      <p>{t("firstRunMember")}</p>
      <p>{t("firstRunAdmin")}</p>
      <div className={styles.command}>
        <code>{FIRST_ADMIN}</code>
        {window.isSecureContext && (
          <IconButton size="small" icon={Copy} label={copied ? t("copied") : t("copy")} onPress={copy} />
        )}
      </div>
      <p>{t("firstRunAfter")}</p>
    </section>
  );
}

/** Only an address of this site is gone to after signing in. */
export function safeNext(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/projects";
}
