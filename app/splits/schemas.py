"""What the validation set's endpoints take and answer."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.http import RequestBody, RowId
from app.images.schemas import MAX_IDS, ImageItem
from app.paging import Page


class ValidationBody(RequestBody):
    image_ids: Annotated[list[RowId], Field(max_length=MAX_IDS)]
    validation: bool


class ChooseBody(RequestBody):
    """How much of the labeled images to draw. The same seed draws the same from the same images."""

    percent: Annotated[float, Field(gt=0, lt=100)] = 20
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class ValidationSummary(BaseModel):
    """How many images changed sides, and how many are for validation now."""

    changed: int
    validation_count: int


class NearDuplicateGroup(BaseModel):
    """Images that show nearly the same; `across` says that some are for validation and some are not."""

    images: list[ImageItem]
    across: bool


class NearDuplicates(Page[NearDuplicateGroup]):
    """`groups_across` counts those of the whole project; `images_unknown` images have no fingerprint yet."""

    groups_across: int
    images_unknown: int
