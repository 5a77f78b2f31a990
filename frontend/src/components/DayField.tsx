import { useEffect, useRef } from "react";
import styles from "./DayField.module.css";
import { isDay } from "./days.ts";

interface DayFieldProps {
  label: string;
  day: string | null;
  onDay: (day: string | null) => void;
}

/** The browser's own field. React must not write into it while a date is half typed, so it holds its text itself. */
export function DayField({ label, day, onDay }: DayFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current && input.current.value !== (day ?? "")) input.current.value = day ?? "";
  }, [day]);
  return (
    <label className={styles.field}>
      {label}
      <input
        ref={input}
        type="date"
        defaultValue={day ?? ""}
        className={styles.box}
        onChange={({ target }) => isDay(target.value) && target.value !== day && onDay(target.value)}
        onBlur={({ target }) => target.value === "" && day !== null && onDay(null)}
      />
    </label>
  );
}
