import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client.ts";
import { meQuery } from "../api/queries.ts";
import type { Me } from "../api/types.ts";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { Form } from "../components/Form.tsx";
import { TextField } from "../components/TextField.tsx";
import { showToast } from "../components/toasts.ts";
import styles from "./MyAccountDialog.module.css";
import { PasswordFields, type Passwords } from "./PasswordFields.tsx";

const FORM = "my-account";

/** The signed-in person's own name and password. */
export function MyAccountDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useTranslation(["people", "common"]);
  const client = useQueryClient();
  const [name, setName] = useState(me.name);
  const [{ current, next }, setPasswords] = useState<Passwords>({ current: "", next: "" });
  const save = useMutation({
    mutationFn: () =>
      api.patch<Me>("/api/v1/me", { name, ...(next !== "" && { current_password: current, password: next }) }),
    onSuccess: (changed) => {
      client.setQueryData(meQuery.queryKey, changed);
      showToast(t("people:saved"));
      onClose();
    },
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={t("people:myAccountTitle")}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            type="submit"
            form={FORM}
            isPending={save.isPending}
            isDisabled={next !== "" && current === ""}
          >
            {t("people:save")}
          </Button>
        </>
      }
    >
      <Form id={FORM} className={styles.form} isPending={save.isPending} onSubmit={save.mutate}>
        <TextField
          label={t("people:name")}
          value={name}
          onChange={setName}
          maxLength={100}
          autoComplete="name"
          autoFocus
        />
        <PasswordFields
          value={{ current, next }}
          onChange={setPasswords}
          note={t("people:newPasswordNote")}
          error={save.error}
        />
      </Form>
    </Dialog>
  );
}
