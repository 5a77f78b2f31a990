"""Draft labels over HTTP."""

from app.application import new_router
from app.batches.schemas import MadeDrafts, WantedDrafts
from app.deps import BatchDeveloperAccess, ImageLabelerAccess, LabelerAccess, ReadSessionDep, SessionDep
from app.draft_labels import service
from app.draft_labels.schemas import (
    ChangedDrafts,
    DecidedDrafts,
    DraftIdsBody,
    DraftList,
    DraftSelectionBody,
    DraftSummary,
    RejectedDrafts,
    RejectionBody,
)
from app.http import PathId, errors

router = new_router("/api/v1", tags=["draft labels"])


@router.post("/batches/{batch_id}/drafts", status_code=201, responses=errors(409))
def make_drafts(_access: BatchDeveloperAccess, batch_id: PathId, body: WantedDrafts) -> MadeDrafts:
    """Make draft labels of what a batch found in the project's images, in place of those that are open there."""
    return service.make_drafts(batch_id, min_score=body.min_score)


@router.get("/images/{image_id}/drafts")
def list_drafts(_access: ImageLabelerAccess, image_id: PathId, session: ReadSessionDep) -> DraftList:
    """List the open drafts of an image, best score first."""
    return service.list_drafts(session, image_id)


@router.post("/images/{image_id}/drafts/reject")
def reject_drafts(
    access: ImageLabelerAccess, image_id: PathId, body: DraftIdsBody, session: SessionDep
) -> ChangedDrafts:
    """Reject drafts of an image; ids that are no drafts of it are passed over.

    So a program may name any object that it deleted: where that was a draft once, it is not opened again.
    """
    return service.change_drafts(session, access, image_id, body.ids, is_rejected=True)


@router.post("/images/{image_id}/drafts/restore")
def restore_drafts(
    access: ImageLabelerAccess, image_id: PathId, body: DraftIdsBody, session: SessionDep
) -> ChangedDrafts:
    """Open rejected drafts of an image again; ids that are no drafts of it are passed over."""
    return service.change_drafts(session, access, image_id, body.ids, is_rejected=False)


@router.get("/projects/{project_id}/drafts")
def count_drafts(access: LabelerAccess, session: ReadSessionDep) -> DraftSummary:
    """How many drafts of a project are open, on how many images."""
    return service.count_drafts(session, access.project_id)


@router.post("/projects/{project_id}/drafts/accept")
def accept_all_drafts(access: LabelerAccess, body: DraftSelectionBody) -> DecidedDrafts:
    """Make objects of open drafts of a project: each image is saved once, in the caller's name."""
    return service.accept_all(access, body.image_ids, min_score=body.min_score)


@router.post("/projects/{project_id}/drafts/reject")
def reject_all_drafts(access: LabelerAccess, body: DraftSelectionBody) -> RejectedDrafts:
    """Reject open drafts of a project; the answer's `rejection_id` takes that back."""
    return service.reject_all(access, body.image_ids, min_score=body.min_score)


@router.post("/projects/{project_id}/drafts/restore")
def restore_all_drafts(access: LabelerAccess, body: RejectionBody) -> DecidedDrafts:
    """Open the drafts again that one call rejected; those that somebody has opened or deleted since are passed over."""
    return service.restore_all(access, body.rejection_id)
