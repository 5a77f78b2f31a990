/** The accounts of this server, for its administrators. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../../app/Page.tsx";
import { useMe } from "../../app/session.ts";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatDay } from "../../components/format.ts";
import { SearchField } from "../../components/SearchField.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { Table } from "../../components/Table.tsx";
import { AccountForm } from "./AccountForm.tsx";
import { AccountMenuButton } from "./AccountMenuButton.tsx";
import { type GivenPassword, PasswordOnce } from "./PasswordOnce.tsx";
import styles from "./PeoplePage.module.css";
import { type Account, peopleQuery } from "./peopleQuery.ts";

export function PeoplePage() {
  const { t } = useTranslation("people");
  const [search, setSearch] = useState("");
  const people = useInfiniteQuery(peopleQuery(search));
  const [given, setGiven] = useState<readonly GivenPassword[]>([]);
  // The newest first; each stays, for it is shown nowhere else.
  const show = (next: GivenPassword) =>
    setGiven((shown) => [next, ...shown.filter(({ email }) => email !== next.email)]);
  return (
    <Page title={t("title")} width="narrow">
      <p className={styles.intro}>{t("intro")}</p>
      {!people.error && <AccountForm onGiven={show} />}
      {given.map((one) => (
        <PasswordOnce key={one.email} given={one} />
      ))}
      <ErrorMessage error={people.error} onRetry={() => void people.refetch()} />
      {!people.error && <SearchField label={t("search")} value={search} onChange={setSearch} className={styles.find} />}
      {people.isPending && <Skeleton width={280} />}
      {people.data?.pages[0]?.total === 0 && !people.isPlaceholderData && (
        <p className={styles.intro}>{t("noneFound", { search })}</p>
      )}
      {people.data && people.data.pages[0]?.total !== 0 && (
        <Table label={t("title")} isStackedOnPhone className={styles.table ?? ""}>
          <thead>
            <tr>
              <th>{t("person")}</th>
              <th>{t("account")}</th>
              <th>{t("made")}</th>
              <th>
                <span className="visually-hidden">{t("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {people.data.pages.flatMap(({ items }) =>
              items.map((account) => <AccountRow key={account.id} account={account} onGiven={show} />),
            )}
          </tbody>
        </Table>
      )}
      {people.hasNextPage && (
        <Button isPending={people.isFetchingNextPage} onPress={() => void people.fetchNextPage()}>
          {t("showMore")}
        </Button>
      )}
    </Page>
  );
}

function AccountRow({ account, onGiven }: { account: Account; onGiven: (given: GivenPassword) => void }) {
  const { t } = useTranslation("people");
  const isMe = useMe()?.id === account.id;
  return (
    <tr>
      <td>
        <span className={styles.person}>
          <strong>{account.name || account.email}</strong>
          {isMe && <span className={styles.small}>{t("you")}</span>}
        </span>
        {account.name !== "" && <span className={styles.small}>{account.email}</span>}
      </td>
      <td className={styles.state}>
        {account.is_closed ? (
          <span className={styles.closed}>{t("closed")}</span>
        ) : (
          account.is_admin && t("administers")
        )}
      </td>
      <td className={styles.made}>{formatDay(account.created_at)}</td>
      <td className={styles.actions}>{!isMe && <AccountMenuButton account={account} onGiven={onGiven} />}</td>
    </tr>
  );
}
