"""What the labeling time's endpoints take and answer."""

import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from app.http import RequestBody

# The editor sends about once a minute; an hour leaves room for what a broken connection held back.
MAX_SECONDS = 3600


class WorkedBody(RequestBody):
    """Active time since the last such message."""

    seconds: Annotated[float, Field(gt=0, le=MAX_SECONDS)]


class ReportFormat(StrEnum):
    JSON = "json"
    CSV = "csv"


class DayOfWork(BaseModel):
    """One person's day (UTC) in a project."""

    user_id: int
    name: str
    email: str
    day: datetime.date
    seconds: float
    image_count: int


class LabelingTimeReport(BaseModel):
    """Newest day first, then the people by e-mail."""

    items: list[DayOfWork]
    total_seconds: float
