import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, isNotFound } from "../../api/client.ts";
import { projectQuery, projectsQuery } from "../../api/queries.ts";
import type { Member, Project, Role } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { projectTitle } from "../../app/projectTitle.ts";
import { givenBy, isAtLeast, ROLES } from "../../app/roles.ts";
import { useMe } from "../../app/session.ts";
import { Button, IconButton } from "../../components/Button.tsx";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { Select } from "../../components/Select.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { Table } from "../../components/Table.tsx";
import { showToast } from "../../components/toasts.ts";
import { AddMember } from "./AddMember.tsx";
import styles from "./MembersPage.module.css";
import { membersKey, membersQuery } from "./membersQuery.ts";

/** Who may do what in a project. */
export function MembersPage() {
  const { t } = useTranslation("members");
  const projectId = useIdParam("projectId");
  const project = useQuery(projectQuery(projectId));
  const members = useQuery(membersQuery(projectId));
  return (
    <Page title={project.data ? t("titleOf", { name: projectTitle(project.data) }) : t("title")} width="narrow">
      <ErrorMessage error={project.error ?? members.error} onRetry={() => members.refetch()} />
      {project.data && isAtLeast(project.data.role, "Admin") && <AddMember project={project.data} />}
      {!project.error && (
        <Table label={t("title")} isStackedOnPhone className={styles.table ?? ""}>
          <thead>
            <tr>
              <th>{t("person")}</th>
              <th>{t("role")}</th>
              <th>
                <span className="visually-hidden">{t("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {members.data && project.data
              ? members.data.items.map((member) => (
                  <MemberRow key={member.user_id} project={project.data} member={member} />
                ))
              : !members.error && (
                  <tr>
                    <td>
                      <Skeleton width={200} />
                    </td>
                    <td>
                      <Skeleton width={80} />
                    </td>
                    <td />
                  </tr>
                )}
          </tbody>
        </Table>
      )}
      <RoleList />
    </Page>
  );
}

function MemberRow({ project, member }: { project: Project; member: Member }) {
  const { t } = useTranslation(["members", "common"]);
  const [isLeaving, setLeaving] = useState(false);
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const isMe = member.user_id === me?.id;
  const mayGive = isAtLeast(project.role, "Admin") ? givenBy(project.role) : [];
  const mayChange = mayGive.includes(member.role);
  const path = `/api/v1/projects/${project.id}/members/${member.user_id}`;
  // What one's own role allows is seen on every page.
  const readAnew = () => client.invalidateQueries({ queryKey: isMe ? projectsQuery.queryKey : membersKey(project.id) });
  // Somebody else took the member out meanwhile: the row leaves, and a message in it would too.
  const onError = (error: Error) => {
    if (!isNotFound(error)) return;
    showToast(error.message, { kind: "error" });
    void readAnew();
  };
  const change = useMutation({
    mutationFn: (role: Role) => api.patch(path, { role }),
    onSuccess: readAnew,
    onError,
  });
  const remove = useMutation({
    mutationFn: () => api.delete(path),
    onError,
    onSuccess: async () => {
      if (isMe) {
        await client.invalidateQueries({ queryKey: projectsQuery.queryKey, exact: true });
        navigate("/projects");
        return;
      }
      showToast(t("members:removed", { name: member.name || member.email }), {
        action: { text: t("common:undo"), run: () => restore.mutate() },
      });
      await readAnew();
    },
  });
  const restore = useRestore(project.id, member);
  return (
    <>
      <tr>
        <td>
          <span className={styles.person}>
            <strong>{member.name || member.email}</strong>
            {isMe && <span className={styles.me}>{t("members:you")}</span>}
          </span>
          {member.name !== "" && <span className={styles.email}>{member.email}</span>}
        </td>
        <td className={styles.role}>
          {mayChange ? (
            <Select
              label={t("members:roleOf", { name: member.email })}
              hideLabel
              value={change.isPending ? change.variables : member.role}
              onChange={(role) => role !== member.role && change.mutate(role)}
              isDisabled={change.isPending}
              options={mayGive.map((role) => ({ value: role, text: t(`members:roles.${role}.name`) }))}
            />
          ) : (
            t(`members:roles.${member.role}.name`)
          )}
        </td>
        <td className={styles.actions}>
          {isMe ? (
            <Button kind="quiet" size="small" icon={LogOut} onPress={() => setLeaving(true)}>
              {t("members:leave")}
            </Button>
          ) : (
            mayChange && (
              <IconButton
                size="small"
                icon={X}
                label={t("members:removeOne", { name: member.email })}
                isPending={remove.isPending}
                onPress={() => remove.mutate()}
              />
            )
          )}
        </td>
      </tr>
      {isLeaving && (
        <ConfirmDialog
          title={t("members:leaveTitle", { name: projectTitle(project) })}
          action={t("members:leaveAction")}
          error={remove.error}
          isPending={remove.isPending}
          onConfirm={remove.mutate}
          onClose={() => setLeaving(false)}
        >
          {t("members:leaveText")}
        </ConfirmDialog>
      )}
      {!isLeaving && (change.error ?? remove.error) && (
        <tr>
          <td colSpan={3}>
            <ErrorMessage error={change.error ?? remove.error} />
          </td>
        </tr>
      )}
    </>
  );
}

/** Lets a member in again whose removal was a slip. */
function useRestore(projectId: number, { email, role }: Member) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post(`/api/v1/projects/${projectId}/members`, { email, role }),
    onError: (error) => showToast(error.message, { kind: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: membersKey(projectId) }),
  });
}

function RoleList() {
  const { t } = useTranslation("members");
  return (
    <section aria-labelledby="roles">
      <h2 id="roles" className={styles.rolesTitle}>
        {t("rolesTitle")}
      </h2>
      <dl className={styles.roles}>
        {ROLES.map((role) => (
          <div key={role}>
            <dt>{t(`roles.${role}.name`)}</dt>
            <dd>{t(`roles.${role}.text`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
