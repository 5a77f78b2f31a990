"""What image endpoints take and answer."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from app.http import RequestBody, RowId
from app.images.repository import ImageSort

MAX_IDS = 200_000  # of one request: more than the largest project that was measured


class LabelCount(BaseModel):
    label_id: int
    label: str
    count: int


class ImageItem(BaseModel):
    """An image in a list. Width and height are those of the upright picture, as are all coordinates.

    It is labeled where it has instances or is marked as `background`, on which nothing is to be labeled. `draft_count`
    counts its open draft labels.
    """

    id: int
    name: str
    width: int
    height: int
    media_type: str
    byte_size: int
    labeled: bool
    validation: bool
    background: bool
    instance_count: int
    draft_count: int
    label_counts: list[LabelCount]
    revision: int
    uploaded_by: int | None
    created_at: datetime
    changed_at: datetime


class ImageDetails(ImageItem):
    """One image, and the images beside it under the filter and in the order that was asked for."""

    project_id: int
    previous_id: int | None
    next_id: int | None


class ImageIds(BaseModel):
    """Every id under a filter, in the order that was asked for."""

    items: list[int]
    total: int


class Folder(BaseModel):
    """A folder, "" where no folder is, with the number of images directly in it."""

    folder: str
    image_count: int


class Folders(BaseModel):
    items: list[Folder]
    total: int


class Uploader(BaseModel):
    user_id: int
    name: str
    email: str
    image_count: int


class Uploaders(BaseModel):
    items: list[Uploader]


class UploadedImage(BaseModel):
    """An image that was taken. `duplicate_of` names one that has the same content."""

    id: int
    name: str
    width: int
    height: int
    duplicate_of: str | None


class Refusal(BaseModel):
    name: str
    error: str


class UploadReport(BaseModel):
    """What was taken and what was not, and why."""

    items: list[UploadedImage]
    refused: list[Refusal]


Words = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]  # PostgreSQL's text has no zeros


def _in_utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("should lie in the years 1 to 9999 of UTC") from error


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]

IDS_CHARACTERS = 4000  # some hundred ids: more than a screen shows at once, and less than an address may have


class ImageQuery(BaseModel):
    """Which images of a project, and in which order."""

    label: Annotated[Words | None, Field(description="A label's name, or its id")] = None
    labeled: bool | None = None
    validation: bool | None = None
    drafts: Annotated[bool | None, Field(description="Whether it has open draft labels")] = None
    q: Annotated[Words | None, Field(description="A part of the name, in any case")] = None
    ids: Annotated[
        str | None,
        Field(
            description="Only these ids, separated by commas",
            max_length=IDS_CHARACTERS,
            pattern=r"^\d{1,18}(,\d{1,18})*$",
        ),
    ] = None
    uploaded_by: Annotated[
        str | None, Field(description="The id of who uploaded it, or `me`", pattern=r"^(me|\d{1,18})$")
    ] = None
    uploaded_after: Annotated[
        UtcTime | None, Field(description="At this time or later; a date is its first moment in UTC")
    ] = None
    uploaded_before: Annotated[
        UtcTime | None, Field(description="Before this time; a date is its first moment in UTC")
    ] = None
    folder: Annotated[Words | None, Field(description="In this folder or one below it")] = None
    sort: ImageSort = ImageSort.ID


class ImageIdsBody(RequestBody):
    image_ids: Annotated[list[RowId], Field(max_length=MAX_IDS)]


class DeletedImages(BaseModel):
    deleted: int
