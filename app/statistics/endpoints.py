"""Statistics, thresholds and stored predictions of a trained model over REST."""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from app.db.enums import CheckpointKind, Speed, Split
from app.deps import ModelDeveloperAccess, ModelLabelerAccess, ReadSessionDep, SessionDep
from app.http import PageQuery, PathId, errors
from app.paging import Page, cut_page
from app.statistics import service
from app.statistics.schemas import PredictedImage, Statistics, ThresholdChange, Thresholds
from app.statistics.service import Choice, TableCache

router = APIRouter(prefix="/api/v1/models/{model_id}", tags=["statistics"], responses=errors(401, 403, 404, 409, 422))


class DownloadFormat(StrEnum):
    COCO = "coco"
    MASKS = "masks"


def _choice(
    model_id: PathId,
    split: Split = Split.VALIDATION,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
) -> Choice:
    return Choice(model_id, split, checkpoint, speed)


def _tables(request: Request) -> TableCache:
    tables: TableCache = request.app.state.prediction_tables
    return tables


ChoiceDep = Annotated[Choice, Depends(_choice)]
TablesDep = Annotated[TableCache, Depends(_tables)]
IouThreshold = Annotated[float, Query(gt=0, le=1, allow_inf_nan=False)]


@router.get("/statistics", response_model_by_alias=True)
def read_statistics(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    tables: TablesDep,
    session: ReadSessionDep,
    iou_threshold: IouThreshold = 0.5,
) -> Statistics:
    """Figures of both sets at the score thresholds that hold, at any IoU threshold."""
    return service.compute_statistics(session, choice, iou_threshold=iou_threshold, tables=tables)


@router.get("/thresholds")
def read_thresholds(
    _: ModelLabelerAccess,
    model_id: PathId,
    session: ReadSessionDep,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
) -> Thresholds:
    """The score threshold of every label of a checkpoint."""
    return service.read_thresholds(session, model_id=model_id, kind=checkpoint, speed=speed)


@router.put("/thresholds")
def change_thresholds(
    change: ThresholdChange,
    _: ModelDeveloperAccess,
    model_id: PathId,
    session: SessionDep,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
) -> Thresholds:
    """Choose the optimized thresholds, or set thresholds by hand; they hold for every prediction from now on."""
    return service.change_thresholds(session, change, model_id=model_id, kind=checkpoint, speed=speed)


@router.get("/predictions")
def list_predictions(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    tables: TablesDep,
    page: PageQuery,
    session: ReadSessionDep,
    iou_threshold: IouThreshold = 0.5,
    only: Literal["correct", "incorrect"] | None = None,
) -> Page[PredictedImage]:
    """Every image of the split with its predictions judged, and the objects that were missed."""
    loaded = service.load(session, choice, tables=tables)
    after = page.after(int)
    rows = service.show_predictions(
        loaded, iou_threshold=iou_threshold, only=only, after_id=after[0] if after else 0, limit=page.limit
    )
    items, next_cursor = cut_page(rows, page, key=lambda image: [image.image_id])
    return Page(items=items, next_cursor=next_cursor, total=len(loaded.table.images))


@router.get("/predictions/download")
def download_predictions(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    tables: TablesDep,
    session: ReadSessionDep,
    format: DownloadFormat = DownloadFormat.COCO,
) -> Response:
    """Every stored prediction as COCO results, or the kept ones as mask images."""
    loaded = service.load(session, choice, tables=tables)
    name = f"{loaded.model.id}-{choice.kind}-{choice.split}"
    match format:
        case DownloadFormat.COCO:
            # Joined here: a stream would read the session after it is closed.
            body = "".join(service.coco_results(session, loaded))
            return Response(body, media_type="application/json", headers=_attachment(f"{name}.json"))
        case DownloadFormat.MASKS:
            return Response(
                service.masks_archive(loaded), media_type="application/zip", headers=_attachment(f"{name}-masks.zip")
            )


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
