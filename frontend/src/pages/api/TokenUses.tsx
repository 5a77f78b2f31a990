/** A token's requests of the last 30 days, a bar for each; pressed, the table of them comes as a file. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { formatCount, formatDay } from "../../components/format.ts";
import styles from "./TokenUses.module.css";

interface Uses {
  items: { day: string; uses: number }[];
  total: number;
}

const LOWEST_BAR = 0.1; // of the height: a single request is seen beside a thousand

export function TokenUses({ tokenId, name }: { tokenId: number; name: string }) {
  const { t } = useTranslation("api");
  const path = `/api/v1/tokens/${tokenId}/uses`;
  // not below the list of tokens: a token that is revoked would be asked for once more
  const uses = useQuery({ queryKey: ["tokenUses", tokenId], queryFn: () => api.get<Uses>(path) });
  if (!uses.data) return null;
  const { items, total } = uses.data;
  const most = Math.max(...items.map((item) => item.uses), 1);
  return (
    <a
      className={styles.bars}
      href={`${path}?format=csv`}
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
