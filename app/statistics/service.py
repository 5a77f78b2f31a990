"""Everything that the statistics page shows at once."""

from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind
from app.statistics import repository
from app.statistics.breakdowns import confusion_matrix, score_histogram, size_histogram
from app.statistics.figures import global_curve, global_statistics, label_statistics, precision_recall_curves
from app.statistics.loading import Loaded, todays_labels
from app.statistics.schemas import SavedCheckpoint, Statistics
from app.statistics.tables import TableCache
from app.training.thresholds import thresholds_of


def compute_statistics(session: Session, loaded: Loaded, *, tables: TableCache) -> Statistics:
    """Every figure of the statistics page at one IoU threshold and the loaded score thresholds."""
    evaluation, thresholds = loaded.evaluation, loaded.score_thresholds
    optimized = thresholds_of(session, loaded.checkpoint.id, speed=loaded.choice.speed)
    return Statistics(
        model_name=loaded.model.name,
        status=loaded.model.status,
        initialised_from=loaded.model.initialised_from,
        images=len(loaded.images),
        instances=int(loaded.joined.table.truth_counts.sum()),
        ground_truth=loaded.choice.ground_truth,
        labels_changed=todays_labels(session, loaded, tables=tables).changed,
        optimized=loaded.checkpoint.thresholds_optimized,
        is_preview=loaded.is_preview,
        global_=global_statistics(loaded.joined, evaluation, thresholds),
        labels=label_statistics(loaded.joined, evaluation, thresholds, optimized),
        curves=precision_recall_curves(evaluation, loaded.class_names, thresholds),
        global_curve=global_curve(evaluation),
        confusion=confusion_matrix(loaded),
        scores=score_histogram(loaded),
        sizes=size_histogram(loaded),
        saved=_saved(session, loaded.model.id),
    )


def _saved(session: Session, model_id: int) -> dict[CheckpointKind, SavedCheckpoint | None]:
    found = repository.list_checkpoints(session, model_id)
    return {
        kind: SavedCheckpoint(step=row.step, elapsed_s=row.elapsed_s, at=row.saved_at)
        if (row := found.get(kind))
        else None
        for kind in CheckpointKind
    }
