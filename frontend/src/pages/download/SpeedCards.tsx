/** Slow, medium and fast, each with what it finds and how long it takes. */
import { Check, TriangleAlert } from "lucide-react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { ModelSpeed, Speed } from "../../api/types.ts";
import { formatMap } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import styles from "./SpeedCards.module.css";

interface SpeedCardsProps {
  speeds: readonly ModelSpeed[];
  value: Speed;
  onChange: (speed: Speed) => void;
}

export function SpeedCards({ speeds, value, onChange }: SpeedCardsProps) {
  const { t } = useTranslation("download");
  const device = speeds.find((one) => one.device !== null)?.device;
  return (
    <RadioGroup value={value} onChange={(speed) => onChange(speed as Speed)} className={styles.group ?? ""}>
      <Label className={styles.title ?? ""}>{t("speed")}</Label>
      <div className={styles.cards}>
        {speeds.map((one) => (
          <Radio key={one.speed} value={one.speed} className={styles.card ?? ""}>
            <span className={styles.name}>
              {t(one.speed)}
              {one.speed === value && <Icon of={Check} className={styles.check} />}
            </span>
            <span className={styles.purpose}>{t(`${one.speed}Purpose`)}</span>
            {one.status === "ready" ? <Figures speed={one} /> : <NotMade status={one.status} />}
          </Radio>
        ))}
      </div>
      {device && <p className={styles.note}>{t("measuredOn", { device })}</p>}
    </RadioGroup>
  );
}

function NotMade({ status }: { status: ModelSpeed["status"] }) {
  const { t } = useTranslation("download");
  return <span className={styles.none}>{t(status === "not_faster" ? "notFaster" : "notMade")}</span>;
}

function Figures({ speed: { map, latency_ms, relative_latency, warning } }: { speed: ModelSpeed }) {
  const { t } = useTranslation("download");
  return (
    <>
      <dl className={styles.figures}>
        <dt>{t("map")}</dt>
        <dd>{formatMap(map)}</dd>
        <dt>{t("latency")}</dt>
        <dd>
          {latency_ms === null ? "–" : `${latency_ms.toFixed(0)} ms`}
          {relative_latency !== null && <small>{t("relative", { factor: relative_latency.toFixed(2) })}</small>}
        </dd>
      </dl>
      {warning !== null && (
        <span className={styles.warning}>
          <Icon of={TriangleAlert} size={14} />
          {warning}
        </span>
      )}
    </>
  );
}
