import { ChevronDown, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button, type ButtonKind, type ButtonSize } from "./Button.tsx";
import { MenuButton } from "./Menu.tsx";
import styles from "./SplitButton.module.css";

interface SplitButtonProps {
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: LucideIcon;
  text: string;
  onPress: () => void;
  /** Read aloud for the arrow and its menu. */
  menuLabel: string;
  /** The menu's items. */
  children: ReactNode;
}

/** The usual action by a click, its other ways behind the arrow. */
export function SplitButton({
  kind = "default",
  size = "medium",
  icon,
  text,
  onPress,
  menuLabel,
  children,
}: SplitButtonProps) {
  return (
    <div className={styles.split}>
      <Button
        kind={kind}
        size={size}
        className={styles.main}
        onPress={onPress}
        {...(icon === undefined ? {} : { icon })}
      >
        {text}
      </Button>
      <MenuButton
        aria-label={menuLabel}
        placement="bottom end"
        button={<Button kind={kind} size={size} className={styles.arrow} icon={ChevronDown} aria-label={menuLabel} />}
      >
        {children}
      </MenuButton>
    </div>
  );
}
