"""The JSON files of a project archive, written and read by the same schemas."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.db.enums import CheckpointKind, ModelSize, Speed, Split
from app.names import MAX_NAME_CHARACTERS
from app.training.schemas import ModelName
from app.training.snapshot import TrainingConfig

FORMAT: Literal["maskwright-project"] = "maskwright-project"
VERSION = 1
PROJECT_FILE, LABELS_FILE, VALIDATION_FILE, BACKGROUND_FILE, MANIFEST_FILE = (
    "project.json",
    "labels.json",
    "validation.json",
    "background.json",
    "manifest.json",
)
IMAGES_FOLDER = "images/"
RENAMED_FOLDER = "renamed-images/"  # for names that no file in a zip can have
MODEL_FILE, SNAPSHOT_FILE, FILES_FOLDER = "model.json", "snapshot.json.gz", "files/"


def _below_its_folder(path: str) -> str:
    if {".", ".."} & set(path.split("/")):
        raise ValueError("leads out of its folder")
    return path


# As it was stored, by an older version too, which asked less of names.
StoredName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME_CHARACTERS)]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Count = Annotated[int, Field(ge=0, lt=2**31)]
# A file's path within a model's folder, which becomes part of a key in storage.
FilePath = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", max_length=100),
    AfterValidator(_below_its_folder),
]


class ArchiveDocument(BaseModel):
    """A NaN or a field of another version is refused instead of ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, from_attributes=True)


class ProjectDocument(ArchiveDocument):
    """`project.json`: what it is, whose version wrote it, and the settings."""

    format: Literal["maskwright-project"] = FORMAT
    version: Literal[1] = 1
    name: StoredName
    strip_location: bool
    made_at: datetime
    made_by: str


class MarkedImages(ArchiveDocument):
    """The names of the images that are marked: `validation.json` for validation, `background.json` as background."""

    images: list[str]


class ArchivedFile(ArchiveDocument):
    """A file of the zip.

    An image has the id that it had, by which prediction sets and snapshots name it; one whose name no file in a zip can
    have is stored under a number.
    """

    path: str
    bytes: int
    sha256: str
    image_id: int | None = None
    image: str | None = None


class ManifestDocument(ArchiveDocument):
    """`manifest.json`, the zip's last file: all the others, so that nothing is missing, changed or too much."""

    files: list[ArchivedFile]


class ArchivedPoint(ArchiveDocument):
    step: Count
    elapsed_s: float
    train_loss: float | None
    validation_loss: float | None
    validation_class_loss: float | None = None  # archives of before it was measured have none
    validation_accuracy: float | None
    mean_ap: float | None
    ap50: float | None
    learning_rate: float
    is_best: bool


class ArchivedLogLine(ArchiveDocument):
    at: Moment
    message: str


class ArchivedThreshold(ArchiveDocument):
    class_name: StoredName
    speed: Speed | None
    score_threshold: float


class ArchivedThresholdRevision(ArchiveDocument):
    """A change of the thresholds; who made it stays behind, as all accounts do."""

    changed_at: Moment
    speed: Speed
    optimized_before: bool
    optimized_after: bool
    values_before: dict[StoredName, float]
    values_after: dict[StoredName, float]


class ArchivedPredictionSet(ArchiveDocument):
    split: Split
    speed: Speed
    file: FilePath
    prediction_count: Count


class ArchivedSpeedFigures(ArchiveDocument):
    speed: Speed
    mean_ap: float | None
    ap50: float | None
    latency_ms: float
    relative_latency: float
    device: Annotated[str, Field(max_length=200)]
    measured_at: Moment


class ArchivedCheckpoint(ArchiveDocument):
    """Paths are within the model's folder `files/`; `export_folder` holds the exported model."""

    kind: CheckpointKind
    step: Count
    elapsed_s: float
    mean_ap: float | None
    ap50: float | None
    saved_at: Moment
    state_file: FilePath | None
    export_folder: FilePath | None
    export_difference: float | None
    thresholds_optimized: bool
    thresholds: list[ArchivedThreshold]
    threshold_history: list[ArchivedThresholdRevision] = []  # older archives have none; the oldest first
    prediction_sets: list[ArchivedPredictionSet]
    speed_figures: list[ArchivedSpeedFigures] = []  # older archives have none


class ArchivedModel(ArchiveDocument):
    """`models/<n>/model.json`: a ready model but for its files, its project and who trained it."""

    name: ModelName
    size: ModelSize
    config: TrainingConfig
    class_names: Annotated[list[StoredName], Field(min_length=1)]
    training_image_count: Count
    validation_image_count: Count
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    step: Count
    elapsed_s: float
    initialised_from: str | None
    stop_requested: bool
    default_speed: Speed = Speed.SLOW  # older archives name none
    checkpoints: list[ArchivedCheckpoint]
    curve: list[ArchivedPoint]
    log: list[ArchivedLogLine]
