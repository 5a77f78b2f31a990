import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { clearSent } from "../../components/clearSent.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Form } from "../../components/Form.tsx";
import { TextField } from "../../components/TextField.tsx";
import { firstPassword } from "./firstPassword.ts";
import type { GivenPassword } from "./PasswordOnce.tsx";
import styles from "./PeoplePage.module.css";
import { type Account, peopleKey } from "./peopleQuery.ts";

/** Makes an account with a password by chance. */
export function AccountForm({ onGiven }: { onGiven: (given: GivenPassword) => void }) {
  const { t } = useTranslation("people");
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: (sent: { email: string; name: string; password: string }) => api.post<Account>("/api/v1/users", sent),
    onSuccess: (made, sent) => {
      setEmail(clearSent(sent.email));
      setName(clearSent(sent.name));
      onGiven({ email: made.email, password: sent.password });
      void client.invalidateQueries({ queryKey: peopleKey });
    },
  });
  return (
    <section className={styles.card} aria-label={t("addTitle")}>
      <Form
        className={styles.form}
        isPending={make.isPending}
        onSubmit={() => make.mutate({ email, name, password: firstPassword() })}
      >
        <TextField
          label={t("email")}
          type="email"
          value={email}
          onChange={setEmail}
          autoComplete="off"
          placeholder="person@example.com"
        />
        <TextField label={t("name")} value={name} onChange={setName} maxLength={100} autoComplete="off" />
        <Button
          type="submit"
          kind="primary"
          icon={UserPlus}
          isDisabled={email.trim() === ""}
          isPending={make.isPending}
        >
          {t("add")}
        </Button>
      </Form>
      <ErrorMessage error={make.error} />
    </section>
  );
}
