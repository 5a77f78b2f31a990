"""Keeping what people decide on the findings of a model."""

from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.enums import FixAction
from app.db.models import Fix
from app.errors import NotFound, Unprocessable
from app.fixes import repository
from app.fixes.schemas import FixBody, FixCounts, Fixes, FixSchema
from app.paging import PageParams, cut_page
from app.projects.access import Access


class NotSaved(Unprocessable):
    """The image has no such revision, so the fix can be traced to nothing."""


def decide(session: Session, access: Access, model_id: int, body: FixBody) -> FixSchema:
    """Keep what was done about a finding; a later decision on it takes the place of an earlier one.

    Raises:
        NotFound: The image is not of the model's project.
        NotSaved: No save led to the revision.
    """
    if repository.find_image(session, access.project_id, body.image_id) is None:
        raise NotFound(f"there is no image {body.image_id} in project {access.project_id}")
    if body.revision is not None and not repository.has_revision(session, body.image_id, body.revision):
        raise NotSaved(
            f"no save of image {body.image_id} led to revision {body.revision}: save the image first, and give the "
            "revision of the answer"
        )
    fix = repository.find_fix(session, model_id, body.finding) or Fix(model_id=model_id, finding=body.finding)
    fix.kind, fix.action, fix.image_id = body.kind, body.action, body.image_id
    fix.instance_id, fix.revision = body.instance_id, body.revision
    fix.decided_by, fix.decided_at = access.user_id, utc_now()
    session.add(fix)
    session.flush()
    return _schema(fix, repository.email_of(session, access.user_id))


def list_fixes(session: Session, model_id: int, page: PageParams) -> Fixes:
    """A page of what was decided, the newest first, and how much there is of each."""
    kept, next_cursor = cut_page(repository.list_fixes(session, model_id, page), page, key=lambda row: [row[0].id])
    counts = repository.count_fixes(session, model_id)
    return Fixes(
        items=[_schema(fix, email) for fix, email in kept],
        next_cursor=next_cursor,
        total=sum(counts.values()),
        counts=FixCounts(
            accepted=counts.get(FixAction.ACCEPTED, 0),
            fixed=counts.get(FixAction.FIXED, 0),
            dismissed=counts.get(FixAction.DISMISSED, 0),
        ),
    )


def _schema(fix: Fix, email: str | None) -> FixSchema:
    return FixSchema(
        id=fix.id,
        finding=fix.finding,
        kind=fix.kind,
        action=fix.action,
        image_id=fix.image_id,
        instance_id=fix.instance_id,
        revision=fix.revision,
        by=email,
        at=fix.decided_at,
    )
