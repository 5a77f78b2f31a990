import { Search, X } from "lucide-react";
import type { Ref } from "react";
import { SearchField as AriaSearchField, Button, Input } from "react-aria-components";
import { classNames } from "./classNames.ts";
import fieldStyles from "./Field.module.css";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import styles from "./SearchField.module.css";

interface SearchFieldProps {
  /** Its name and placeholder. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The key that leads here. */
  hint?: string;
  inputRef?: Ref<HTMLInputElement>;
  className?: string | undefined;
}

/** Esc empties it. */
export function SearchField({ label, value, onChange, hint, inputRef, className }: SearchFieldProps) {
  return (
    <AriaSearchField
      aria-label={label}
      value={value}
      onChange={onChange}
      className={classNames(fieldStyles.box, styles.box, className)}
    >
      <Icon of={Search} className={styles.icon} />
      <Input
        placeholder={label}
        className={classNames(fieldStyles.input, styles.input)}
        {...(inputRef === undefined ? {} : { ref: inputRef })}
      />
      {value === "" && hint !== undefined && <Kbd>{hint}</Kbd>}
      {value !== "" && (
        <Button className={styles.clear ?? ""}>
          <Icon of={X} size={14} />
        </Button>
      )}
    </AriaSearchField>
  );
}
