import type { ReactNode, Ref } from "react";
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
} from "react-aria-components";
import styles from "./Field.module.css";

interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "children" | "style"> {
  label: string;
  /** A "?" or a note beside the label. */
  labelExtra?: ReactNode;
  note?: ReactNode;
  placeholder?: string;
  unit?: string;
  /** Why what was typed is not taken; the field is then marked. */
  error?: string | null | undefined;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextField({ label, labelExtra, note, placeholder, unit, error, inputRef, ...rest }: TextFieldProps) {
  return (
    <AriaTextField {...rest} isInvalid={Boolean(error)} validationBehavior="aria" className={styles.field ?? ""}>
      <span className={styles.label}>
        <Label>{label}</Label>
        {labelExtra}
      </span>
      <span className={styles.box}>
        <Input
          className={styles.input ?? ""}
          {...(inputRef === undefined ? {} : { ref: inputRef })}
          {...(placeholder === undefined ? {} : { placeholder })}
        />
        {unit !== undefined && <span className={styles.unit}>{unit}</span>}
      </span>
      {note !== undefined && (
        <Text slot="description" className={styles.note ?? ""}>
          {note}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>{error}</FieldError>
    </AriaTextField>
  );
}
