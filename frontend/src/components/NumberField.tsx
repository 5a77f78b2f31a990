import { type ReactNode, useRef } from "react";
import {
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
  FieldError,
  Group,
  Input,
  Label,
  Text,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { classNames } from "./classNames.ts";
import styles from "./Field.module.css";
import { useDecimalSign } from "./useDecimalSign.ts";

interface NumberFieldProps extends Omit<AriaNumberFieldProps, "className" | "children" | "style"> {
  label: string;
  /** The label is for screen readers alone (a table's cell, a slider's figure). */
  hideLabel?: boolean;
  labelExtra?: ReactNode;
  unit?: string;
  note?: ReactNode;
  error?: string | null | undefined;
  placeholder?: string;
}

/** A figure; the arrow keys and the wheel change it by the step. */
export function NumberField({
  label,
  hideLabel = false,
  labelExtra,
  unit,
  note,
  error,
  placeholder,
  formatOptions,
  ...rest
}: NumberFieldProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const isRefused = useDecimalSign(box, formatOptions?.maximumFractionDigits === 0);
  const said = error || (isRefused ? t("wholeNumber") : null);
  return (
    <AriaNumberField
      {...rest}
      formatOptions={{ ...formatOptions, useGrouping: false }}
      {...(hideLabel ? { "aria-label": label } : {})}
      isInvalid={Boolean(said)}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      {!hideLabel && (
        <span className={styles.label}>
          <Label>{label}</Label>
          {labelExtra}
        </span>
      )}
      <Group ref={box} className={styles.box ?? ""}>
        <Input
          className={classNames(styles.input, styles.number)}
          {...(placeholder === undefined ? {} : { placeholder })}
        />
        {unit !== undefined && <span className={styles.unit}>{unit}</span>}
      </Group>
      {note !== undefined && (
        <Text slot="description" className={styles.note ?? ""}>
          {note}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>{said}</FieldError>
    </AriaNumberField>
  );
}
