import { History } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import type { OpenImage } from "../work/sessionState.ts";
import { HistoryDialog } from "./HistoryDialog.tsx";

interface HistoryButtonProps {
  open: OpenImage;
  colorOf: (label: string) => string;
}

/** Opens the image's history, once what is unsaved is in it. */
export function HistoryButton({ open, colorOf }: HistoryButtonProps) {
  const { t } = useTranslation("labeling");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton
        icon={History}
        label={t("history.title")}
        onPress={() => void open.autosave.flush().then(() => setOpen(true))}
      />
      <HistoryDialog open={open} colorOf={colorOf} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
