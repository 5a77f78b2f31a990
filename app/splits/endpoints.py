"""The validation set over HTTP."""

from typing import Annotated

from fastapi import Query

from app.application import new_router
from app.deps import LabelerAccess, ReadSessionDep, SessionDep
from app.http import PageQuery
from app.splits import service
from app.splits.schemas import ChooseBody, NearDuplicates, ValidationBody, ValidationSummary

Across = Annotated[bool | None, Query(description="Only groups on both sides of the split, or only the others.")]

router = new_router("/api/v1", tags=["validation set"])


@router.put("/projects/{project_id}/validation")
def set_validation(access: LabelerAccess, body: ValidationBody, session: SessionDep) -> ValidationSummary:
    """Put images into the validation set, or take them out."""
    return service.set_validation(session, access, body.image_ids, validation=body.validation)


@router.post("/projects/{project_id}/validation/choose")
def choose_validation(access: LabelerAccess, body: ChooseBody, session: SessionDep) -> ValidationSummary:
    """Make a share of the labeled images the validation set, every label represented."""
    return service.choose_validation(session, access, percent=body.percent, seed=body.seed)


@router.get("/projects/{project_id}/near-duplicates")
def list_near_duplicates(
    access: LabelerAccess, page: PageQuery, session: ReadSessionDep, across: Across = None
) -> NearDuplicates:
    """List groups of images that show nearly the same; with `across`, those that lie on both sides of the split."""
    return service.list_near_duplicates(session, access.project_id, across=across, page=page)
