import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client.ts";
import type { Project, Role } from "../../api/types.ts";
import { givenBy } from "../../app/roles.ts";
import { useMe } from "../../app/session.ts";
import { Button } from "../../components/Button.tsx";
import { clearSent } from "../../components/clearSent.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Form } from "../../components/Form.tsx";
import { Select } from "../../components/Select.tsx";
import { TextField } from "../../components/TextField.tsx";
import styles from "./AddMember.module.css";
import { membersKey } from "./membersQuery.ts";

/** Lets a person with an account in; a new member is a Labeler unless said otherwise. */
export function AddMember({ project }: { project: Project }) {
  const { t } = useTranslation("members");
  const client = useQueryClient();
  const me = useMe();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("Labeler");
  const add = useMutation({
    mutationFn: (sent: { email: string; role: Role }) => api.post(`/api/v1/projects/${project.id}/members`, sent),
    onSuccess: (_, sent) => {
      setEmail(clearSent(sent.email));
      void client.invalidateQueries({ queryKey: membersKey(project.id) });
    },
  });
  return (
    <section className={styles.card} aria-label={t("addTitle")}>
      <Form className={styles.form} isPending={add.isPending} onSubmit={() => add.mutate({ email, role })}>
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
          options={givenBy(project.role).map((value) => ({ value, text: t(`roles.${value}.name`) }))}
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
