import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Select as AriaSelect, Button, Label, ListBox, ListBoxItem, Popover, SelectValue } from "react-aria-components";
import { classNames } from "./classNames.ts";
import fieldStyles from "./Field.module.css";
import { Icon } from "./Icon.tsx";
import menuStyles from "./Menu.module.css";
import styles from "./Select.module.css";

interface SelectProps<T extends string> {
  label: string;
  hideLabel?: boolean;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; text: string; note?: ReactNode }[];
  isDisabled?: boolean;
}

/** One of more choices than a segmented control holds. */
export function Select<T extends string>({
  label,
  hideLabel = false,
  value,
  onChange,
  options,
  isDisabled = false,
}: SelectProps<T>) {
  return (
    <AriaSelect
      value={value}
      onChange={(key) => key !== null && onChange(key as T)}
      isDisabled={isDisabled}
      className={fieldStyles.field ?? ""}
      {...(hideLabel ? { "aria-label": label } : {})}
    >
      {!hideLabel && <Label className={fieldStyles.label ?? ""}>{label}</Label>}
      <Button className={classNames(fieldStyles.box, styles.button)}>
        <SelectValue className={styles.value ?? ""} />
        <Icon of={ChevronDown} size={14} />
      </Button>
      <Popover className={classNames(menuStyles.popover, styles.popover)}>
        <ListBox className={menuStyles.menu ?? ""}>
          {options.map((option) => (
            <ListBoxItem
              key={option.value}
              id={option.value}
              textValue={option.text}
              className={classNames(menuStyles.item, styles.option)}
            >
              <span className={menuStyles.text}>{option.text}</span>
              {option.note !== undefined && <span className={menuStyles.hint}>{option.note}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
