"""What trainings and models look like in JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.db.enums import ModelSize, ModelStatus, Speed
from app.http import RequestBody, RowId
from app.names import Name

MIN_IMAGE_SIZE = 32  # the coarsest level of the network's features has one pixel per 32
MAX_IMAGE_SIZE = 4096
MAX_MINUTES = 30 * 24 * 60
MAX_STEPS = 10_000_000
MAX_SEED = 2**31 - 1
MAX_QUEUED_IDS = 1000

RESERVED_NAMES = {"last", ".", ".."}  # `/last` asks for the last checkpoint; browsers resolve dots in an address


def _check_name(name: str) -> str:
    if "/" in name:
        raise ValueError("a model's name has no slash, since it is part of an address")
    if name in RESERVED_NAMES:
        raise ValueError(f"a model cannot be called {name!r}; choose another name")
    return name


ModelName = Annotated[Name, AfterValidator(_check_name)]
Minutes = Annotated[float, Field(gt=0, le=MAX_MINUTES)]


class TrainRequest(RequestBody):
    """What to train. Whatever is left out is chosen by the labeled images and the device."""

    name: ModelName
    size: ModelSize | None = None
    train_minutes: Minutes | None = Field(None, description="Of training and evaluation; queue and export not counted.")
    stop_minutes: Minutes | None = Field(None, description="End after this long without a better mAP.")
    use_validation_set: bool | None = Field(None, description="The images marked for validation, else a part is drawn.")
    validation_percent: float = Field(20, gt=0, lt=100)
    learning_rate: float | None = Field(None, gt=0, lt=1)
    image_size: int | None = Field(None, ge=MIN_IMAGE_SIZE, le=MAX_IMAGE_SIZE, description="Long side in pixels.")
    seed: int = Field(0, ge=0, le=MAX_SEED)
    max_steps: int | None = Field(None, ge=1, le=MAX_STEPS, description="Go by steps instead of time.")
    continue_from: RowId | None = Field(None, description="The id of an earlier model of the project to train further.")


class CurvePointSchema(BaseModel):
    """One evaluation; what is not defined is null."""

    step: int
    elapsed_s: float
    train_loss: float | None
    validation_loss: float | None
    validation_class_loss: float | None
    validation_accuracy: float | None
    map: float | None
    ap50: float | None
    learning_rate: float | None
    is_best: bool


class ConfigSchema(BaseModel):
    """The settings in use, defaults filled in."""

    image_size: int
    train_minutes: float
    stop_minutes: float
    use_validation_set: bool
    validation_percent: float
    learning_rate: float | None
    seed: int
    max_steps: int | None
    continue_from: int | None


class ModelSchema(BaseModel):
    """A model and how its training goes. `best` and `last` are the evaluations that its checkpoints were saved at."""

    id: int
    name: str
    project_id: int
    size: ModelSize
    status: ModelStatus
    progress: float
    elapsed_s: float
    eta_s: float | None
    initialised_from: str | None
    best: CurvePointSchema | None
    last: CurvePointSchema | None
    error: str | None
    config: ConfigSchema
    class_names: list[str]
    training_image_count: int
    validation_image_count: int
    created_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempt: int
    device: str | None
    images_per_second: float | None
    queue_position: int | None
    can_stop: bool
    stop_note: str | None
    can_resume: bool
    default_speed: Speed


class CurveSchema(BaseModel):
    items: list[CurvePointSchema]


class LogLineSchema(BaseModel):
    at: datetime
    message: str


class LogSchema(BaseModel):
    items: list[LogLineSchema]


class TrainingDefaultsQuery(BaseModel):
    """With an image size, the times of each size are those at it instead of at the size's own."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    image_size: int | None = Field(None, ge=MIN_IMAGE_SIZE, le=MAX_IMAGE_SIZE)


class SizeDefaultsSchema(BaseModel):
    """predict_minutes come after train_minutes: best and last then predict on every labeled image."""

    size: ModelSize
    train_minutes: float
    stop_minutes: float
    predict_minutes: float
    image_size: int
    images_per_second: float
    pace_basis: str
    measured_in: str | None
    starts_from: str


class TrainingDefaultsSchema(BaseModel):
    """What the train dialog shows before anybody has chosen anything; `problem` says why Start would be refused.

    A size's times rest on images_per_second at its image_size. pace_basis says where that is from: `measured` by a
    training on this device (measured_in, where it is of this project), `other size` by one of another size, `reference`
    where nothing was trained on this device for long enough at about this image size. waits_for are the project's
    trainings that come before, and waits_for_others the number of other projects'; none where a worker is free.
    """

    name: str
    size: ModelSize
    use_validation_set: bool
    validation_percent: float
    learning_rate: float | None
    labeled_images: int
    unlabeled_images: int
    marked_images: int
    label_count: int
    device: str
    is_gpu: bool
    sizes: list[SizeDefaultsSchema]
    waits_for: list[str]
    waits_for_others: int
    has_worker: bool
    problem: str | None


class PreflightQuery(BaseModel):
    """The choices of the dialog that a look at the labels depends on. `like` names an earlier model to compare with."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    image_size: int = Field(512, ge=MIN_IMAGE_SIZE, le=MAX_IMAGE_SIZE)
    use_validation_set: bool | None = None
    validation_percent: float = Field(20, gt=0, lt=100)
    seed: int = Field(0, ge=0, le=MAX_SEED)
    like: RowId | None = None


class WarningSchema(BaseModel):
    """`count` of `of` labels, images or objects, by the kind; `labels` are named where the kind is about labels."""

    kind: str
    labels: list[str]
    count: int
    of: int


class PreflightSchema(BaseModel):
    """How the labeled images would be divided. `images_changed` counts those that were changed after model `like`."""

    training_images: int
    validation_images: int
    problem: str | None
    warnings: list[WarningSchema]
    images_changed: int | None


class QueuedModelSchema(ModelSchema):
    project_name: str
    worker_id: str | None


class WorkerSchema(BaseModel):
    """images_per_second is what trainings of each size have shown on such a device, at the size's own image size."""

    id: str
    hostname: str
    device: str
    memory_bytes: int | None
    gpu_count: int
    images_per_second: dict[ModelSize, float]
    started_at: datetime
    heartbeat_at: datetime
    model_id: int | None


class QueueSchema(BaseModel):
    """Trainings that run and wait, first come first. `hidden` counts those of projects that the caller may not see."""

    running: list[QueuedModelSchema]
    queued: list[QueuedModelSchema]
    workers: list[WorkerSchema]
    hidden: int


class QueueOrder(RequestBody):
    """Queued models in the order in which they are to be trained; others keep their places."""

    order: list[RowId] = Field(min_length=1, max_length=MAX_QUEUED_IDS)
