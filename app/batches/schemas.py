"""What the endpoints about batches take and answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.db.enums import BatchStatus, CheckpointKind, Speed
from app.http import RequestBody
from app.images.schemas import ImageIdsBody, ImageQuery, Refusal
from app.labels.schemas import PolygonSchema, RleSchema

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class DownloadFormat(StrEnum):
    JSON = "json"
    MASKS = "masks"
    COCO = "coco"
    SEMANTIC = "semantic"


class ShapeFormat(StrEnum):
    """How an answer holds its masks."""

    POLYGONS = "polygons"
    RLE = "rle"


class WantedDrafts(RequestBody):
    """From which score on predictions become draft labels; null leaves it to the thresholds of the batch."""

    min_score: Score | None = None


class NamedImagesBody(ImageIdsBody):
    """Images of a project by their ids, and whether their predictions become draft labels."""

    make_drafts: WantedDrafts | None = None


class ProjectFilterBody(ImageQuery):
    """The images of a project that are meant, as in the query of their list, and whether drafts are made of them."""

    model_config = ConfigDict(extra="forbid")

    make_drafts: WantedDrafts | None = None

    @property
    def has_filter(self) -> bool:
        return bool(self.model_fields_set - {"make_drafts"})


class StartedBatch(BaseModel):
    """A batch that waits for a worker; `refused` are the files that it goes without, and why."""

    id: int
    status: BatchStatus
    total: int
    refused: list[Refusal]


class BatchAuthor(BaseModel):
    id: int
    name: str


class BatchItem(BaseModel):
    """A batch in a list.

    `of_project` says that its images are the project's; else they are files that came with the request. `model_id` is
    null where the model is gone, `image_ids` of images likewise. `done` counts images that could not be looked at, too.
    `expires_at` is when it is deleted by itself, set once it has ended.
    """

    id: int
    project_id: int
    model_id: int | None
    model_name: str
    checkpoint: CheckpointKind
    speed: Speed
    of_project: bool
    status: BatchStatus
    total: int
    done: int
    error: str | None
    created_by: BatchAuthor | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None


class BatchProblem(BaseModel):
    """An image that could not be looked at, and why."""

    position: int
    name: str
    error: str


class MadeDrafts(BaseModel):
    """What was made of a batch: drafts on so many images, and what was passed over because it is there already.

    `replaced` counts the open drafts of those images that had to go, `skipped_labeled` predictions that lie on an
    object of the same label, `skipped_rejected` those that lie on a draft which somebody rejected.
    """

    model_config = ConfigDict(from_attributes=True)

    drafts: int
    images: int
    replaced: int
    skipped_labeled: int
    skipped_rejected: int
    labels_created: list[str]


class DraftsOfBatch(BaseModel):
    """The draft labels that somebody wants of a batch: those made so far, and all of them once `is_made`.

    `error` says why a worker could not make them; the predictions are there all the same.
    """

    min_score: float | None
    is_made: bool
    error: str | None
    made: MadeDrafts


class BatchSchema(BatchItem):
    """A batch with the first 100 of its problems.

    `thresholds` are those of the model when it was asked for; predictions from `lowest_kept_score` on are kept.
    `drafts` is null where nobody wants any.
    """

    thresholds: dict[str, float]
    lowest_kept_score: float
    problem_count: int
    problems: list[BatchProblem]
    drafts: DraftsOfBatch | None


class BatchImageItem(BaseModel):
    """An image of a batch; `prediction_count` counts at the batch's thresholds and is null while it is not done."""

    position: int
    name: str
    image_id: int | None
    width: int
    height: int
    is_done: bool
    prediction_count: int | None
    error: str | None


class BatchPrediction(BaseModel):
    """One object: polygons along pixel edges, or the rle of the whole image, as was asked for."""

    label: str
    score: float
    box_xyxy: tuple[int, int, int, int]
    polygons: list[PolygonSchema] | None
    rle: RleSchema | None


class BatchImageSchema(BatchImageItem):
    """One image with what was found in it, best score first."""

    predictions: list[BatchPrediction]
