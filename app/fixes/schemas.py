"""What the endpoints about findings and fixes take and answer."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.db.enums import FindingKind, FixAction
from app.http import RequestBody, RowId
from app.paging import Page
from app.statistics.schemas import Box, StoredRle

FindingKey = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,100}$")]


class FindingSchema(BaseModel):
    """One disagreement of a model with the labels.

    `key` names it in a fix. `rle` is the prediction's mask, or the object's where nothing was predicted. `suspicion`
    says how likely the label is the wrong one of the two, as in `/suspects`; 0 where nothing speaks for that.
    """

    key: str
    kind: FindingKind
    suspicion: float
    image_id: int
    image_name: str
    label: str | None
    suggested_label: str | None
    instance_id: str | None
    score: float | None
    iou: float | None
    box_xyxy: Box
    rle: StoredRle


class FixBody(RequestBody):
    """What was done about a finding; with `revision`, the one that the image had after it was saved."""

    finding: FindingKey
    kind: FindingKind
    action: FixAction
    image_id: RowId
    instance_id: Annotated[str, StringConstraints(max_length=36, pattern=r"^[0-9A-Za-z-]+$")] | None = None
    revision: Annotated[int, Field(ge=1, lt=2**31)] | None = None

    @model_validator(mode="after")
    def _saved_or_dismissed(self) -> "FixBody":
        if (self.action is FixAction.DISMISSED) != (self.revision is None):
            raise ValueError("give the revision that the image was saved as, and none where the finding was dismissed")
        return self


class FixSchema(BaseModel):
    """`by` is null where the account is gone."""

    id: int
    finding: str
    kind: FindingKind
    action: FixAction
    image_id: int
    instance_id: str | None
    revision: int | None
    by: str | None
    at: datetime


class FixCounts(BaseModel):
    accepted: int
    fixed: int
    dismissed: int


class Fixes(Page[FixSchema]):
    """`counts` are of all the model's fixes."""

    counts: FixCounts
