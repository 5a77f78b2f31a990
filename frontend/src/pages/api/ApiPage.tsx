/** How to call a model from one's own code: the endpoint, its parts, samples filled in. */
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { modelQuery } from "../../api/queries.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { LinkButton } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Table } from "../../components/Table.tsx";
import { predictPath } from "../predict/predictions.ts";
import styles from "./ApiPage.module.css";
import { CodeBlock } from "./CodeBlock.tsx";
import { endpointOf, LANGUAGES, type SampleLanguage, sampleOf } from "./samples.ts";
import { TryIt } from "./TryIt.tsx";

const PARTS = ["octetStream", "url", "base64"] as const;
const QUERIES = ["mask", "minScore", "format", "speed"] as const;

export function ApiPage() {
  const { t } = useTranslation("api");
  const model = useQuery(modelQuery(useIdParam("modelId")));
  const [language, setLanguage] = useState<SampleLanguage>("curl");
  const title = model.data ? t("apiOf", { name: model.data.name }) : t("title");
  const target = model.data && {
    origin: window.location.origin,
    projectId: model.data.project_id,
    modelName: model.data.name,
  };
  return (
    <Page
      title={title}
      width="narrow"
      actions={
        <LinkButton icon={KeyRound} to="/account/tokens">
          {t("tokens")}
        </LinkButton>
      }
    >
      <ErrorMessage error={model.error} onRetry={() => void model.refetch()} />
      {target && (
        <>
          <section className={styles.section}>
            <h2>{t("endpoint")}</h2>
            <CodeBlock code={`POST ${endpointOf(target)}`} />
            <p>{t("endpointText")}</p>
          </section>
          <section className={styles.section}>
            <h2>{t("image")}</h2>
            <Table label={t("image")} className={styles.parts}>
              <tbody>
                {PARTS.map((part) => (
                  <tr key={part}>
                    <td>
                      <code>{t(`${part}Type`)}</code>
                    </td>
                    <td>{t(`${part}Text`)}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </section>
          <section className={styles.section}>
            <header className={styles.header}>
              <h2>{t("samples")}</h2>
              <SegmentedControl label={t("language")} value={language} onChange={setLanguage} options={LANGUAGES} />
            </header>
            <CodeBlock code={sampleOf(language, target)} />
          </section>
          <TryIt path={predictPath(target.projectId, target.modelName, "best")} />
          <section className={styles.section}>
            <h2>{t("queries")}</h2>
            <Table label={t("queries")} className={styles.parts}>
              <tbody>
                {QUERIES.map((query) => (
                  <tr key={query}>
                    <td>
                      <code>{t(`${query}Values`)}</code>
                    </td>
                    <td>{t(`${query}Text`)}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </section>
          <section className={styles.section}>
            <h2>{t("answer")}</h2>
            <p>{t("answerText")}</p>
            <CodeBlock code={ANSWER} />
            <p>
              <a href="/api/docs">{t("allCalls")}</a>
            </p>
          </section>
        </>
      )}
    </Page>
  );
}

const ANSWER = `[
  {
    "label": "fig", "score": 98.3,
    "x0": 12, "y0": 40, "x1": 96, "y1": 121,
    "polygons": [{"points": [{"x": 12, "y": 44}, …], "holes": []}]
  }
]`;
