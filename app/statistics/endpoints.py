"""Statistics, thresholds and stored predictions of a trained model over REST."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from app.application import new_router
from app.db.enums import CheckpointKind, Speed, Split
from app.deps import LabelerAccess, ModelDeveloperAccess, ModelLabelerAccess, ReadSessionDep, SessionDep
from app.downloads import attachment
from app.errors import Unprocessable
from app.http import PageQuery, PathId, errors
from app.paging import Page
from app.statistics import compare, downloads, judged_images, service, suspects, thresholds, uncertainty
from app.statistics.judged_images import Only, Order
from app.statistics.loading import Choice, load
from app.statistics.schemas import (
    Comparison,
    GroundTruth,
    PredictedImage,
    Score,
    Statistics,
    Suspect,
    SuspectKind,
    ThresholdChange,
    ThresholdHistoryEntry,
    Thresholds,
    Uncertainty,
)
from app.statistics.tables import TableCache

router = new_router("/api/v1", tags=["statistics"], responses=errors(401, 403, 404, 409, 422))

CSV_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


class DownloadFormat(StrEnum):
    COCO = "coco"
    MASKWRIGHT = "maskwright"
    MASKS = "masks"


IouThreshold = Annotated[float, Query(gt=0, le=1, allow_inf_nan=False)]
Preview = dict[str | None, float]


def _choice(
    model_id: PathId,
    split: Split = Split.VALIDATION,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
    ground_truth: GroundTruth = GroundTruth.SNAPSHOT,
    iou_threshold: IouThreshold = 0.5,
) -> Choice:
    return Choice(model_id, split, checkpoint, speed, ground_truth, iou_threshold)


def _preview(
    score_threshold: Annotated[Score | None, Query(description="Judge at this threshold for every label.")] = None,
    threshold: Annotated[
        list[str] | None, Query(description="Judge at this threshold for one label: `fig:0.4`; may be repeated.")
    ] = None,
) -> Preview:
    """Thresholds that are tried and not kept; one for a label goes before the one for all."""
    preview: Preview = {} if score_threshold is None else {None: score_threshold}
    for text in threshold or []:
        label, colon, number = text.rpartition(":")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not colon or not 0 <= value <= 1:
            raise Unprocessable(f"threshold: {text!r} is none; give a label and a number from 0 to 1, as fig:0.4")
        preview[label] = value
    return preview


def _tables(request: Request) -> TableCache:
    tables: TableCache = request.app.state.prediction_tables
    return tables


ChoiceDep = Annotated[Choice, Depends(_choice)]
PreviewDep = Annotated[Preview, Depends(_preview)]
TablesDep = Annotated[TableCache, Depends(_tables)]


@router.get("/models/{model_id}/statistics", response_model_by_alias=True)
def read_statistics(
    _: ModelLabelerAccess, choice: ChoiceDep, preview: PreviewDep, tables: TablesDep, session: ReadSessionDep
) -> Statistics:
    """Every figure at the score thresholds that hold, or at others that are tried, at any IoU threshold."""
    loaded = load(session, choice, tables=tables, preview=preview)
    return service.compute_statistics(session, loaded, tables=tables)


@router.get("/models/{model_id}/statistics.csv", response_class=Response, responses=CSV_ANSWER)
def read_statistics_csv(
    _: ModelLabelerAccess, choice: ChoiceDep, preview: PreviewDep, tables: TablesDep, session: ReadSessionDep
) -> Response:
    """The table of the labels, and of all together in the last line."""
    loaded = load(session, choice, tables=tables, preview=preview)
    statistics = service.compute_statistics(session, loaded, tables=tables)
    return Response(
        downloads.statistics_csv(statistics),
        media_type="text/csv; charset=utf-8",
        headers=attachment(downloads.name_download(session, loaded, "statistics", suffix=".csv")),
    )


@router.get("/models/{model_id}/statistics/uncertainty", response_model_by_alias=True)
def read_uncertainty(
    _: ModelLabelerAccess, choice: ChoiceDep, preview: PreviewDep, tables: TablesDep, session: ReadSessionDep
) -> Uncertainty:
    """95 % intervals of the figures, and whether best and last can be told apart. Takes seconds on large sets."""
    loaded = load(session, choice, tables=tables, preview=preview)
    return uncertainty.compute_uncertainty(session, loaded, tables=tables)


@router.get("/models/{model_id}/thresholds")
def read_thresholds(
    _: ModelLabelerAccess,
    model_id: PathId,
    session: ReadSessionDep,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
) -> Thresholds:
    """The score threshold of every label of a checkpoint."""
    return thresholds.read_thresholds(session, model_id=model_id, kind=checkpoint, speed=speed)


@router.put("/models/{model_id}/thresholds")
def change_thresholds(
    change: ThresholdChange,
    access: ModelDeveloperAccess,
    model_id: PathId,
    session: SessionDep,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
) -> Thresholds:
    """Choose the optimized thresholds, or set thresholds by hand; they hold for every prediction from now on."""
    return thresholds.change_thresholds(session, access, change, model_id=model_id, kind=checkpoint, speed=speed)


@router.get("/models/{model_id}/thresholds/history", response_model_by_alias=True)
def list_threshold_history(
    _: ModelLabelerAccess,
    model_id: PathId,
    page: PageQuery,
    session: ReadSessionDep,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
) -> Page[ThresholdHistoryEntry]:
    """Who changed the thresholds of a checkpoint when, from what to what, the newest first."""
    return thresholds.list_history(session, model_id=model_id, kind=checkpoint, page=page)


@router.get("/models/{model_id}/predictions")
def list_predictions(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    preview: PreviewDep,
    tables: TablesDep,
    page: PageQuery,
    session: ReadSessionDep,
    sort: Order = Order.ID,
    label: str | None = None,
    only: Only | None = None,
    image_id: Annotated[int | None, Query(description="This image alone.", ge=1)] = None,
) -> Page[PredictedImage]:
    """Every image of the split with its predictions judged and the objects that were missed, worst first by choice."""
    loaded = load(session, choice, tables=tables, preview=preview)
    return judged_images.list_judged_images(
        session, loaded, order=sort, label=label, only=only, image_id=image_id, page=page
    )


@router.get("/models/{model_id}/suspects")
def list_suspects(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    tables: TablesDep,
    page: PageQuery,
    session: ReadSessionDep,
    kind: SuspectKind | None = None,
) -> Page[Suspect]:
    """Labels that may be wrong, the likeliest error first."""
    loaded = load(session, choice, tables=tables)
    return suspects.list_suspects(session, loaded, kind=kind, page=page)


@router.get("/models/{model_id}/predictions/download")
def download_predictions(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    tables: TablesDep,
    session: ReadSessionDep,
    format: DownloadFormat = DownloadFormat.COCO,
) -> Response:
    """Every stored prediction as COCO results or in our own JSON, or the kept ones as mask images."""
    loaded = load(session, choice, tables=tables)
    suffix = ".zip" if format is DownloadFormat.MASKS else ".json"
    headers = attachment(downloads.name_download(session, loaded, format, suffix=suffix))
    match format:  # JSON is joined here: a stream would read the session after it is closed
        case DownloadFormat.COCO:
            body: str | bytes = "".join(downloads.coco_results(session, loaded))
            return Response(body, media_type="application/json", headers=headers)
        case DownloadFormat.MASKWRIGHT:
            body = "".join(downloads.maskwright_json(session, loaded))
            return Response(body, media_type="application/json", headers=headers)
        case DownloadFormat.MASKS:
            body = downloads.masks_archive(loaded)
            return Response(body, media_type="application/zip", headers=headers)


@router.get("/projects/{project_id}/compare", response_model_by_alias=True)
def compare_models(
    access: LabelerAccess,
    models: Annotated[str, Query(description="Ids of models of the project: `1,2`.")],
    tables: TablesDep,
    session: ReadSessionDep,
    split: Split = Split.VALIDATION,
    checkpoint: CheckpointKind = CheckpointKind.BEST,
    speed: Speed = Speed.SLOW,
    ground_truth: GroundTruth = GroundTruth.SNAPSHOT,
    iou_threshold: IouThreshold = 0.5,
) -> Comparison:
    """Models side by side on the images that all of them have in the set; the first is what others are held against."""
    choice = Choice(0, split, checkpoint, speed, ground_truth, iou_threshold)
    choices = [replace(choice, model_id=model_id) for model_id in compare.parse_models(models)]
    return compare.compare_models(session, access.project_id, choices, tables=tables)
