"""A model for engines that are not ours: its files, a script that runs them, and a README with their signature."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from app.bundle import repository
from app.bundle.zip_files import BundledFile, begun, file_chunks, folder_name, json_file, text_file
from app.db.enums import CheckpointKind, Speed
from app.downloads import file_name
from app.errors import Conflict, NotFound
from app.inference.errors import InvalidModel
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE, ModelMeta, meta_to_json
from app.inference.openvino_session import write_openvino_files
from app.predictions.service import Target, find_target
from app.projects.repository import get_project
from app.storage.blobs import BlobStore, get_blob_store
from app.storage.scratch import scratch_folder
from app.training.exports import TORCHSCRIPT_FILE, fetch_whole_export
from app.training.model_files import told_with_owner
from app.zip_damage import ZIP_DAMAGE
from app.zip_stream import ZipStream

FILES = Path(__file__).parent / "engine_files"
README = "README.md"
SCRIPT = "predict.py"


class Engine(StrEnum):
    ONNX = "onnx"
    OPENVINO = "openvino"
    TORCH = "torch"


TITLES = {Engine.ONNX: "ONNX", Engine.OPENVINO: "OpenVINO", Engine.TORCH: "PyTorch"}
PACKAGES = {
    Engine.ONNX: ("onnxruntime", "numpy", "opencv-python-headless"),
    Engine.OPENVINO: ("openvino", "numpy", "opencv-python-headless"),
    Engine.TORCH: ("torch", "torchvision", "numpy", "opencv-python-headless"),
}
_DETECTOR = "finds boxes, scores, labels and features"
_MASK_HEAD = "makes the masks of boxes"
GRAPH_FILES = {
    Engine.ONNX: {DETECTOR_FILE: _DETECTOR, MASK_HEAD_FILE: _MASK_HEAD},
    Engine.OPENVINO: {
        "detector.xml": f"{_DETECTOR}; its weights are in `detector.bin`",
        "detector.bin": "weights",
        "mask_head.xml": f"{_MASK_HEAD}; its weights are in `mask_head.bin`",
        "mask_head.bin": "weights",
    },
    Engine.TORCH: {TORCHSCRIPT_FILE: "the whole model"},
}


@dataclass(frozen=True, slots=True)
class EngineDownload:
    """A zip that is made while it is sent."""

    file_name: str
    chunks: Iterator[bytes]


def download_engine(session: Session, *, model_id: int, kind: CheckpointKind, engine: Engine) -> EngineDownload:
    """Give a model for an engine, in f32 and with the thresholds that hold now.

    Raises:
        NotFound: There is no such model.
        Conflict: It is not trained yet, or by a Maskwright that kept no TorchScript file.
        ModelFileBroken: One of its files is missing or damaged.
    """
    model = repository.get_model(session, model_id)
    if model is None:
        raise NotFound(f"there is no model {model_id}")
    target = find_target(session, project_id=model.project_id, model_name=model.name, kind=kind, speed=Speed.SLOW)
    store = get_blob_store()
    if engine is Engine.TORCH and not store.exists(f"{target.export_prefix}/{TORCHSCRIPT_FILE}"):
        raise Conflict(
            f"model {model.name!r} has no TorchScript file: an earlier Maskwright trained it, or its log says why. Run "
            f"`python -m worker.export_torchscript {model_id}` on a machine with torch, once; or take onnx or openvino"
        )
    folder = folder_name(model, kind, engine)
    project_name = get_project(session, model.project_id).name
    name = file_name(project_name, model.name, kind, engine, suffix=".zip")
    return EngineDownload(name, begun(_write(folder, target, kind, engine, store)))


def _write(folder: str, target: Target, kind: CheckpointKind, engine: Engine, store: BlobStore) -> Iterator[bytes]:
    archive = ZipStream()
    with scratch_folder(store) as directory:
        exported = fetch_whole_export(store, target.export_prefix, directory, target.precision, target.owner)
        if engine is Engine.TORCH:
            _fetch_torchscript(store, target, directory)
        meta = replace(exported, checkpoint=kind.value, score_thresholds=dict(target.score_thresholds))
        for file in (*_text_files(meta, engine), *_graphs(engine, directory)):
            path = f"{folder}/{file.path}"
            yield from archive.add(path, file.chunks, compress=file.is_compressed, modified=datetime.now(UTC))
        yield from archive.finish()


def _fetch_torchscript(store: BlobStore, target: Target, directory: Path) -> None:
    """Copy the TorchScript file, which is a zip, out of storage.

    Raises:
        ModelFileBroken: It is damaged.
    """
    key, path = f"{target.export_prefix}/{TORCHSCRIPT_FILE}", directory / TORCHSCRIPT_FILE
    with told_with_owner(target.owner, f"the exported model's {TORCHSCRIPT_FILE} is", key, damage=InvalidModel):
        with store.open(key) as blob, path.open("wb") as file:
            shutil.copyfileobj(blob, file)
        try:
            with ZipFile(path) as archive:
                damaged = archive.testzip()
        except ZIP_DAMAGE as error:
            raise InvalidModel(f"the exported model's {TORCHSCRIPT_FILE} is damaged ({error})") from error
        if damaged is not None:
            raise InvalidModel(f"the exported model's {TORCHSCRIPT_FILE} is damaged ({damaged} in it)")


def _text_files(meta: ModelMeta, engine: Engine) -> Iterator[BundledFile]:
    files = {
        SCRIPT: "runs the model on a picture: read it to see how",
        META_FILE: "labels, thresholds, size of the picture, versions",
        **GRAPH_FILES[engine],
    }
    readme = _templates().get_template(README)
    yield text_file(
        README,
        readme.render(
            meta=meta,
            engine=engine.value,
            title=TITLES[engine],
            packages=PACKAGES[engine],
            files=files,
            openvino_version=version("openvino"),
        ),
    )
    yield text_file(SCRIPT, (FILES / f"predict_{engine}.py").read_text(encoding="utf-8"))
    yield json_file(META_FILE, meta_to_json(meta))


def _graphs(engine: Engine, directory: Path) -> Iterator[BundledFile]:
    """The engine's own files, not compressed: weights are as good as noise."""
    if engine is Engine.OPENVINO:
        for graph in (DETECTOR_FILE, MASK_HEAD_FILE):
            write_openvino_files(directory / graph, (directory / graph).with_suffix(".xml"))
    for name in GRAPH_FILES[engine]:
        yield BundledFile(name, file_chunks(directory / name), is_compressed=False)


@cache
def _templates() -> Environment:
    # Markdown that people read in a text editor: nothing in it is ever HTML.
    return Environment(
        loader=FileSystemLoader(FILES), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )
