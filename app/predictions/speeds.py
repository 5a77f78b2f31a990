"""The faster speeds of a model: each has predictions, thresholds and figures of its own, made when asked for.

The server makes them, one model at a time, and its predictions go on between two images. What is being made is known
to this process only; what was made is in the database. Each making has a folder of its own below the export, so that a
speed that is made again answers as before until new rows take the place of the old ones.
Source: docs/decisions/0038-speeds-are-made-by-the-server.md.
"""

import logging
import threading
import uuid
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, PredictionSet, Threshold
from app.errors import AppError, Conflict
from app.inference.errors import InferenceError
from app.inference.predictor import Predictor
from app.masks.prediction_table import ImagePredictions, PredictionTable, prediction_table_to_bytes
from app.predictions import repository
from app.predictions.fast_graphs import make_fast_graphs
from app.predictions.figures import describe_all_figures, record_figures
from app.predictions.latency import MEASURED_IMAGES, Latencies, measure_latencies
from app.predictions.schemas import FiguresSchema, SpeedSchema, SpeedStatus
from app.predictions.service import PredictionRuntime, not_made, require_possible
from app.predictions.snapshot_images import read_image
from app.storage.blobs import BlobStore, get_blob_store
from app.storage.scratch import scratch_folder
from app.training.exports import PRECISIONS, fast_prefix
from app.training.model_files import Owner, read_snapshot_of_present_images, store_export
from app.training.snapshot import Snapshot
from app.training.stored_predictions import optimized_thresholds, predict_image

_logger = logging.getLogger(__name__)

FOLDER_DIGITS = 8  # of a making's folder: no two of a model's are alike
_SPLITS = (Split.VALIDATION, Split.TRAINING)


class _Stopped(Exception):
    """The server is going down, another was quicker, or the model was deleted or trained on meanwhile."""


class NotFaster(Conflict):
    """A speed that was to be made only where it gains on slow."""


@dataclass(slots=True)
class _Making:
    """How far a speed of a model is; `again` takes the place of what is there."""

    again: bool
    only_if_faster: bool = False
    done: int = 0
    total: int = 1
    error: str | None = None
    is_not_faster: bool = False

    @property
    def goes_on(self) -> bool:
        return self.error is None


class SpeedMaker:
    """Makes the speeds that are asked for, one after the other."""

    def __init__(self, runtime: PredictionRuntime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._makings: dict[tuple[int, Speed], _Making] = {}
        self._stopping = threading.Event()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="speeds")

    def start(self, model_id: int, speed: Speed, *, again: bool = False, only_if_faster: bool = False) -> None:
        """Make a speed, unless that has begun already."""
        with self._lock:
            making = self._makings.get((model_id, speed))
            if making is not None and making.goes_on:
                return
            self._makings[model_id, speed] = _Making(again, only_if_faster)
        self._executor.submit(self._make, model_id, speed)

    def makings(self, model_id: int) -> dict[Speed, _Making]:
        """The speeds of a model that are being made, or could not be."""
        with self._lock:
            return {speed: making for (of, speed), making in self._makings.items() if of == model_id}

    def stop(self) -> None:
        """Break off between two images; whoever asks again later begins anew."""
        self._stopping.set()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _make(self, model_id: int, speed: Speed) -> None:
        making = self._makings[model_id, speed]
        try:
            self._make_checkpoints(model_id, speed, making)
        except _Stopped:
            self._forget(model_id, speed)
        except (AppError, InferenceError, OSError) as error:
            making.is_not_faster = isinstance(error, NotFaster)
            making.error = str(error)
        except Exception:  # the boundary of the thread
            _logger.exception("making speed %s of model %d failed", speed, model_id)
            making.error = "a fault of the server, not yours: its log tells more"
        else:
            self._forget(model_id, speed)

    def _forget(self, model_id: int, speed: Speed) -> None:
        with self._lock:
            self._makings.pop((model_id, speed), None)

    def _make_checkpoints(self, model_id: int, speed: Speed, making: _Making) -> None:
        with session_scope(read_only=True) as session:
            checkpoints = repository.list_exported(session, model_id, without=None if making.again else speed)
            if not checkpoints:
                raise _Stopped
            model = repository.get_model(session, model_id)
        owner = Owner.of(model)
        frozen, _deleted = read_snapshot_of_present_images(get_blob_store(), model.snapshot_key, owner)
        exports = _by_export(checkpoints)
        making.total = max(1, len(frozen.images) * len(exports) * (2 if speed is Speed.FAST else 1))
        for alike in exports:
            self._make_export(alike, owner, frozen, speed, making)

    def _make_export(
        self, alike: Sequence[Checkpoint], owner: Owner, frozen: Snapshot, speed: Speed, making: _Making
    ) -> None:
        """Make a speed of the checkpoints of one export."""
        export_prefix = alike[0].export_prefix
        assert export_prefix is not None
        folder = f"{export_prefix}/{speed}-{uuid.uuid4().hex[:FOLDER_DIGITS]}"
        store = get_blob_store()
        with scratch_folder(store) as scratch:
            graphs = None
            if speed is Speed.FAST:
                graphs = make_fast_graphs(store, export_prefix, scratch, owner, frozen, go_on=self._go_on)
                making.done += len(frozen.images)  # about the time that predicting takes
            predictor = self._runtime.predictor(
                folder if graphs else export_prefix, PRECISIONS[speed], owner, fetched=graphs
            )
            slow = self._runtime.predictor(export_prefix, PRECISIONS[Speed.SLOW], owner)
            if making.only_if_faster:
                self._require_gain(slow, predictor, frozen, speed)
                making.only_if_faster = False  # the other checkpoint takes as long
            tables = {split: self._predict_split(predictor, frozen, split, making) for split in _SPLITS}
            thresholds = optimized_thresholds(tables[Split.VALIDATION])
            latencies = self._measure(slow, predictor, frozen, thresholds)
            made = _Made(folder, graphs, tables, thresholds, latencies)
            replaced = _store(alike, owner, made, speed, again=making.again)
        for prefix in replaced.folders:
            store.delete_prefix(f"{prefix}/")
        store.delete(replaced.keys)

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise _Stopped

    def _predict_split(self, predictor: Predictor, frozen: Snapshot, split: Split, making: _Making) -> PredictionTable:
        images: list[ImagePredictions] = []
        for image in sorted(frozen.of_split(split), key=lambda image: image.image_id):
            self._go_on()
            rgb = read_image(image)
            with self._runtime.gate.turn():
                images.append(predict_image(predictor, image, frozen.class_names, rgb))
            making.done += 1
        return PredictionTable(frozen.class_names, tuple(images))

    def _require_gain(self, slow: Predictor, measured: Predictor, frozen: Snapshot, speed: Speed) -> None:
        """Refuse, after one image, a speed that takes as long as slow or longer.

        Raises:
            NotFaster: As said.
        """
        timed = self._measure(slow, measured, frozen, {}, images=1)
        if timed is not None and timed.speed_ms >= timed.slow_ms:
            share = timed.speed_ms / timed.slow_ms
            raise NotFaster(f"at speed {speed} an image took {share:.2f} times as long as at slow on {timed.device}")

    def _measure(
        self,
        slow: Predictor,
        measured: Predictor,
        frozen: Snapshot,
        thresholds: Mapping[str, float],
        *,
        images: int = MEASURED_IMAGES,
    ) -> Latencies | None:
        """None where no image is left to measure with."""
        chosen = (frozen.of_split(Split.VALIDATION) or frozen.images)[:images]
        if not chosen:
            return None
        pixels = [read_image(image) for image in chosen]
        return measure_latencies(self._runtime.gate, slow, measured, pixels, score_thresholds=thresholds)


