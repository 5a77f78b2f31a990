/** The dialog's defaults with the times for the image size that is chosen: those of a size hold at its own alone. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { NewModel } from "../../api/types.ts";
import { useSettled } from "../../app/useSettled.ts";
import { sizeOf } from "./choice.ts";
import { defaultsQuery, type TrainingDefaults } from "./trainingQueries.ts";

interface DefaultsAt {
  shown: TrainingDefaults;
  /** The times are still those of another image size. */
  isAsking: boolean;
}

export function useDefaultsAt(projectId: number, defaults: TrainingDefaults, choice: NewModel): DefaultsAt {
  const { size, image_size: imageSize } = choice;
  const isOwn = imageSize === sizeOf(defaults, size)?.image_size;
  const settled = useSettled(imageSize);
  const asked = useQuery({
    ...defaultsQuery(projectId, settled),
    enabled: !isOwn && settled === imageSize,
    placeholderData: keepPreviousData,
  });
  const proposed = asked.data && sizeOf(asked.data, size);
  if (isOwn || proposed === undefined) return { shown: defaults, isAsking: !isOwn && !asked.isError };
  return {
    shown: { ...defaults, sizes: defaults.sizes.map((one) => (one.size === size ? proposed : one)) },
    isAsking: settled !== imageSize || asked.isPlaceholderData,
  };
}
