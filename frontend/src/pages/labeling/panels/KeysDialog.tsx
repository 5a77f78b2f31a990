import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import type { Mode } from "../../../editor/keys.ts";
import type { PersonalKeys } from "../work/useKeymap.ts";
import { KeyRow } from "./KeyRow.tsx";
import styles from "./KeysDialog.module.css";

interface KeysDialogProps {
  isOpen: boolean;
  keys: PersonalKeys;
  onClose: () => void;
}

const POINTER = [
  "labels",
  "wheel",
  "pan",
  "brush",
  "trace",
  "magnet",
  "straight",
  "corner",
  "edge",
  "several",
  "outline",
  "pinch",
] as const;

/** Every key, and how to have another. */
export function KeysDialog({ isOpen, keys, onClose }: KeysDialogProps) {
  const { t } = useTranslation("labeling");
  const isChanged = Object.keys(keys.changes).length > 0;
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t("keysTitle")}
      size="large"
      footer={
        <>
          <span className={styles.hint}>{t("keysHint")}</span>
          <Button isDisabled={!isChanged} onPress={() => keys.change({})}>
            {t("resetKeys")}
          </Button>
        </>
      }
    >
      <div className={styles.columns}>
        <div>
          <KeyTable title={t("polygon")} keys={keys} mode="polygon" />
          <KeyTable title={t("bitmap")} keys={keys} mode="bitmap" />
          <PointerTable />
        </div>
        <div>
          <KeyTable title={t("keysBoth")} keys={keys} />
        </div>
      </div>
    </Dialog>
  );
}

function KeyTable({ title, keys, mode }: { title: string; keys: PersonalKeys; mode?: Mode }) {
  return (
    <>
      <h3>{title}</h3>
      <dl className={styles.keys}>
        {keys.keymap
          .filter((binding) => binding.mode === mode)
          .map((binding) => (
            <KeyRow key={binding.action} binding={binding} keys={keys} />
          ))}
      </dl>
    </>
  );
}

function PointerTable() {
  const { t } = useTranslation("labeling");
  return (
    <>
      <h3>{t("keysPointer")}</h3>
      <dl className={styles.keys}>
        {POINTER.map((name) => (
          <div key={name}>
            <dt>{t(`pointer.${name}`)}</dt>
            <dd>{t(`pointer.${name}Key`)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
