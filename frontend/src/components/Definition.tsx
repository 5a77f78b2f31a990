import { CircleQuestionMark } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";
import styles from "./Definition.module.css";
import { Icon } from "./Icon.tsx";

interface DefinitionProps {
  /** The word that is explained. */
  term: string;
  children: ReactNode;
}

/** The "?" behind a word: what it means, in a popover that opens by click, tap and key. */
export function Definition({ term, children }: DefinitionProps) {
  const { t } = useTranslation();
  return (
    <DialogTrigger>
      <Button slot={null} className={styles.mark ?? ""} aria-label={t("whatIs", { term })}>
        <Icon of={CircleQuestionMark} size={16} />
      </Button>
      <Popover className={styles.popover ?? ""} placement="bottom start" offset={6}>
        <Dialog className={styles.dialog ?? ""} aria-label={term}>
          <strong>{term}</strong>
          <div>{children}</div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
