import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useMatch } from "react-router";
import { Dialog } from "../components/Dialog.tsx";
import { KeyTable } from "./KeyTable.tsx";
import { GALLERY_KEYS, KEYS_EVERYWHERE, STATISTICS_KEYS } from "./keyLists.ts";
import { useKeys } from "./useKeys.ts";

/** "?" shows the keys of the page. The editor shows its own. */
export function KeysDialog() {
  const { t } = useTranslation("help");
  const [isOpen, setOpen] = useState(false);
  const isEditor = useMatch("/projects/:projectId/label/*") !== null;
  const isGallery = useMatch("/projects/:projectId") !== null;
  const isStatistics = useMatch("/models/:modelId/statistics") !== null;
  useKeys(isEditor ? {} : { "?": () => setOpen(true) });
  const close = () => setOpen(false);
  return (
    <Dialog isOpen={isOpen} onClose={close} title={t("keys")} size="small">
      {isGallery && <KeyTable title={t("gallery")} lines={GALLERY_KEYS} />}
      {isStatistics && <KeyTable title={t("statistics")} lines={STATISTICS_KEYS} />}
      <KeyTable title={t("everywhere")} lines={KEYS_EVERYWHERE} />
      <Link to="/help" onClick={close}>
        {t("more")}
      </Link>
    </Dialog>
  );
}
