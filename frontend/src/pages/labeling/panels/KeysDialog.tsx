import { useTranslation } from "react-i18next";
import { Dialog } from "../../../components/Dialog.tsx";
import { Kbd } from "../../../components/Kbd.tsx";
import type { Keymap, Mode } from "../../../editor/keys.ts";
import styles from "./KeysDialog.module.css";
import { shownKey } from "./shownKey.ts";

interface KeysDialogProps {
  isOpen: boolean;
  keymap: Keymap;
  onClose: () => void;
}

const POINTER = ["labels", "wheel", "pan", "brush", "trace", "corner", "edge", "several", "pinch"] as const;

export function KeysDialog({ isOpen, keymap, onClose }: KeysDialogProps) {
  const { t } = useTranslation("labeling");
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("keysTitle")} size="large">
      <div className={styles.columns}>
        <div>
          <KeyTable title={t("polygon")} keymap={keymap} mode="polygon" />
          <KeyTable title={t("bitmap")} keymap={keymap} mode="bitmap" />
          <h3>{t("keysPointer")}</h3>
          <dl className={styles.keys}>
            {POINTER.map((name) => (
              <div key={name}>
                <dt>{t(`pointer.${name}`)}</dt>
                <dd>{t(`pointer.${name}Key`)}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div>
          <KeyTable title={t("keysBoth")} keymap={keymap} />
        </div>
      </div>
    </Dialog>
  );
}

function KeyTable({ title, keymap, mode }: { title: string; keymap: Keymap; mode?: Mode }) {
  const { t } = useTranslation("labeling");
  return (
    <>
      <h3>{title}</h3>
      <dl className={styles.keys}>
        {keymap
          .filter((binding) => binding.mode === mode)
          .map((binding) => (
            <div key={binding.action}>
              <dt>{t(`action.${binding.action}`)}</dt>
              <dd>
                {binding.keys.map((key) => (
                  <Kbd key={key}>{shownKey(key)}</Kbd>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </>
  );
}
