"""Files of a model that are gone or damaged: whoever asks for what is in them hears which, of which model."""

import gzip
import io
import json
import random
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.bundle import build
from app.bundle.engines import Engine
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed
from app.db.models import PredictionSet
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE, ModelMeta, write_meta
from app.predictions.service import PredictionRuntime
from app.statistics.tables import TableCache
from app.storage.blobs import BlobStore, get_blob_store, open_blob_store
from app.training import lifecycle
from app.training.exports import FAST_FOLDER, TORCHSCRIPT_FILE
from app.training.model_files import (
    EXPORT_FILES,
    HASHES_FILE,
    ModelFileBroken,
    Owner,
    fetch_export,
    store_export,
)
from tests.bundle.conftest import MODEL_NAME, picture_file, predict_path, server_with_a_model
from tests.exported import exported_random_model
from tests.trained import CLASS_NAMES

SNAPSHOT, PROVENANCE, VALIDATION, TRAINING = "snapshot", "provenance.json", "validation.npz", "training.npz"
QUERIES = ("", "?checkpoint=last&speed=fast&split=training&golden=false")
ENDLESS = "/api/v1/models/{model_id}/events"
NOT_ASKED_FOR = 422  # a query of an endpoint without its parameters


def columns(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/data.pkl", bytes(range(256)))
    return file.getvalue()


def as_if_encrypted(content: bytes) -> bytes:
    changed = bytearray(content)
    changed[content.index(b"PK\x01\x02") + 8] |= 1  # the flags in the zip's list of files
    return bytes(changed)


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "gone": lambda _whole: None,
    "empty": lambda _whole: b"",
    "cut in half": lambda whole: whole[: len(whole) // 2],
    "noise": lambda whole: random.Random(7).randbytes(len(whole)),
    "one bit": lambda whole: (
        whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :]
    ),
}
NAMES = (SNAPSHOT, PROVENANCE, VALIDATION, TRAINING, META_FILE, DETECTOR_FILE, MASK_HEAD_FILE, TORCHSCRIPT_FILE)
OTHER_CONTENTS = {
    SNAPSHOT: [gzip.compress(json.dumps(document).encode()) for document in ([], {}, {"format_version": 1})],
    PROVENANCE: [b"[]", b'{"attempts": 3}'],
    VALIDATION: [columns(), columns(scores=np.ones(3))],
    TRAINING: [columns(class_names=np.array(CLASS_NAMES))],
    META_FILE: [b"[]", b'{"format_version": 1}'],
    TORCHSCRIPT_FILE: [as_if_encrypted(a_zip())],
}
# They may never have been there: that is told in words of its own.
MAY_BE_GONE = {(PROVENANCE, "gone"): 404, (TORCHSCRIPT_FILE, "gone"): 409}


@dataclass(frozen=True)
class Server:
    client: TestClient
    project_id: int
    model_id: int

    def forget(self, name: str) -> None:
        """What was read of the files of a name is forgotten, as by a restart."""
        self.client.app.state.prediction_tables = TableCache()  # type: ignore[attr-defined]
        if name in EXPORT_FILES:
            self.client.app.state.predictions = PredictionRuntime()  # type: ignore[attr-defined]

    def every_answer(self) -> dict[str, Any]:
        """What is answered at every path that tells something about the model, and by predictions."""
        documented = self.client.get("/api/openapi.json").json()["paths"]
        paths = [
            path.format(model_id=self.model_id, engine=engine)
            for path, methods in documented.items()
            if "get" in methods and "{model_id}" in path and path != ENDLESS
            for engine in (Engine if "{engine}" in path else [""])
        ]
        assert len(paths) > 15
        compare = f"/api/v1/projects/{self.project_id}/compare?models={self.model_id},{self.model_id}"
        asked = (compare, *(path + query for path in paths for query in QUERIES))
        predict = [f"{predict_path(self.project_id)}{of}?speed={speed}" for of in ("", "/last") for speed in SPEEDS]
        return {path: self.client.get(path) for path in asked} | {
            path: self.client.post(path, content=picture_file(7)) for path in predict
        }


