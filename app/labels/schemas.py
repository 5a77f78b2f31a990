"""What label and instance endpoints take and answer."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from app.db.enums import RevisionCause
from app.http import RequestBody, RowId
from app.images.schemas import MAX_IDS
from app.names import Name

MAX_INSTANCES = 100_000  # of one request; a thousand in an image is much

Point = tuple[float, float]


Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_upper=True)]


class LabelSchema(BaseModel):
    """A label, and how often it occurs."""

    id: int
    name: str
    color: str
    position: int
    image_count: int
    instance_count: int


class NewLabelBody(RequestBody):
    name: Name
    color: Color | None = None


class LabelChangesBody(RequestBody):
    name: Name | None = None
    color: Color | None = None
    position: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class MergeBody(RequestBody):
    into: RowId


class DeletedLabel(BaseModel):
    """What went with a label."""

    instances_deleted: int
    images_changed: int


class BackgroundBody(RequestBody):
    image_ids: Annotated[list[RowId], Field(max_length=MAX_IDS)]
    background: bool


class BackgroundSummary(BaseModel):
    """What images were said to be, and how many were not so before."""

    background: bool
    changed: int


class PolygonSchema(BaseModel):
    exterior: Annotated[list[Point], Field(min_length=3)]
    holes: list[list[Point]] = []


class RleSchema(BaseModel):
    """COCO's compressed run lengths, column-major, background first; size is [height, width]."""

    size: tuple[int, int]
    counts: str


class InstanceSchema(BaseModel):
    """One object: polygons or an rle, never both."""

    id: str
    label: str
    polygons: list[PolygonSchema] | None = None
    rle: RleSchema | None = None
    crowd: bool = False
    source: str = "manual"


# app.masks reads instances faster than pydantic would, and says which one is wrong and why: this only documents them.
InstanceItems = Annotated[
    list[Any],
    Field(max_length=MAX_INSTANCES),
    WithJsonSchema({"type": "array", "items": {"$ref": "#/components/schemas/InstanceSchema"}}),
]


class InstancesBody(BaseModel):
    """All instances of an image, lowest first. If-Match decides; a revision in here is ignored."""

    model_config = ConfigDict(extra="ignore")

    items: InstanceItems


class InstanceChangesBody(RequestBody):
    """Instances to write and ids of those to delete; all others stay."""

    upsert: InstanceItems = []
    delete: Annotated[list[str], Field(max_length=MAX_INSTANCES)] = []


class InstancesSchema(BaseModel):
    """All instances of an image, lowest first, and the revision that If-Match wants."""

    revision: int
    items: list[InstanceSchema]


class SavedChanges(BaseModel):
    """The new revision, and what was written as it is stored."""

    revision: int
    upserted: list[InstanceSchema]


class RevisionAuthor(BaseModel):
    id: int
    name: str


class RevisionSchema(BaseModel):
    """A save of an image: how many objects it changed. Saves of a day that are put together count as one."""

    revision: int
    came_from: int
    saved_at: datetime
    saved_by: RevisionAuthor | None
    cause: RevisionCause
    added: int
    changed: int
    deleted: int


class ImportProblem(BaseModel):
    """Something that a person should know of an import; `refused` tells whether it kept the image's set out."""

    image: str | None
    entry: str | None
    error: str
    refused: bool


class ImportReport(BaseModel):
    """What an import did, or would do. An image is refused as a whole, or not at all."""

    format: str
    images_matched: int
    images_missing: list[str]
    images_refused: int
    instances_imported: int
    instances_skipped: int
    instances_replaced: int
    labels_created: list[str]
    problems: list[ImportProblem]


class LabelFormatSchema(BaseModel):
    """A format of label files, and what of every object it cannot hold."""

    name: str
    title: str
    accepts: str
    reads: bool
    writes: bool
    cannot_hold: list[str]


class LabelFormatList(BaseModel):
    items: list[LabelFormatSchema]


class LossCount(BaseModel):
    reason: str
    count: int


class ChangedInstance(BaseModel):
    """An object that comes back from a file otherwise than it went in. `iou` is 0 where it does not come back."""

    image_id: int
    image: str
    label: str
    instance_id: str
    reason: str
    iou: float


class ExportReport(BaseModel):
    """What a format would lose of a project's labels: the worst of what changes, worst first."""

    format: str
    instances: int
    exact: int
    changed: int
    lost: int
    worst_iou: float | None
    reasons: list[LossCount]
    cannot_hold: list[str]
    items: list[ChangedInstance]


class Outline(BaseModel):
    """An object's rings, simplified for a small picture; holes are rings like others (fill even-odd)."""

    label_id: int
    rings: list[list[Point]]


class ImageOutlines(BaseModel):
    image_id: int
    revision: int
    outlines: list[Outline]


class OutlineList(BaseModel):
    items: list[ImageOutlines]
