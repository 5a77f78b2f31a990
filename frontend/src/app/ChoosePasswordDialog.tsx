import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../api/client.ts";
import { meQuery } from "../api/queries.ts";
import type { Me } from "../api/types.ts";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { ErrorMessage } from "../components/ErrorMessage.tsx";
import { Form } from "../components/Form.tsx";
import { showToast } from "../components/toasts.ts";
import { isPasswordAsked, putOff } from "./choosingPassword.ts";
import styles from "./MyAccountDialog.module.css";
import { PasswordFields, type Passwords } from "./PasswordFields.tsx";
import { signOut } from "./session.ts";

const FORM = "choose-password";

/** Asks for an own password over whatever page is open, so that nothing on it is lost by a new sign-in. */
export function ChoosePasswordDialog({ me }: { me: Me }) {
  return isPasswordAsked(me, Date.now()) ? <Asking me={me} /> : null;
}

function Asking({ me }: { me: Me }) {
  const { t } = useTranslation(["people", "frame"]);
  const navigate = useNavigate();
  const client = useQueryClient();
  const [passwords, setPasswords] = useState<Passwords>({ current: "", next: "" });
  const change = useMutation({
    mutationFn: (changes: object) => api.patch<Me>("/api/v1/me", changes),
    onSuccess: (changed) => {
      client.setQueryData(meQuery.queryKey, changed);
      if (changed.password_origin === "own") showToast(t("people:saved"));
    },
  });
  const leaving = useMutation({ mutationFn: signOut, onSuccess: () => navigate("/sign-in") });
  const canWait = me.password_origin === "printed";
  const wait = () => change.mutate({ preferences: putOff(Date.now()) });
  return (
    <Dialog
      isOpen
      {...(canWait ? { onClose: wait } : {})}
      size="small"
      title={t("people:chooseTitle")}
      footer={
        <>
          {canWait ? (
            <Button onPress={wait}>{t("people:later")}</Button>
          ) : (
            <Button onPress={() => leaving.mutate()} isPending={leaving.isPending}>
              {t("frame:signOut")}
            </Button>
          )}
          <Button
            kind="primary"
            type="submit"
            form={FORM}
            isPending={change.isPending}
            isDisabled={passwords.current === "" || passwords.next === ""}
          >
            {t("people:choose")}
          </Button>
        </>
      }
    >
      <p>{t(canWait ? "people:choosePrinted" : "people:chooseGiven")}</p>
      <Form
        id={FORM}
        className={styles.form}
        isPending={change.isPending}
        onSubmit={() => change.mutate({ current_password: passwords.current, password: passwords.next })}
      >
        <PasswordFields
          value={passwords}
          onChange={setPasswords}
          note={t("people:ownPasswordNote")}
          error={change.error}
          autoFocus
        />
        <ErrorMessage error={leaving.error} />
      </Form>
    </Dialog>
  );
}
