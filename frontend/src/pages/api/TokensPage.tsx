/** API tokens: made, shown once, revoked. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { projectsQuery } from "../../api/queries.ts";
import type { Page as ListPage } from "../../api/types.ts";
import { Page } from "../../app/Page.tsx";
import { Button, IconButton } from "../../components/Button.tsx";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { clearSent } from "../../components/clearSent.ts";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Form } from "../../components/Form.tsx";
import { formatAgo, formatCount, formatDay } from "../../components/format.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Select } from "../../components/Select.tsx";
import { actionsCell, LabeledCell, numberCell, Table } from "../../components/Table.tsx";
import { TextField } from "../../components/TextField.tsx";
import { CodeBlock } from "./CodeBlock.tsx";
import styles from "./TokensPage.module.css";
import { TokenUses, type Uses } from "./TokenUses.tsx";

interface ApiToken {
  id: number;
  name: string;
  scope: "full" | "predict";
  project_id: number | null;
  last_four: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  use_count: number;
}

interface ListedToken extends ApiToken {
  uses_today: number;
}

type WantedToken = Pick<ApiToken, "name" | "scope" | "project_id" | "expires_at">;

interface NewToken extends ApiToken {
  token: string;
}

/** More than anybody has programs. */
const ALL = 1000;
const TOKENS = ["tokens"] as const;
const TOKEN_USES = ["tokenUses"] as const;
const ALL_PROJECTS = "all";
const NEVER = "never";
const LIFETIMES_DAYS = ["30", "90", "365"] as const;
const DAY_MS = 86_400_000;

export function TokensPage() {
  const { t } = useTranslation("api");
  const tokens = useQuery({
    queryKey: TOKENS,
    queryFn: () => api.get<ListPage<ListedToken>>("/api/v1/tokens", { query: { limit: ALL } }),
  });
  const uses = useQuery({
    queryKey: TOKEN_USES,
    queryFn: () => api.get<ListPage<Uses>>("/api/v1/tokens/uses", { query: { limit: ALL } }),
  });
  const usesOf = new Map(uses.data?.items.map((item) => [item.token_id, item]));
  const projects = useQuery(projectsQuery).data?.items ?? [];
  const [made, setMade] = useState<NewToken | null>(null);
  const projectName = (id: number | null) =>
    id === null ? t("allProjects") : (projects.find((project) => project.id === id)?.name ?? `(${id})`);
  return (
    <Page title={t("tokens")}>
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
        <Table label={t("tokens")} isStackedOnPhone className={styles.table ?? ""}>
          <thead>
            <tr>
              <th>{t("name")}</th>
              <th>{t("token")}</th>
              <th>{t("scope")}</th>
              <th>{t("project")}</th>
              <th>{t("made")}</th>
              <th>{t("expires")}</th>
              <th>{t("lastUse")}</th>
              <th className={numberCell}>{t("requests")}</th>
              <th className={numberCell}>{t("today")}</th>
              <th>{t("thirtyDays")}</th>
              <th>
                <span className="visually-hidden">{t("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.data.items.map((token) => (
              <TokenRow
                key={token.id}
                token={token}
                uses={usesOf.get(token.id)}
                projectName={projectName(token.project_id)}
              />
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}

interface TokenRowProps {
  token: ListedToken;
  /** None until they have come. */
  uses: Uses | undefined;
  projectName: string;
}

function TokenRow({ token, uses, projectName }: TokenRowProps) {
  const { t } = useTranslation("api");
  return (
    <tr>
      <td className={styles.name}>{token.name}</td>
      <LabeledCell label={t("token")}>
        <code>…{token.last_four}</code>
      </LabeledCell>
      <LabeledCell label={t("scope")}>{t(token.scope)}</LabeledCell>
      <LabeledCell label={t("project")}>{projectName}</LabeledCell>
      <LabeledCell label={t("made")}>{formatDay(token.created_at)}</LabeledCell>
      <LabeledCell label={t("expires")}>
        <Expiry at={token.expires_at} />
      </LabeledCell>
      <LabeledCell label={t("lastUse")}>
        {token.last_used_at === null ? t("never") : formatAgo(token.last_used_at)}
      </LabeledCell>
      <LabeledCell label={t("requests")} className={numberCell}>
        {formatCount(token.use_count)}
      </LabeledCell>
      <LabeledCell label={t("today")} className={numberCell}>
        {formatCount(token.uses_today)}
      </LabeledCell>
      <LabeledCell label={t("thirtyDays")}>
        {uses && token.use_count > 0 && <TokenUses uses={uses} name={token.name} />}
      </LabeledCell>
      <td className={actionsCell}>
        <RevokeButton token={token} />
      </td>
    </tr>
  );
}

function Expiry({ at }: { at: string | null }) {
  const { t } = useTranslation("api");
  if (at === null) return t("never");
  return Date.parse(at) <= Date.now() ? <b className={styles.expired}>{t("expired")}</b> : formatDay(at);
}

function TokenForm({ onMade }: { onMade: (token: NewToken) => void }) {
  const { t } = useTranslation("api");
  const client = useQueryClient();
  const projects = useQuery(projectsQuery).data?.items ?? [];
  const [name, setName] = useState("");
  const [scope, setScope] = useState<ApiToken["scope"]>("full");
  const [project, setProject] = useState(ALL_PROJECTS);
  const [lifetime, setLifetime] = useState<string>(NEVER);
  const make = useMutation({
    mutationFn: (sent: WantedToken) => api.post<NewToken>("/api/v1/tokens", sent),
    onSuccess: (token, sent) => {
      setName(clearSent(sent.name));
      onMade(token);
      void client.invalidateQueries({ queryKey: TOKENS });
    },
  });
  const submit = () =>
    make.mutate({
      name,
      scope,
      project_id: project === ALL_PROJECTS ? null : Number(project),
      expires_at: lifetime === NEVER ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString(),
    });
  return (
    <Form className={styles.form} isPending={make.isPending} onSubmit={submit}>
      <TextField
        label={t("name")}
        value={name}
        onChange={setName}
        maxLength={100}
        placeholder={t("namePlaceholder")}
        isRequired
      />
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
      <Select
        label={t("expires")}
        value={lifetime}
        onChange={setLifetime}
        options={[
          { value: NEVER, text: t("never") },
          ...LIFETIMES_DAYS.map((days) => ({ value: days, text: t("inDays", { days }) })),
        ]}
      />
      <Button kind="primary" type="submit" isDisabled={name.trim() === ""} isPending={make.isPending}>
        {t("makeToken")}
      </Button>
      <div className={styles.error}>
        <ErrorMessage error={make.error} />
      </div>
    </Form>
  );
}

function RevokeButton({ token }: { token: ApiToken }) {
  const { t } = useTranslation("api");
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.delete(`/api/v1/tokens/${token.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: TOKENS }), // the row leaves, and its dialog
  });
  return (
    <>
      <IconButton
        size="small"
        icon={Trash2}
        label={t("revoke", { name: token.name })}
        onPress={() => setAsking(true)}
      />
      {isAsking && (
        <ConfirmDialog
          title={t("revokeTitle", { name: token.name })}
          action={t("revokeNow")}
          isPending={revoke.isPending}
          error={revoke.error}
          onConfirm={revoke.mutate}
          onClose={() => setAsking(false)}
        >
          {t("revokeText")}
        </ConfirmDialog>
      )}
    </>
  );
}
