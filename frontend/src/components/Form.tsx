import type { ReactNode } from "react";
import { Form as AriaForm } from "react-aria-components";

interface FormProps {
  id?: string;
  className?: string | undefined;
  /** While what was sent is on its way: a form with one field sends itself by Enter, whatever its button does. */
  isPending: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** A form that is sent once at a time, by its button or by Enter. */
export function Form({ id, className, isPending, onSubmit, children }: FormProps) {
  return (
    <AriaForm
      {...(id === undefined ? {} : { id })}
      className={className ?? ""}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending) onSubmit();
      }}
    >
      {children}
    </AriaForm>
  );
}
