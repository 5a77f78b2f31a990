/** A token's requests of the last 30 days, a bar for each; pressed, the table of them comes as a file. */
import { useTranslation } from "react-i18next";
import { formatCount, formatDay } from "../../components/format.ts";
import styles from "./TokenUses.module.css";

export interface Uses {
  token_id: number;
  items: { day: string; uses: number }[];
  total: number;
}

const LOWEST_BAR = 0.1; // of the height: a single request is seen beside a thousand

export function TokenUses({ uses, name }: { uses: Uses; name: string }) {
  const { t } = useTranslation("api");
  const { token_id: tokenId, items, total } = uses;
  const most = Math.max(...items.map((item) => item.uses), 1);
  return (
    <a
      className={styles.bars}
      href={`/api/v1/tokens/${tokenId}/uses?format=csv`}
      download
      aria-label={t("usesOf", { name, total: formatCount(total) })}
    >
      {items.map(({ day, uses: count }) => (
        <span key={day} title={t("usesOfDay", { day: formatDay(day), uses: formatCount(count) })}>
          <i style={{ height: count === 0 ? 0 : `${Math.max(LOWEST_BAR, count / most) * 100}%` }} />
        </span>
      ))}
    </a>
  );
}
