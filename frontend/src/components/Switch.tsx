import type { ReactNode } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import { classNames } from "./classNames.ts";
import styles from "./Switch.module.css";

interface SwitchProps {
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  isDisabled?: boolean;
  /** The text stands before the switch (a toolbar), not after it (a form). */
  labelFirst?: boolean;
  children: ReactNode;
}

/** On or off, at once. */
export function Switch({ labelFirst = false, children, ...rest }: SwitchProps) {
  return (
    <AriaSwitch {...rest} className={classNames(styles.switch, labelFirst && styles.labelFirst)}>
      <span className={styles.track}>
        <span className={styles.thumb} />
      </span>
      <span>{children}</span>
    </AriaSwitch>
  );
}
