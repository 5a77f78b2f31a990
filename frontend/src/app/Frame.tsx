import { useQuery } from "@tanstack/react-query";
import { RouterProvider as AriaRouterProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Navigate, type NavigateOptions, Outlet, useHref, useLocation, useNavigate } from "react-router";
import { meQuery } from "../api/queries.ts";
import { ErrorMessage } from "../components/ErrorMessage.tsx";
import { UploadPanel } from "../pages/gallery/upload/UploadPanel.tsx";
import { ChoosePasswordDialog } from "./ChoosePasswordDialog.tsx";
import { CommandPalette } from "./CommandPalette.tsx";
import styles from "./Frame.module.css";
import { KeysDialog } from "./KeysDialog.tsx";
import { SignInAgainDialog } from "./SignInAgainDialog.tsx";
import { TopBar } from "./TopBar.tsx";

declare module "react-aria-components" {
  interface RouterConfig {
    routerOptions: NavigateOptions;
  }
}

/** The bar at the top and the page below it, for whoever is signed in. */
export function Frame() {
  const { t } = useTranslation("frame");
  const navigate = useNavigate();
  const location = useLocation();
  const me = useQuery(meQuery);
  if (me.isPending) return null;
  if (me.isError) return <ErrorMessage error={me.error} onRetry={() => me.refetch()} />;
  if (me.data === null) {
    const next = `${location.pathname}${location.search}`;
    return <Navigate to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
  }
  return (
    <AriaRouterProvider navigate={navigate} useHref={useHref}>
      <div className={styles.frame}>
        <a className={styles.skip} href="#content">
          {t("skip")}
        </a>
        <TopBar me={me.data} />
        <main id="content" className={styles.content} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <UploadPanel />
      <SignInAgainDialog />
      <ChoosePasswordDialog me={me.data} />
      <KeysDialog />
      <CommandPalette />
    </AriaRouterProvider>
  );
}
