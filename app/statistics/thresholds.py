"""Reading and changing a checkpoint's score thresholds, and who changed them when."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Speed
from app.db.models import Checkpoint, Model, ThresholdRevision
from app.paging import Page, PageParams, cut_page
from app.projects.access import Access
from app.statistics import repository
from app.statistics.loading import check_labels, get_checkpoint
from app.statistics.schemas import ThresholdChange, ThresholdHistoryEntry, Thresholds
from app.training.thresholds import effective_thresholds


def read_thresholds(session: Session, *, model_id: int, kind: CheckpointKind, speed: Speed) -> Thresholds:
    """The threshold of every label."""
    model = repository.get_model(session, model_id)
    return _in_force(session, model, get_checkpoint(session, model, kind), speed)


def change_thresholds(
    session: Session,
    access: Access,
    change: ThresholdChange,
    *,
    model_id: int,
    kind: CheckpointKind,
    speed: Speed,
) -> Thresholds:
    """Choose optimized thresholds, or set some or all by hand; labels that are not named keep theirs.

    Raises:
        Conflict: The model is not trained yet.
        Unprocessable: The model does not know a label.
    """
    model = repository.get_model(session, model_id)
    checkpoint = get_checkpoint(session, model, kind)
    repository.lock_checkpoint(session, checkpoint)
    before = _in_force(session, model, checkpoint, speed)
    if not change.optimized:
        wanted = _wanted(model, change)
        check_labels(model, list(wanted))
        repository.replace_manual_thresholds(session, checkpoint.id, {**before.values, **wanted})
    checkpoint.thresholds_optimized = change.optimized
    session.flush()
    after = _in_force(session, model, checkpoint, speed)
    if after != before:
        session.add(_revision(access, checkpoint, speed, before, after))
        session.flush()
    return after


def list_history(
    session: Session, *, model_id: int, kind: CheckpointKind, page: PageParams
) -> Page[ThresholdHistoryEntry]:
    """Every change of a checkpoint's thresholds, the newest first."""
    model = repository.get_model(session, model_id)
    checkpoint = get_checkpoint(session, model, kind)
    rows = repository.list_threshold_revisions(session, checkpoint.id, page)
    kept, next_cursor = cut_page(rows, page, key=lambda row: [row[0].id])
    return Page(
        items=[_entry(revision, email, kind) for revision, email in kept],
        next_cursor=next_cursor,
        total=repository.count_threshold_revisions(session, checkpoint.id),
    )


def _in_force(session: Session, model: Model, checkpoint: Checkpoint, speed: Speed) -> Thresholds:
    values = effective_thresholds(session, checkpoint, class_names=model.class_names, speed=speed)
    return Thresholds(optimized=checkpoint.thresholds_optimized, values=values)


def _wanted(model: Model, change: ThresholdChange) -> Mapping[str, float]:
    if change.values is not None:
        return change.values
    assert change.all is not None  # the schema takes exactly one of them
    return dict.fromkeys(model.class_names, change.all)


def _revision(
    access: Access, checkpoint: Checkpoint, speed: Speed, before: Thresholds, after: Thresholds
) -> ThresholdRevision:
    return ThresholdRevision(
        checkpoint_id=checkpoint.id,
        changed_by=access.user_id,
        speed=speed,
        optimized_before=before.optimized,
        optimized_after=after.optimized,
        values_before=before.values,
        values_after=after.values,
    )


def _entry(revision: ThresholdRevision, email: str | None, kind: CheckpointKind) -> ThresholdHistoryEntry:
    return ThresholdHistoryEntry(
        id=revision.id,
        at=revision.changed_at,
        by=email,
        checkpoint=kind,
        speed=revision.speed,
        from_=Thresholds(optimized=revision.optimized_before, values=revision.values_before),
        to=Thresholds(optimized=revision.optimized_after, values=revision.values_after),
    )
