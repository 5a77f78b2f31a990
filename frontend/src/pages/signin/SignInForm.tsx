import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { signIn } from "../../app/session.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Form } from "../../components/Form.tsx";
import { TextField } from "../../components/TextField.tsx";
import styles from "./SignInForm.module.css";

interface SignInFormProps {
  email?: string;
  onSignedIn?: () => void;
}

export function SignInForm({ email: knownEmail = "", onSignedIn }: SignInFormProps) {
  const { t } = useTranslation("signin");
  const [email, setEmail] = useState(knownEmail);
  const [password, setPassword] = useState("");
  const submit = useMutation({
    mutationFn: () => signIn(email.trim(), password),
    onSuccess: () => onSignedIn?.(),
  });
  return (
    <Form className={styles.form} isPending={submit.isPending} onSubmit={submit.mutate}>
      <TextField
        label={t("email")}
        type="email"
        name="email"
        autoComplete="username"
        value={email}
        onChange={setEmail}
        autoFocus={knownEmail === ""}
        isRequired
      />
      <TextField
        label={t("password")}
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus={knownEmail !== ""}
        isRequired
      />
      <ErrorMessage error={submit.error} />
      <Button
        type="submit"
        kind="primary"
        size="large"
        fill
        isPending={submit.isPending}
        isDisabled={email.trim() === "" || password === ""}
      >
        {t("title")}
      </Button>
    </Form>
  );
}
