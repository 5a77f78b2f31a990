/** API tokens: made, shown once, revoked. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { projectsQuery } from "../../api/queries.ts";
import type { Page as ListPage } from "../../api/types.ts";
import { Page } from "../../app/Page.tsx";
import { Button, IconButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatAgo, formatMoment } from "../../components/format.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Select } from "../../components/Select.tsx";
import { Table } from "../../components/Table.tsx";
import { TextField } from "../../components/TextField.tsx";
import { CodeBlock } from "./CodeBlock.tsx";
import styles from "./TokensPage.module.css";

interface ApiToken {
  id: number;
  name: string;
  scope: "full" | "predict";
  project_id: number | null;
  last_four: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

interface NewToken extends ApiToken {
  token: string;
}

const TOKENS = ["tokens"] as const;
const ALL_PROJECTS = "all";

export function TokensPage() {
  const { t } = useTranslation("api");
  const tokens = useQuery({ queryKey: TOKENS, queryFn: () => api.get<ListPage<ApiToken>>("/api/v1/tokens") });
  const projects = useQuery(projectsQuery).data?.items ?? [];
  const [made, setMade] = useState<NewToken | null>(null);
  const projectName = (id: number | null) =>
    id === null ? t("allProjects") : (projects.find((project) => project.id === id)?.name ?? `(${id})`);
  return (
    <Page title={t("tokens")} width="narrow">
      <p className={styles.intro}>{t("tokensIntro")}</p>
      <TokenForm onMade={setMade} />
      {made && (
        <section className={styles.made} aria-label={t("newToken")}>
          <b>{t("shownOnce", { name: made.name })}</b>
          <CodeBlock code={made.token} />
        </section>
      )}
      <ErrorMessage error={tokens.error} onRetry={() => void tokens.refetch()} />
      {tokens.data?.items.length === 0 && (
        <EmptyState icon={KeyRound} title={t("noTokens")}>
          {t("noTokensText")}
        </EmptyState>
      )}
      {tokens.data && tokens.data.items.length > 0 && (
        <Table label={t("tokens")}>
          <thead>
            <tr>
              <th>{t("name")}</th>
              <th>{t("token")}</th>
              <th>{t("scope")}</th>
              <th>{t("project")}</th>
              <th>{t("made")}</th>
              <th>{t("lastUse")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {tokens.data.items.map((token) => (
              <tr key={token.id}>
                <td>{token.name}</td>
                <td>
                  <code>…{token.last_four}</code>
                </td>
                <td>{t(token.scope)}</td>
                <td>{projectName(token.project_id)}</td>
                <td>{formatMoment(token.created_at)}</td>
                <td>{token.last_used_at === null ? t("never") : formatAgo(token.last_used_at)}</td>
                <td>
                  <RevokeButton token={token} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}

function TokenForm({ onMade }: { onMade: (token: NewToken) => void }) {
  const { t } = useTranslation("api");
  const client = useQueryClient();
  const projects = useQuery(projectsQuery).data?.items ?? [];
  const [name, setName] = useState("");
  const [scope, setScope] = useState<ApiToken["scope"]>("full");
  const [project, setProject] = useState(ALL_PROJECTS);
  const make = useMutation({
    mutationFn: () =>
      api.post<NewToken>("/api/v1/tokens", {
        name,
        scope,
        project_id: project === ALL_PROJECTS ? null : Number(project),
      }),
    onSuccess: async (token) => {
      setName("");
      onMade(token);
      await client.invalidateQueries({ queryKey: TOKENS });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField label={t("name")} value={name} onChange={setName} placeholder={t("namePlaceholder")} isRequired />
      <div className={styles.scope}>
        <span>{t("scope")}</span>
        <SegmentedControl
          label={t("scope")}
          value={scope}
          onChange={setScope}
          options={[
            { value: "full", text: t("full") },
            { value: "predict", text: t("predict") },
          ]}
        />
      </div>
      <Select
        label={t("project")}
        value={project}
        onChange={setProject}
        options={[
          { value: ALL_PROJECTS, text: t("allProjects") },
          ...projects.map(({ id, name: text }) => ({ value: String(id), text: `${text} (${id})` })),
        ]}
      />
      <Button kind="primary" type="submit" isDisabled={make.isPending || name.trim() === ""}>
        {t("makeToken")}
      </Button>
      <div className={styles.error}>
        <ErrorMessage error={make.error} />
      </div>
    </form>
  );
}

function RevokeButton({ token }: { token: ApiToken }) {
  const { t } = useTranslation("api");
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.delete(`/api/v1/tokens/${token.id}`),
    onSettled: () => client.invalidateQueries({ queryKey: TOKENS }),
  });
  return (
    <IconButton
      size="small"
      icon={Trash2}
      label={t("revoke", { name: token.name })}
      onPress={() => revoke.mutate()}
      isDisabled={revoke.isPending}
    />
  );
}
