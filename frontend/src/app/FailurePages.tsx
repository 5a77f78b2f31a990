import { CircleAlert, Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { Button, LinkButton } from "../components/Button.tsx";
import { EmptyState } from "../components/EmptyState.tsx";
import { usePageTitle } from "./Page.tsx";

export function NotFoundPage() {
  const { t } = useTranslation();
  usePageTitle(t("pageNotFound"));
  return (
    <EmptyState
      icon={Compass}
      title={t("pageNotFound")}
      action={
        <LinkButton kind="primary" to="/projects">
          {t("toProjects")}
        </LinkButton>
      }
    >
      {t("pageNotFoundText")}
    </EmptyState>
  );
}

/** Shown in place of a page whose code failed or could not be loaded; the frame around it stays. */
export function PageFailed() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <EmptyState
      icon={CircleAlert}
      title={t("pageFailed")}
      action={
        <Button kind="primary" onPress={() => window.location.reload()}>
          {t("reload")}
        </Button>
      }
    >
      {t("pageFailedText")} {error instanceof Error && <code>{error.message}</code>}
    </EmptyState>
  );
}
