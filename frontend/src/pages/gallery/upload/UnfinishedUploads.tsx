import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CloudUpload } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { Page } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatBytes } from "../../../components/format.ts";
import { Icon } from "../../../components/Icon.tsx";
import { findResumable, forgetResumable } from "./resumable.ts";
import styles from "./UnfinishedUploads.module.css";
import { isOpen } from "./uploadQueue.ts";
import { useUploads } from "./uploads.ts";

interface UnfinishedUpload {
  id: string;
  name: string;
  byte_size: number;
  offset: number;
}

const SHOWN = 3;

/** Large files that an earlier visit did not bring to their end: chosen again, they go on where they were. */
export function UnfinishedUploads({ projectId }: { projectId: number }) {
  const { t } = useTranslation("upload");
  const client = useQueryClient();
  const isUploading = useUploads().some((file) => file.projectId === projectId && isOpen(file));
  const query = useQuery({ ...unfinishedQuery(projectId), enabled: !isUploading });
  const forget = useMutation({
    mutationFn: async ({ id }: UnfinishedUpload) => {
      await api.delete(`${uploadsPath(projectId)}/${id}`);
      await forgetResumable(id);
    },
    onSettled: () => client.invalidateQueries({ queryKey: unfinishedQuery(projectId).queryKey }),
  });
  // While files are sent the panel tells of them; what was known before may have ended since.
  if (isUploading || query.isFetching || !query.data?.length) return null;
  return (
    <section className={styles.notice} aria-label={t("unfinished")}>
      <ErrorMessage error={forget.error} />
      {query.data.slice(0, SHOWN).map((upload) => (
        <div key={upload.id} className={styles.row}>
          <Icon of={CloudUpload} />
          <span className={styles.text}>
            {t("goOn", {
              name: upload.name,
              percent: Math.floor((upload.offset / upload.byte_size) * 100),
              size: formatBytes(upload.byte_size),
            })}
          </span>
          <Button size="small" kind="quiet" onPress={() => forget.mutate(upload)}>
            {t("discard")}
          </Button>
        </div>
      ))}
    </section>
  );
}

const uploadsPath = (projectId: number) => `/api/v1/projects/${projectId}/uploads`;

/** Only those that this browser knows how to go on with. */
const unfinishedQuery = (projectId: number) => ({
  queryKey: ["unfinished-uploads", projectId],
  queryFn: async () => {
    const known = await findResumable();
    if (known.size === 0) return [];
    const { items } = await api.get<Page<UnfinishedUpload>>(uploadsPath(projectId));
    return items.filter(({ id }) => known.has(id));
  },
  staleTime: 0,
  refetchOnWindowFocus: false,
});
