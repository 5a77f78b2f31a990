"""The validation set over HTTP."""

from fastapi import APIRouter

from app.deps import LabelerAccess, SessionDep
from app.splits import service
from app.splits.schemas import ChooseBody, ValidationBody, ValidationSummary

router = APIRouter(prefix="/api/v1", tags=["validation set"])


@router.put("/projects/{project_id}/validation")
def set_validation(access: LabelerAccess, body: ValidationBody, session: SessionDep) -> ValidationSummary:
    """Put images into the validation set, or take them out."""
    return service.set_validation(session, access, body.image_ids, validation=body.validation)


@router.post("/projects/{project_id}/validation/choose")
def choose_validation(access: LabelerAccess, body: ChooseBody, session: SessionDep) -> ValidationSummary:
    """Make a share of the labeled images the validation set, every label represented."""
    return service.choose_validation(session, access, percent=body.percent, seed=body.seed)