def request_speed(
    session: Session, maker: SpeedMaker, *, model_id: int, speed: Speed, again: bool, only_if_faster: bool
) -> SpeedSchema:
    """Have a speed made, unless it is there; with `again` also then, with `only_if_faster` only where it gains.

    Raises:
        Conflict: The model is not trained yet, or this server cannot make the speed.
    """
    makings = maker.makings(model_id)  # before the transaction, which does not see a speed that is finished later
    model = repository.get_model(session, model_id)
    if not repository.has_export(session, model_id):
        raise Conflict(f"model {model.name!r} is not trained yet: it is {model.status}")
    require_possible(speed)
    if again or repository.list_exported(session, model_id, without=speed):
        maker.start(model_id, speed, again=again, only_if_faster=only_if_faster)
        makings |= maker.makings(model_id)
    listed = _list_speeds(session, makings, model_id=model_id, kind=CheckpointKind.BEST)
    return next(one for one in listed if one.speed is speed)


def list_speeds(session: Session, maker: SpeedMaker, *, model_id: int, kind: CheckpointKind) -> list[SpeedSchema]:
    """Which speeds are there, being made, or could be, and what each is worth for the checkpoint of this kind."""
    makings = maker.makings(model_id)  # before the transaction, which does not see a speed that is finished later
    return _list_speeds(session, makings, model_id=model_id, kind=kind)


def _list_speeds(
    session: Session, makings: Mapping[Speed, _Making], *, model_id: int, kind: CheckpointKind
) -> list[SpeedSchema]:
    made = repository.list_made_speeds(session, model_id)
    figures = describe_all_figures(session, repository.find_checkpoint(session, model_id=model_id, kind=kind))
    return [_describe_speed(speed, makings.get(speed), figures[speed], is_made=speed in made) for speed in Speed]


def _describe_speed(speed: Speed, making: _Making | None, figures: FiguresSchema, *, is_made: bool) -> SpeedSchema:
    is_being_made = making is not None and making.goes_on
    if is_made:
        status = SpeedStatus.READY
    elif making is None:
        status = SpeedStatus.NOT_MADE
    elif making.is_not_faster:
        status = SpeedStatus.NOT_FASTER
    else:
        status = SpeedStatus.MAKING if is_being_made else SpeedStatus.FAILED
    return SpeedSchema(
        speed=speed,
        status=status,
        is_being_made=is_being_made,
        progress=float(is_made) if making is None else making.done / making.total,
        error=making.error if making else None,
        **figures.model_dump(),
    )


