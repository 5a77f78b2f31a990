"""What the endpoints about batches take and answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.db.enums import BatchStatus, CheckpointKind, Speed
from app.images.schemas import ImageQuery, Refusal
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


class ProjectFilterBody(ImageQuery):
    """The images of a project that are meant, as in the query of their list."""

    model_config = ConfigDict(extra="forbid")


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


class BatchSchema(BatchItem):
    """A batch with the first 100 of its problems.

    `thresholds` are those of the model when it was asked for; predictions from `lowest_kept_score` on are kept.
    """

    thresholds: dict[str, float]
    lowest_kept_score: float
    problem_count: int
    problems: list[BatchProblem]


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
