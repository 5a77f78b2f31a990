/** Groups of images that show nearly the same, and the way to bring a divided one together. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api } from "../../api/client.ts";
import type { ImageItem } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { Button } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import styles from "./NearDuplicatesPage.module.css";
import { type Group, nearDuplicatesQuery } from "./nearDuplicatesQuery.ts";

export function NearDuplicatesPage() {
  const { t } = useTranslation("nearDuplicates");
  const projectId = useIdParam("projectId");
  const [search, setSearch] = useSearchParams();
  const isAcross = search.has("across");
  const groups = useInfiniteQuery(nearDuplicatesQuery(projectId, isAcross));
  const first = groups.data?.pages[0];
  return (
    <Page title={t("title")}>
      <p className={styles.text}>{t("text")}</p>
      <div className={styles.bar}>
        <SegmentedControl<"all" | "across">
          label={t("which")}
          value={isAcross ? "across" : "all"}
          onChange={(value) => setSearch(value === "across" ? { across: "1" } : {}, { replace: true })}
          options={[
            { value: "all", text: t("all") },
            { value: "across", text: t("across") },
          ]}
        />
        <span role="status">{first && t("groups", { count: first.total })}</span>
      </div>
      {first !== undefined && first.images_unknown > 0 && <p>{t("unknown", { count: first.images_unknown })}</p>}
      <ErrorMessage error={groups.error} onRetry={() => void groups.refetch()} />
      {groups.isPending && <Skeleton height={240} />}
      {first?.total === 0 && <p className={styles.text}>{t(isAcross ? "noneAcross" : "none")}</p>}
      <ul className={styles.groups}>
        {groups.data?.pages.flatMap(({ items }) =>
          items.map((group) => <GroupCard key={group.images[0]?.id} projectId={projectId} group={group} />),
        )}
      </ul>
      {groups.hasNextPage && (
        <Button isPending={groups.isFetchingNextPage} onPress={() => void groups.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </Page>
  );
}

function GroupCard({ projectId, group: { images, across } }: { projectId: number; group: Group }) {
  const { t } = useTranslation("nearDuplicates");
  const queryClient = useQueryClient();
  const together = useMutation({
    mutationFn: () =>
      api.put(`/api/v1/projects/${projectId}/validation`, {
        image_ids: images.map(({ id }) => id),
        validation: false,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["projects", projectId] }),
  });
  return (
    <li className={styles.group} aria-label={t("group", { count: images.length })}>
      <div className={styles.images}>
        {images.map((image) => (
          <Picture key={image.id} projectId={projectId} image={image} />
        ))}
      </div>
      {across && (
        <Button size="small" isPending={together.isPending} onPress={() => together.mutate()}>
          {t("keepTogether")}
        </Button>
      )}
      <ErrorMessage error={together.error} />
    </li>
  );
}

function Picture({ projectId, image }: { projectId: number; image: ImageItem }) {
  const { t } = useTranslation("nearDuplicates");
  return (
    <figure className={styles.picture}>
      <Link to={`/projects/${projectId}/label/${image.id}`}>
        <img src={`/api/v1/images/${image.id}/thumbnail`} alt={image.name} loading="lazy" decoding="async" />
      </Link>
      <figcaption>
        <span className={styles.name} title={image.name}>
          {image.name}
        </span>
        {image.validation && <span className={styles.mark}>{t("isValidation")}</span>}
      </figcaption>
    </figure>
  );
}
