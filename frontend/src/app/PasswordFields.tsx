import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client.ts";
import { ErrorMessage } from "../components/ErrorMessage.tsx";
import { TextField } from "../components/TextField.tsx";

export interface Passwords {
  readonly current: string;
  readonly next: string;
}

interface PasswordFieldsProps {
  value: Passwords;
  onChange: (value: Passwords) => void;
  /** About the new one. */
  note: string;
  /** Of the request that changed it. */
  error: unknown;
  autoFocus?: boolean;
}

/** The password that a person has and the one that they want. */
export function PasswordFields({ value, onChange, note, error, autoFocus = false }: PasswordFieldsProps) {
  const { t } = useTranslation("people");
  return (
    <>
      <TextField
        label={t("currentPassword")}
        type="password"
        value={value.current}
        onChange={(current) => onChange({ ...value, current })}
        autoComplete="current-password"
        autoFocus={autoFocus}
      />
      <TextField
        label={t("newPassword")}
        type="password"
        value={value.next}
        onChange={(next) => onChange({ ...value, next })}
        autoComplete="new-password"
        note={note}
      />
      <ErrorMessage error={isWrongPassword(error) ? t("wrongPassword") : error} />
    </>
  );
}

/** The one thing that people are forbidden to do with their own account. */
function isWrongPassword(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}
