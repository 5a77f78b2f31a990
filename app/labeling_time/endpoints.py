"""Labeling time over HTTP."""

import datetime
from typing import Annotated

from fastapi import Query, Response

from app.application import new_router
from app.deps import ImageLabelerAccess, LabelerAccess, ReadSessionDep, SessionDep
from app.downloads import attachment
from app.http import PathId
from app.labeling_time import service
from app.labeling_time.schemas import LabelingTimeReport, ReportFormat, WorkedBody

router = new_router("/api/v1", tags=["labeling time"])


@router.post("/images/{image_id}/labeling-time", status_code=204)
def add_labeling_time(access: ImageLabelerAccess, image_id: PathId, body: WorkedBody, session: SessionDep) -> None:
    """Add to the caller's active time on an image, today (UTC)."""
    service.add_time(session, access, image_id, body.seconds)


@router.get(
    "/projects/{project_id}/labeling-time",
    response_model=LabelingTimeReport,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def get_labeling_time(
    access: LabelerAccess,
    session: ReadSessionDep,
    first: Annotated[datetime.date | None, Query(alias="from")] = None,
    last: Annotated[datetime.date | None, Query(alias="to")] = None,
    format: ReportFormat = ReportFormat.JSON,
) -> LabelingTimeReport | Response:
    """Time by person and day (UTC), both ends included: Owners and Admins see everybody's, others their own."""
    found = service.report(session, access, first=first, last=last)
    match format:
        case ReportFormat.JSON:
            return found
        case ReportFormat.CSV:
            return Response(
                service.report_csv(found),
                media_type="text/csv; charset=utf-8",
                headers=attachment(service.report_name(session, access)),
            )