SPEEDS = (Speed.SLOW, Speed.FAST)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Server]:
    """A server with a model that has every file there is, of the speeds slow and fast."""
    exports = dict.fromkeys(CheckpointKind, exported_random_model(tmp_path_factory, seed=0))
    folder = tmp_path_factory.mktemp("broken")
    page = folder / "page"
    page.mkdir()
    (page / build.PAGE_PACKAGES).write_text("[]")
    with (
        pytest.MonkeyPatch.context() as patch,
        server_with_a_model(folder / "data", migrated_sqlite, exports, images=2) as (client, project_id, model_id),
    ):
        patch.setattr(build, "PAGE", page)  # no file of the model; to compress it takes as long as all other answers
        store = get_blob_store()
        store.put_bytes(lifecycle.provenance_key(project_id, model_id), b'{"attempts": []}')
        with session_scope() as session:
            for slow in session.scalars(select(PredictionSet)).all():
                prefix = slow.storage_key.rpartition("/")[0]
                fast_key = f"{prefix}/{FAST_FOLDER}/{slow.split}.npz"
                store.put_bytes(f"{prefix}/{TORCHSCRIPT_FILE}", a_zip())
                store.copy((f"{prefix}/{name}", f"{prefix}/{FAST_FOLDER}/{name}") for name in EXPORT_FILES)
                store.copy([(slow.storage_key, fast_key)])
                session.add(
                    PredictionSet(
                        checkpoint_id=slow.checkpoint_id,
                        split=slow.split,
                        speed=Speed.FAST,
                        storage_key=fast_key,
                        prediction_count=slow.prediction_count,
                    )
                )
        yield Server(client, project_id, model_id)


@pytest.fixture
def stored(tmp_path: Path) -> BlobStore:
    """A store with an export below `export`; its graphs are none."""
    source = tmp_path / "source"
    source.mkdir()
    meta = ModelMeta(
        class_names=tuple(CLASS_NAMES),
        image_size=64,
        size="small",
        model_name=MODEL_NAME,
        checkpoint="best",
        step=1,
        image_mean=(0.0, 0.0, 0.0),
        image_std=(1.0, 1.0, 1.0),
    )
    write_meta(source, meta)
    for name in (DETECTOR_FILE, MASK_HEAD_FILE):
        (source / name).write_bytes(name.encode())
    store = open_blob_store(str(tmp_path / "storage"), scratch=tmp_path / "scratch")
    store_export(store, "export", source)
    return store


def test_store_export__hashes_are_those_of_sha256sum(stored: BlobStore) -> None:
    with stored.local_path(f"export/{HASHES_FILE}") as path:
        checked = subprocess.run(["sha256sum", "--check", HASHES_FILE], cwd=path.parent, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, len(EXPORT_FILES))


def test_fetch_export__of_damaged_hashes_is_refused(stored: BlobStore, tmp_path: Path) -> None:
    stored.put_bytes(f"export/{HASHES_FILE}", b"")
    with pytest.raises(ModelFileBroken, match=HASHES_FILE):
        fetch_export(stored, "export", tmp_path, Owner(MODEL_NAME, tuple(CLASS_NAMES)))


def test_fetch_export__of_one_that_was_stored_without_hashes(stored: BlobStore, tmp_path: Path) -> None:
    stored.delete([f"export/{HASHES_FILE}"])
    assert fetch_export(stored, "export", tmp_path, Owner(MODEL_NAME, tuple(CLASS_NAMES))).image_size == 64


def test_whole_files__answer(server: Server) -> None:
    answers = server.every_answer()
    refused = {path: answer.text for path, answer in answers.items() if answer.status_code != NOT_ASKED_FOR}
    assert {path: text for path, text in refused.items() if answers[path].status_code != 200} == {}


@pytest.mark.parametrize(
    ("name", "words", "damage"),
    [
        *((name, words, damage) for name in NAMES for words, damage in DAMAGES.items()),
        *((name, "other", lambda _, it=it: it) for name, others in OTHER_CONTENTS.items() for it in others),
    ],
)
def test_broken_files__are_told_with_the_model_and_what_to_do(
    server: Server, caplog: pytest.LogCaptureFixture, name: str, words: str, damage: Callable[[bytes], bytes | None]
) -> None:
    """Each file of the name is broken, those of both checkpoints and all speeds."""
    store = get_blob_store()
    prefix = lifecycle.model_prefix(server.project_id, server.model_id)
    whole = {key: store.read_bytes(key) for key in store.list_keys(prefix) if key.endswith(f"/{name}")}
    assert whole
    for key, content in whole.items():
        broken = damage(content)
        store.delete([key]) if broken is None else store.put_bytes(key, broken)
    server.forget(name)
    try:
        answers = server.every_answer()
    finally:
        for key, content in whole.items():
            store.put_bytes(key, content)
        server.forget(name)

    refused = {path: answer for path, answer in answers.items() if answer.status_code not in (200, NOT_ASKED_FOR)}
    assert refused
    assert "fault" not in caplog.text
    if (name, words) in MAY_BE_GONE:
        assert {answer.status_code for answer in refused.values()} == {MAY_BE_GONE[name, words]}
        return
    for path, answer in refused.items():
        assert answer.status_code == 409, path
        told = answer.json()["error"]
        assert f"model '{MODEL_NAME}'" in told, path
        assert "from a backup" in told, path
        assert any(key in told or key.rpartition("/")[0] in told for key in whole), path