def choose_default_speed(session: Session, *, model_id: int, speed: Speed) -> None:
    """Choose the speed of predictions that name none.

    Raises:
        Conflict: It is not made, or this server cannot compute it.
    """
    model = repository.get_model(session, model_id)
    require_possible(speed)
    if speed is not Speed.SLOW and speed not in repository.list_made_speeds(session, model_id):
        raise not_made(model, speed)
    model.default_speed = speed


def _by_export(checkpoints: Sequence[Checkpoint]) -> list[list[Checkpoint]]:
    """Best and last of one step are one export, and predict alike."""
    exports: dict[str | None, list[Checkpoint]] = {}
    for checkpoint in checkpoints:
        exports.setdefault(checkpoint.export_prefix, []).append(checkpoint)
    return list(exports.values())


@dataclass(frozen=True, slots=True)
class _Made:
    """A speed of an export before it is stored; graphs are those of fast, here on the disk."""

    folder: str  # below which it is to be stored
    graphs: Path | None
    tables: Mapping[Split, PredictionTable]
    thresholds: Mapping[str, float]
    latencies: Latencies | None

    def prediction_keys(self) -> dict[Split, str]:
        return {split: f"{self.folder}/predictions-{split}.npz" for split in self.tables}

    def is_stored(self, store: BlobStore) -> bool:
        """Whether nobody took its files for abandoned while it had no rows yet."""
        graphs = [] if self.graphs is None else [f"{self.folder}/{path.name}" for path in self.graphs.iterdir()]
        return all(store.exists(key) for key in (*graphs, *self.prediction_keys().values()))


@dataclass(frozen=True, slots=True)
class _Replaced:
    """The files of an earlier making that nobody needs any more."""

    keys: Collection[str] = ()
    folders: Collection[str] = ()


def _store(alike: Sequence[Checkpoint], owner: Owner, made: _Made, speed: Speed, *, again: bool) -> _Replaced:
    """Store what was made, only then: a server that is killed before leaves nothing in the storage."""
    store = get_blob_store()
    try:
        if made.graphs is not None:
            store_export(store, made.folder, made.graphs)
        for split, key in made.prediction_keys().items():
            store.put_bytes(key, prediction_table_to_bytes(made.tables[split]))
        return _write_rows(alike, owner, made, speed, again=again)
    except BaseException:
        store.delete_prefix(f"{made.folder}/")
        raise


def _write_rows(alike: Sequence[Checkpoint], owner: Owner, made: _Made, speed: Speed, *, again: bool) -> _Replaced:
    """Write the rows of what was made in place of those there are."""
    keys = made.prediction_keys()
    ids = [checkpoint.id for checkpoint in alike]
    with session_scope() as session:
        present = [repository.lock_checkpoint(session, checkpoint_id) for checkpoint_id in ids]
        earlier = repository.list_prediction_keys(session, ids, speed=speed)
        if (earlier and not again) or not made.is_stored(get_blob_store()):
            raise _Stopped
        _delete_abandoned(session, made.folder)
        replaced = _find_replaced(session, alike[0], earlier, speed)
        repository.delete_speed(session, ids, speed=speed)
        for checkpoint in present:
            if checkpoint is None or checkpoint.export_prefix != alike[0].export_prefix:
                raise _Stopped
            for split, table in made.tables.items():
                session.add(
                    PredictionSet(
                        checkpoint_id=checkpoint.id,
                        split=split,
                        speed=speed,
                        storage_key=keys[split],
                        prediction_count=table.prediction_count,
                    )
                )
            if made.latencies is not None:
                record_figures(session, checkpoint, owner, speed, made.tables[Split.VALIDATION], made.latencies)
            for name, value in made.thresholds.items():
                session.add(Threshold(checkpoint_id=checkpoint.id, class_name=name, speed=speed, score_threshold=value))
    return replaced


def _delete_abandoned(session: Session, own_folder: str) -> None:
    """Delete what else there is of this speed that has no rows: a server was killed before it wrote them.

    Whoever is about to write rows of such a folder waits for the lock on the checkpoint, and finds its files gone.
    """
    store = get_blob_store()
    export_prefix, _, name = own_folder.rpartition("/")
    begin = f"{export_prefix}/{name[:-FOLDER_DIGITS]}"
    named = {key.rpartition("/")[0] for key in repository.list_prediction_keys_below(session, begin)}
    stored = {key.rpartition("/")[0] for key in store.list_keys(f"{export_prefix}/") if key.startswith(begin)}
    for folder in stored - named - {own_folder}:
        if not repository.is_awaited(session, folder):
            store.delete_prefix(f"{folder}/")


def _find_replaced(session: Session, checkpoint: Checkpoint, earlier: Collection[str], speed: Speed) -> _Replaced:
    """What is to be deleted of an earlier making; graphs that a batch waits for stay until the model is deleted."""
    if speed is not Speed.FAST or checkpoint.export_prefix is None:
        return _Replaced(keys=earlier)
    folders = {fast_prefix(checkpoint.export_prefix, key) for key in earlier}
    return _Replaced(earlier, [folder for folder in folders if not repository.is_awaited(session, folder)])
