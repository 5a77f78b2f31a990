import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Folder, Image, Search, Zap } from "lucide-react";
import { useEffect, useState } from "react";
import { Autocomplete, Dialog, Input, Menu, Modal, ModalOverlay, SearchField, useFilter } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../api/client.ts";
import { labelsQuery, projectsQuery } from "../api/queries.ts";
import type { ImageItem, Page, Project } from "../api/types.ts";
import { Icon } from "../components/Icon.tsx";
import menuStyles from "../components/Menu.module.css";
import { MenuGroup, MenuItem } from "../components/Menu.tsx";
import { Swatch } from "../components/Swatch.tsx";
import styles from "./CommandPalette.module.css";
import { useCurrentProject } from "./currentProject.ts";
import { projectTitle } from "./projectTitle.ts";
import { typedKey } from "./typedKey.ts";
import { keyName } from "./useKeys.ts";

const SHOWN_IMAGES = 8;
/** Images are searched on the server, once so much is typed. */
const SEARCH_CHARACTERS = 2;

/** Ctrl+K: finds projects, images, labels and pages by name. */
export function CommandPalette() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (keyName(typedKey(event)) !== "mod+k") return;
      event.preventDefault();
      setOpen((open) => !open);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <ModalOverlay isDismissable isOpen={isOpen} onOpenChange={setOpen} className={styles.overlay ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Palette onDone={() => setOpen(false)} />
      </Modal>
    </ModalOverlay>
  );
}

function Palette({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation(["frame", "train"]);
  const navigate = useNavigate();
  const project = useCurrentProject();
  const projects = useQuery(projectsQuery).data?.items ?? [];
  const [typed, setTyped] = useState("");
  const images = useImageSearch(project, typed);
  const { contains } = useFilter({ sensitivity: "base" });
  const go = (address: string) => {
    onDone();
    navigate(address);
  };
  return (
    <Dialog className={styles.dialog ?? ""} aria-label={t("palette")}>
      <Autocomplete inputValue={typed} onInputChange={setTyped} filter={contains}>
        <SearchField aria-label={t("palettePlaceholder")} autoFocus className={styles.search ?? ""}>
          <Icon of={Search} size={18} />
          <Input placeholder={t("palettePlaceholder")} className={styles.input ?? ""} />
        </SearchField>
        <Menu
          aria-label={t("palette")}
          className={`${menuStyles.menu ?? ""} ${styles.list ?? ""}`}
          onAction={(key) => go(String(key))}
          renderEmptyState={() => <p className={styles.none}>{t("paletteNone")}</p>}
        >
          {project && <ProjectItems project={project} />}
          {images.length > 0 && project && (
            <MenuGroup title={t("images")}>
              {images.map((image) => (
                <MenuItem key={image.id} id={`/projects/${project.id}/label/${image.id}`} icon={Image}>
                  {image.name}
                </MenuItem>
              ))}
            </MenuGroup>
          )}
          {projects.length > 0 && (
            <MenuGroup title={t("projects")}>
              {projects.map((found) => (
                <MenuItem key={found.id} id={`/projects/${found.id}`} icon={Folder}>
                  {projectTitle(found)}
                </MenuItem>
              ))}
            </MenuGroup>
          )}
          <MenuGroup title={t("goTo")}>
            <MenuItem id="/projects" icon={Zap}>
              {t("allProjects")}
            </MenuItem>
            <MenuItem id="/queue" icon={Zap}>
              {t("train:queue")}
            </MenuItem>
            <MenuItem id="/account/tokens" icon={Zap}>
              {t("apiTokens")}
            </MenuItem>
            <MenuItem id="/help" icon={Zap}>
              {t("help")}
            </MenuItem>
          </MenuGroup>
        </Menu>
      </Autocomplete>
    </Dialog>
  );
}

function ProjectItems({ project }: { project: Project }) {
  const { t } = useTranslation(["frame", "gallery", "train", "models", "labels", "time"]);
  const labels = useQuery(labelsQuery(project.id)).data?.items ?? [];
  return (
    <>
      <MenuGroup title={projectTitle(project)}>
        <MenuItem id={`/projects/${project.id}/label`} icon={Zap}>
          {t("gallery:labelImages")}
        </MenuItem>
        <MenuItem id={`/projects/${project.id}/train`} icon={Zap}>
          {t("models:train")}
        </MenuItem>
        <MenuItem id={`/projects/${project.id}/models`} icon={Zap}>
          {t("models:title")}
        </MenuItem>
        <MenuItem id={`/projects/${project.id}/members`} icon={Zap}>
          {t("frame:members")}
        </MenuItem>
        <MenuItem id={`/projects/${project.id}/time`} icon={Zap}>
          {t("time:title")}
        </MenuItem>
      </MenuGroup>
      {labels.length > 0 && (
        <MenuGroup title={t("labels:title")}>
          {labels.map((label) => (
            <MenuItem
              key={label.id}
              id={`/projects/${project.id}?label=${encodeURIComponent(label.name)}`}
              textValue={label.name}
            >
              <span className={styles.label}>
                <Swatch color={label.color} />
                {label.name}
              </span>
            </MenuItem>
          ))}
        </MenuGroup>
      )}
    </>
  );
}

function useImageSearch(project: Project | undefined, typed: string): ImageItem[] {
  const found = useQuery({
    queryKey: ["projects", project?.id, "image-search", typed],
    queryFn: ({ signal }) =>
      api.get<Page<ImageItem>>(`/api/v1/projects/${project?.id}/images`, {
        query: { q: typed, limit: SHOWN_IMAGES },
        signal,
      }),
    enabled: project !== undefined && typed.length >= SEARCH_CHARACTERS,
    placeholderData: keepPreviousData,
  });
  return typed.length >= SEARCH_CHARACTERS ? (found.data?.items ?? []) : [];
}
