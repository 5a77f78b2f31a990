"""What the endpoints about draft labels take and answer."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.http import RequestBody, RowId
from app.images.schemas import MAX_IDS
from app.labels.schemas import RleSchema

MAX_DRAFTS = 100_000  # of one request
Uuid = Annotated[str, StringConstraints(pattern=r"(?i)^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", to_lower=True)]
Score = Annotated[float, Field(ge=0, le=1)]


class DraftSchema(BaseModel):
    """A predicted object. Saved as an instance with this id, label, rle and source, it is accepted."""

    id: str
    label: str
    score: float
    rle: RleSchema
    source: str


class DraftList(BaseModel):
    """The open drafts of an image, best score first."""

    items: list[DraftSchema]


class DraftIdsBody(RequestBody):
    ids: Annotated[list[Uuid], Field(min_length=1, max_length=MAX_DRAFTS)]


class ChangedDrafts(BaseModel):
    """How many drafts the call changed, and how many of the image are open now."""

    changed: int
    draft_count: int


class DraftSelectionBody(RequestBody):
    """Open drafts of a project: of these images or of all, from this score on or any."""

    image_ids: Annotated[list[RowId], Field(max_length=MAX_IDS)] | None = None
    min_score: Score | None = None


class DecidedDrafts(BaseModel):
    """How many drafts were accepted or rejected, and on how many images."""

    drafts: int
    images: int


class RejectedDrafts(DecidedDrafts):
    """How many drafts were rejected; `rejection_id` opens these again, and no others."""

    rejection_id: str


class RejectionBody(RequestBody):
    rejection_id: Uuid


class DraftSummary(BaseModel):
    """The open drafts of a project, and the images that have any."""

    drafts: int
    images: int
