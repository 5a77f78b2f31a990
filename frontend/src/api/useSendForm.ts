import { useEffect, useRef, useState } from "react";
import { type Sending, sendForm } from "./sendForm.ts";

export interface FormSender<T> {
  send: (path: string, form: FormData) => Promise<T>;
  stop: () => void;
  /** The share of the form that is sent, 0-1. */
  sentShare: number;
}

/** One form at a time, with its progress. It ends with the component: a dialog that is closed has nobody left to tell. */
export function useSendForm<T>(): FormSender<T> {
  const sending = useRef<Sending<T>>(undefined);
  const [sentShare, setSentShare] = useState(0);
  const stop = () => sending.current?.abort();
  useEffect(() => () => sending.current?.abort(), []);
  const send = (path: string, form: FormData) => {
    const bytes = [...form.values()].reduce((sum, value) => sum + (value instanceof File ? value.size : 0), 0);
    setSentShare(0);
    sending.current = sendForm<T>(path, form, (sent) => setSentShare(Math.min(1, sent / Math.max(1, bytes))));
    return sending.current.done;
  };
  return { send, stop, sentShare };
}
