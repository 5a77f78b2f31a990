"""Making a bundle: read the model's rows and files, answer a few images, and give the zip."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.bundle import build, repository
from app.bundle.build import BundleContent
from app.bundle.card import Figures, model_card
from app.bundle.golden import golden_images
from app.bundle.packages import needed_packages
from app.bundle.zip_files import begun, folder_name
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed
from app.db.models import Checkpoint, Model
from app.downloads import file_name
from app.errors import NotFound
from app.inference.model_meta import ModelMeta
from app.predictions.figures import describe_figures
from app.predictions.schemas import FiguresSchema
from app.predictions.service import PredictionRuntime, Target, find_target
from app.projects.repository import get_project
from app.statistics import loading
from app.statistics.figures import global_statistics, label_statistics, precision_recall_curves
from app.statistics.loading import Choice, Loaded, NoPredictions
from app.statistics.tables import TableCache
from app.storage.blobs import BlobStore, get_blob_store
from app.storage.scratch import scratch_folder
from app.training.exports import fetch_whole_export
from app.training.model_files import Owner, read_snapshot
from app.training.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Wish:
    """What a bundle is asked to hold; `golden` False leaves out the images that its selftest compares."""

    model_id: int
    kind: CheckpointKind = CheckpointKind.BEST
    speed: Speed = Speed.SLOW
    golden: bool = True


def make_bundle(wish: Wish, *, runtime: PredictionRuntime, tables: TableCache) -> tuple[str, Iterator[bytes]]:
    """Give the zip's file name and its bytes, which are made while they are sent.

    Raises:
        NotFound: There is no such model.
        Conflict: It is not trained yet, the speed is not made, or the bundle's page is not built.
        ModelFileBroken: One of its files is missing or damaged.
    """
    build.require_page()
    with session_scope(read_only=True) as session:
        found = _read_rows(session, wish, tables)
    name = file_name(found.project_name, found.model.name, wish.kind, wish.speed, suffix=".zip")
    return name, begun(_write(folder_name(found.model, wish.kind, wish.speed), wish, found, runtime))


@dataclass(frozen=True, slots=True)
class _Rows:
    model: Model
    checkpoint: Checkpoint
    project_name: str
    target: Target
    measured: FiguresSchema
    figures: Figures | None
    telling: Collection[int]


def _write(folder: str, wish: Wish, found: _Rows, runtime: PredictionRuntime) -> Iterator[bytes]:
    store = get_blob_store()
    with scratch_folder(store) as graphs:
        meta = _fetch_graphs(found, store, graphs)
        frozen = _read_snapshot(found.model, store)
        golden = []
        if wish.golden:
            golden = golden_images(frozen, found.target, telling=found.telling, runtime=runtime, store=store)
        content = BundleContent(
            folder=folder,
            graphs=graphs,
            meta=meta,
            project_id=found.model.project_id,
            project_name=found.project_name,
            speed=wish.speed,
            target=found.target,
            card=_card(found, wish.speed, meta, frozen),
            curves=found.figures.curves if found.figures else {},
            golden=golden,
        )
        yield from build.write_bundle(content)


def _read_rows(session: Session, wish: Wish, tables: TableCache) -> _Rows:
    model = repository.get_model(session, wish.model_id)
    if model is None:
        raise NotFound(f"there is no model {wish.model_id}")
    target = find_target(session, project_id=model.project_id, model_name=model.name, kind=wish.kind, speed=wish.speed)
    loaded = _load_predictions(session, wish, tables)
    checkpoint = repository.get_checkpoint(session, model.id, wish.kind)
    return _Rows(
        model=model,
        checkpoint=checkpoint,
        project_name=get_project(session, model.project_id).name,
        target=target,
        measured=describe_figures(session, checkpoint, wish.speed),
        figures=None if loaded is None else _figures(loaded),
        telling=() if loaded is None else _images_with_predictions(loaded),
    )


def _load_predictions(session: Session, wish: Wish, tables: TableCache) -> Loaded | None:
    """The stored predictions on the validation set; none of a model that came without them."""
    try:
        return loading.load(session, Choice(wish.model_id, kind=wish.kind, speed=wish.speed), tables=tables)
    except NoPredictions:
        return None


def _figures(loaded: Loaded) -> Figures:
    evaluation, thresholds = loaded.evaluation, loaded.score_thresholds
    return Figures(
        total=global_statistics(loaded.joined, evaluation, thresholds),
        labels=tuple(label_statistics(loaded.joined, evaluation, thresholds, {})),
        curves=precision_recall_curves(evaluation, loaded.class_names, thresholds),
    )


def _images_with_predictions(loaded: Loaded) -> set[int]:
    thresholds = loaded.score_thresholds
    return {
        image.image_id
        for image in loaded.images
        if (image.overlaps.scores >= thresholds[image.overlaps.prediction_classes]).any()
    }


def _fetch_graphs(found: _Rows, store: BlobStore, directory: Path) -> ModelMeta:
    """Copy the exported model into a folder; gives what it says, with its name and the thresholds that hold here now.

    Best and last of one step are exported once, under one of the two names.
    """
    target = found.target
    return replace(
        fetch_whole_export(store, target.export_prefix, directory, target.precision, target.owner),
        model_id=found.model.id,
        model_name=found.model.name,
        checkpoint=found.checkpoint.kind.value,
        score_thresholds=dict(found.target.score_thresholds),
    )


def _read_snapshot(model: Model, store: BlobStore) -> Snapshot | None:
    """The labels that the training read; none of a model that came without them."""
    return read_snapshot(store, model.snapshot_key, Owner.of(model)) if store.exists(model.snapshot_key) else None


def _card(found: _Rows, speed: Speed, meta: ModelMeta, frozen: Snapshot | None) -> dict[str, Any]:
    return model_card(
        found.model,
        found.checkpoint,
        meta,
        project_name=found.project_name,
        speed=speed,
        measured=found.measured,
        frozen=frozen,
        figures=found.figures,
        packages={package.name: package.version for package in needed_packages()},
    )
