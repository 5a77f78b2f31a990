import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Form } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { TextField } from "../../components/TextField.tsx";
import { firstPassword } from "./firstPassword.ts";
import type { GivenPassword } from "./PasswordOnce.tsx";
import styles from "./PeoplePage.module.css";
import { peopleQuery } from "./peopleQuery.ts";

/** Makes an account with a password by chance. */
export function AccountForm({ onGiven }: { onGiven: (given: GivenPassword) => void }) {
  const { t } = useTranslation("people");
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: async (password: string) => {
      const made = await api.post<{ email: string }>("/api/v1/users", { email, name, password });
      return { email: made.email, password };
    },
    onSuccess: async (given) => {
      setEmail("");
      setName("");
      onGiven(given);
      await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
    },
  });
  return (
    <section className={styles.card} aria-label={t("addTitle")}>
      <Form
        className={styles.form ?? ""}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(firstPassword());
        }}
      >
        <TextField
          label={t("email")}
          type="email"
          value={email}
          onChange={setEmail}
          autoComplete="off"
          placeholder="person@example.com"
        />
        <TextField label={t("name")} value={name} onChange={setName} autoComplete="off" />
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
