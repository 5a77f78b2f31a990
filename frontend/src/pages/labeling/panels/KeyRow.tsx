import { RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Kbd } from "../../../components/Kbd.tsx";
import { type Binding, bindingName, isReserved, keyName, rivalsOf } from "../../../editor/keys.ts";
import type { PersonalKeys } from "../work/useKeymap.ts";
import { keyEventOf } from "../work/useKeys.ts";
import styles from "./KeysDialog.module.css";
import { shownKey } from "./shownKey.ts";

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process"]);

/** An action and its keys: pressing the button waits for the key that shall do it from now on. */
export function KeyRow({ binding, keys }: { binding: Binding; keys: PersonalKeys }) {
  const { t } = useTranslation("labeling");
  const [refused, setRefused] = useState<string | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const name = bindingName(binding);
  const action = t(`action.${binding.action}`);
  const rivals = rivalsOf(binding, keys.keymap);
  const take = (key: string | null) => {
    setWaiting(false);
    setRefused(key !== null && isReserved(key) ? key : null);
    if (key !== null && !isReserved(key)) keys.change({ ...keys.changes, [name]: [key] });
  };
  useNextKey(isWaiting, take);
  const shown = binding.keys.map(shownKey).join(", ") || t("noKey");
  return (
    <div className={classNames(rivals.length > 0 && styles.taken)}>
      <dt>
        {action}
        {rivals.length > 0 && (
          <span className={styles.problem}>
            {t("keyTaken", { actions: rivals.map((rival) => t(`action.${rival.action}`)).join(", ") })}
          </span>
        )}
        {refused !== null && (
          <span className={styles.problem} role="alert">
            {t("keyReserved", { key: shownKey(refused) })}
          </span>
        )}
      </dt>
      <dd>
        {name in keys.changes && (
          <IconButton
            icon={RotateCcw}
            size="small"
            label={t("resetKey", { action })}
            onPress={() => keys.change(without(keys.changes, name))}
          />
        )}
        <AriaButton
          className={styles.change ?? ""}
          aria-label={t("changeKey", { action, keys: shown })}
          onPress={() => setWaiting(true)}
        >
          {isWaiting ? t("pressKey") : binding.keys.map((key) => <Kbd key={key}>{shownKey(key)}</Kbd>)}
        </AriaButton>
      </dd>
    </div>
  );
}

/** Takes the next key press for itself, before the dialog or the page sees it; Escape, or a click elsewhere, answers null. */
function useNextKey(isWaiting: boolean, onKey: (key: string | null) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: listening begins and ends with the waiting
  useEffect(() => {
    if (!isWaiting) return;
    const controller = new AbortController();
    const options = { capture: true, signal: controller.signal };
    const onKeyDown = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      if (MODIFIERS.has(event.key)) return;
      onKey(event.key === "Escape" ? null : keyName(keyEventOf(event)));
    };
    window.addEventListener("keydown", onKeyDown, options);
    window.addEventListener("pointerdown", () => onKey(null), options);
    return () => controller.abort();
  }, [isWaiting]);
}

function without(changes: PersonalKeys["changes"], name: string): PersonalKeys["changes"] {
  return Object.fromEntries(Object.entries(changes).filter(([other]) => other !== name));
}
