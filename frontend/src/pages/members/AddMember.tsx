import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Form } from "react-aria-components";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client.ts";
import type { Role } from "../../api/types.ts";
import { useMe } from "../../app/session.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Select } from "../../components/Select.tsx";
import { TextField } from "../../components/TextField.tsx";
import styles from "./AddMember.module.css";
import { membersKey } from "./membersQuery.ts";
import { ROLES } from "./roles.ts";

/** Lets a person with an account in; a new member is a Labeler unless said otherwise. */
export function AddMember({ projectId }: { projectId: number }) {
  const { t } = useTranslation("members");
  const client = useQueryClient();
  const me = useMe();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("Labeler");
  const add = useMutation({
    mutationFn: () => api.post(`/api/v1/projects/${projectId}/members`, { email: email.trim(), role }),
    onSuccess: async () => {
      setEmail("");
      await client.invalidateQueries({ queryKey: membersKey(projectId) });
    },
  });
  return (
    <section className={styles.card} aria-label={t("addTitle")}>
      <Form
        className={styles.form ?? ""}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
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
        <Select
          label={t("role")}
          value={role}
          onChange={setRole}
          options={ROLES.map((value) => ({ value, text: t(`roles.${value}.name`) }))}
        />
        <Button type="submit" kind="primary" icon={UserPlus} isDisabled={email.trim() === ""} isPending={add.isPending}>
          {t("add")}
        </Button>
      </Form>
      <p className={styles.note}>
        {me?.is_admin ? (
          <Trans t={t} i18nKey="addNoteAdmin" components={{ people: <Link to="/people" /> }} />
        ) : (
          t("addNote")
        )}
      </p>
      <ErrorMessage error={add.error} />
    </section>
  );
}
