"""What each speed of a checkpoint is worth: mAP on the validation images, and latency beside slow."""

from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.enums import Speed, Split
from app.db.models import Checkpoint, SpeedFigures
from app.masks.average_precision import average_precision
from app.masks.prediction_table import PredictionTable
from app.predictions import repository
from app.predictions.latency import Latencies
from app.predictions.schemas import FiguresSchema
from app.storage.blobs import get_blob_store
from app.training.model_files import Owner, read_predictions

MUCH_MAP = 0.03  # a speed that loses more of mAP than this says so
MUCH_TIME = 1.05  # of slow's; less is how measurements differ


def record_figures(
    session: Session,
    checkpoint: Checkpoint,
    owner: Owner,
    speed: Speed,
    validation: PredictionTable,
    latencies: Latencies,
) -> None:
    """Keep what was measured of a speed, and of slow beside it; earlier figures are replaced.

    Raises:
        ModelFileBroken: What slow predicted is missing or damaged.
    """
    mean_ap, ap50 = _precisions(validation)
    measured = [(speed, mean_ap, ap50, latencies.speed_ms, latencies.speed_ms / latencies.slow_ms)]
    if speed is not Speed.SLOW:
        measured.append((Speed.SLOW, *_precisions_of_slow(session, checkpoint, owner), latencies.slow_ms, 1.0))
    for one, ap, at_50, latency_ms, share in measured:
        session.merge(
            SpeedFigures(
                checkpoint_id=checkpoint.id,
                speed=one,
                mean_ap=ap,
                ap50=at_50,
                latency_ms=latency_ms,
                relative_latency=share,
                device=latencies.device,
                measured_at=utc_now(),
            )
        )


def _precisions_of_slow(session: Session, checkpoint: Checkpoint, owner: Owner) -> tuple[float | None, float | None]:
    key = repository.find_prediction_key(session, checkpoint.id, split=Split.VALIDATION, speed=Speed.SLOW)
    if key is None:  # as checkpoints of old archives are
        return checkpoint.mean_ap, checkpoint.ap50
    return _precisions(read_predictions(get_blob_store(), key, owner))


def describe_figures(session: Session, checkpoint: Checkpoint | None, speed: Speed) -> FiguresSchema:
    """What was measured; slow has its training's mAP until then."""
    return describe_all_figures(session, checkpoint)[speed]


def describe_all_figures(session: Session, checkpoint: Checkpoint | None) -> dict[Speed, FiguresSchema]:
    """The same of every speed."""
    rows = repository.list_figures(session, checkpoint.id) if checkpoint else {}
    return {speed: _figures(checkpoint, speed, rows.get(speed), rows.get(Speed.SLOW)) for speed in Speed}


def _figures(
    checkpoint: Checkpoint | None, speed: Speed, row: SpeedFigures | None, slow: SpeedFigures | None
) -> FiguresSchema:
    if row is not None:
        return FiguresSchema(
            map=row.mean_ap,
            ap50=row.ap50,
            latency_ms=_latency_ms(row, slow),
            relative_latency=row.relative_latency,
            device=row.device,
            measured_at=row.measured_at,
            warning=warning(row, slow),
        )
    trained = checkpoint if speed is Speed.SLOW else None
    return FiguresSchema(
        map=trained and trained.mean_ap,
        ap50=trained and trained.ap50,
        latency_ms=None,
        relative_latency=None,
        device=None,
        measured_at=None,
        warning=None,
    )


def _latency_ms(row: SpeedFigures, slow: SpeedFigures | None) -> float:
    """As slow was timed last on that machine: it is timed again with each speed, when the machine may be busier."""
    return row.latency_ms if slow is None or slow.device != row.device else row.relative_latency * slow.latency_ms


def _precisions(table: PredictionTable) -> tuple[float | None, float | None]:
    precision = average_precision(table.match_table())
    return precision.mean_ap, precision.mean_ap50


def warning(row: SpeedFigures, slow: SpeedFigures | None) -> str | None:
    """What to say of a speed that loses much of slow's mAP, or takes longer."""
    words = []
    if slow and slow.mean_ap is not None and row.mean_ap is not None and slow.mean_ap - row.mean_ap > MUCH_MAP:
        words.append(
            f"at speed {row.speed} mAP is {row.mean_ap:.3f}, {slow.mean_ap - row.mean_ap:.3f} less than slow's "
            f"{slow.mean_ap:.3f} on the validation images"
        )
    if row.relative_latency > MUCH_TIME:
        words.append(f"at speed {row.speed} an image took {row.relative_latency:.2f} times as long as at slow")
    return "; ".join(words) or None
