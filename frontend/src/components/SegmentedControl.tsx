import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { classNames } from "./classNames.ts";
import styles from "./SegmentedControl.module.css";

interface SegmentedControlProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; text: ReactNode; isDisabled?: boolean }[];
  isDisabled?: boolean;
  size?: "small" | "medium";
}

/** Two to four views of which one is shown (Best | Last). */
export function SegmentedControl<T extends string>({
  label,
  value,
  onChange,
  options,
  isDisabled = false,
  size = "medium",
}: SegmentedControlProps<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as T);
      }}
      isDisabled={isDisabled}
      className={classNames(styles.group, styles[size])}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          id={option.value}
          className={styles.segment ?? ""}
          isDisabled={option.isDisabled ?? false}
        >
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
