"""Archives that are broken, foreign or dangerous: refused with a reason that names the entry, and nothing is kept."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db.base import Base
from app.db.engine import session_scope
from app.images.intake import Intake
from app.project_archive import label_rows, service
from app.projects import unfinished
from app.settings import Settings
from tests.conftest import Person, use_settings
from tests.images.pictures import png, zipped
from tests.project_archive.conftest import PROJECTS, changed, download, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

Files = dict[str, bytes]
IMAGE = "images/left/ü b.png"
MODEL = "models/1/model.json"
DETECTOR = "models/1/files/best-1/detector.onnx"
TABLE = "models/1/files/best-1/validation.npz"


@pytest.fixture
def archive(filled: int, owner: Person) -> bytes:
    return download(owner, filled)


@pytest.fixture
def with_model(filled: int, model_id: int, owner: Person) -> bytes:
    return download(owner, filled)


@pytest.fixture
def refused(owner: Person, app_env: Settings) -> Callable[[bytes, str, str], None]:
    """Send an archive and make sure that it is refused in these words, and that the server is as before."""

    def check(sent: bytes, *words: str) -> None:
        before = state(app_env)
        answer = send(owner, sent)
        assert answer.status_code == 422, answer.text
        for part in words:
            assert part in answer.json()["error"]
        assert state(app_env) == before

    return check


def state(settings: Settings) -> tuple[dict[str, int], list[Path]]:
    """How many rows every table has, and every file of the storage."""
    with session_scope(read_only=True) as session:
        rows = {name: session.scalar(select(func.count()).select_from(t)) for name, t in Base.metadata.tables.items()}
    return rows, sorted(path for path in (settings.data_dir / "storage").rglob("*") if path.is_file())


def resealed(archive: bytes, change: Callable[[Files], None]) -> bytes:
    """The archive changed, with a list of files that agrees with it."""

    def change_and_seal(files: Files) -> None:
        manifest = json.loads(files.pop("manifest.json"))
        change(files)
        lines = {line["path"]: line for line in manifest["files"]}
        sealed = [
            {**lines.get(path, {"path": path}), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for path, data in files.items()
        ]
        files["manifest.json"] = json.dumps({"files": sealed}).encode()

    return changed(archive, change_and_seal)


def in_json(path: str, change: Callable[[Any], object]) -> Callable[[Files], None]:
    def change_file(files: Files) -> None:
        document = json.loads(files[path])
        change(document)
        # As our writer has it: without spaces, since labels are read piece by piece.
        files[path] = json.dumps(document, separators=(",", ":")).encode()

    return change_file


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "its end is missing"),
        (b"PK\x03\x04 no zip", "its end is missing"),
        (png(), "its end is missing"),
        (zipped({}), "project.json is missing"),
        (zipped({"a.png": png(), "b.png": png()}), "project.json is missing"),
        (zipped({"project.json": b"[]"}), "project.json"),
        (zipped({"project.json": b"{" * 100_000}), "it is no JSON"),
        (zipped({"project.json": b'{"format": "coco"}'}), "maskwright-project"),
    ],
)
def test_import_project__refuses_what_is_no_archive(refused: Any, sent: bytes, words: str) -> None:
    refused(sent, "cannot be imported", words)


def test_import_project__of_a_newer_version_says_which(refused: Any, archive: bytes) -> None:
    def newer(project: Any) -> None:
        project.update(version=2, made_by="maskwright 9.1.0", colour="new")

    refused(resealed(archive, in_json("project.json", newer)), "maskwright 9.1.0", "upgrade this server")


def test_import_project__that_ends_in_the_middle(refused: Any, archive: bytes) -> None:
    refused(archive[: len(archive) // 2], "its end is missing")


@pytest.mark.parametrize("path", ["labels.json", "validation.json", IMAGE, "renamed-images/3"])
def test_import_project__with_a_file_missing_or_changed_names_it(refused: Any, archive: bytes, path: str) -> None:
    def turned_bit(files: Files) -> None:
        files[path] = files[path][:-1] + bytes([files[path][-1] ^ 1])

    refused(changed(archive, lambda files: files.pop(path)), repr(path), "missing")
    refused(changed(archive, turned_bit), repr(path))
    refused(changed(archive, lambda files: files.update({path: files[path] + b" "})), repr(path))


def test_import_project__with_a_file_too_much_names_it(refused: Any, archive: bytes) -> None:
    refused(
        changed(archive, lambda files: files.update({"images/more.png": png()})), "'images/more.png'", "does not list"
    )


@pytest.mark.parametrize("name", ["images/../../evil.png", "/images/evil.png", "images/inside.zip", "images/a\x07.png"])
def test_import_project__with_a_dangerous_entry_names_it(refused: Any, archive: bytes, name: str) -> None:
    refused(resealed(archive, lambda files: files.update({name: png()})), "evil" if "evil" in name else name[:8])


def test_import_project__with_a_link_names_it(refused: Any, archive: bytes) -> None:
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a") as target:
        link = zipfile.ZipInfo("images/link.png")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    refused(file.getvalue(), "'images/link.png'", "link")


def test_import_project__with_an_entry_twice_names_it(refused: Any, archive: bytes) -> None:
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr(IMAGE, png())
    refused(file.getvalue(), repr(IMAGE), "twice")


def test_import_project__with_a_picture_that_is_none_names_it(refused: Any, archive: bytes) -> None:
    refused(resealed(archive, lambda files: files.update({IMAGE: b"no picture"})), repr(IMAGE))


LABEL_CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "version": (lambda d: d.update(version=7), "version 7"),
    "missing image": (lambda d: d["images"][0].update(name="none.png"), "none.png"),
    "image twice": (lambda d: d["images"].append(d["images"][0]), "keep one of the two"),
    "size": (lambda d: d["images"][0].update(width=99), "99 x 12"),
    "outline": (lambda d: d["images"][0]["instances"][0]["polygons"][0].update(exterior=[[1, 2]]), "instances[0]"),
    "outside": (
        lambda d: d["images"][0]["instances"][0].update(polygons=[{"exterior": [[99, 99], [98, 99], [98, 98]]}]),
        "outside",
    ),
    "unknown label": (lambda d: d["images"][0]["instances"][0].update(label="none"), "'none'"),
    "id twice": (lambda d: d["images"][0]["instances"].append(d["images"][0]["instances"][0]), "twice"),
    "long label": (lambda d: d["labels"][0].update(name="x" * 101), "1 to 100 characters"),
    "no label": (lambda d: d["labels"].append(3), "labels[3]"),
    "no image": (lambda d: d["images"].append(3), "images"),
}


@pytest.mark.parametrize("change", LABEL_CHANGES)
def test_import_project__with_labels_that_do_not_fit_says_where(refused: Any, archive: bytes, change: str) -> None:
    function, words = LABEL_CHANGES[change]
    refused(resealed(archive, in_json("labels.json", function)), "'labels.json'", words)


def test_import_project__with_an_image_twice_far_apart(
    refused: Any, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_rows, "IMAGES_AT_ONCE", 1)
    function, _words = LABEL_CHANGES["image twice"]
    refused(resealed(archive, in_json("labels.json", function)), "'labels.json'", "twice")


@pytest.mark.parametrize("path", ["validation.json", "background.json"])
def test_import_project__with_a_marked_image_that_is_not_there(refused: Any, archive: bytes, path: str) -> None:
    broken = in_json(path, lambda document: document["images"].append("none.png"))
    refused(resealed(archive, broken), repr(path), "none.png")


def test_import_project__of_before_images_were_marked_as_background(archive: bytes, owner: Person) -> None:
    older = resealed(archive, lambda files: files.pop("background.json"))
    answer = send(owner, older)
    assert (answer.status_code, answer.json()["labeled_count"]) == (201, 2)


MODEL_CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "field": (lambda m: m.pop("class_names"), "class_names"),
    "name": (lambda m: m.update(name="a/b"), "no slash"),
    "config": (lambda m: m["config"].pop("seed"), "config.seed"),
    "number": (lambda m: m.update(elapsed_s="long"), "elapsed_s"),
    "way out": (lambda m: m["checkpoints"][0].update(state_file="../../../x"), "state_file"),
    "way up": (lambda m: m["checkpoints"][0].update(export_folder="best-1/.."), "export_folder"),
    "file": (lambda m: m["checkpoints"][0].update(state_file="best-1/none.pt"), "none.pt"),
    "checkpoint twice": (lambda m: m["checkpoints"].append(m["checkpoints"][0]), "twice"),
    "point twice": (lambda m: m["curve"].append(m["curve"][0]), "twice"),
    "labels": (lambda m: m.update(class_names=["nut", "fig"]), "labels are not those"),
}


@pytest.mark.parametrize("change", MODEL_CHANGES)
def test_import_project__with_a_model_that_is_wrong_says_what(refused: Any, with_model: bytes, change: str) -> None:
    function, words = MODEL_CHANGES[change]
    refused(resealed(with_model, in_json(MODEL, function)), "models/1/", words)


def test_import_project__with_a_model_twice(refused: Any, with_model: bytes) -> None:
    def twice(files: Files) -> None:
        files.update(
            {path.replace("/1/", "/2/", 1): files[path] for path in list(files) if path.startswith("models/1/")}
        )

    refused(resealed(with_model, twice), "'models/2/model.json'", "twice")


@pytest.mark.parametrize("path", [DETECTOR, TABLE])
def test_import_project__with_a_file_of_a_model_missing(refused: Any, with_model: bytes, path: str) -> None:
    refused(resealed(with_model, lambda files: files.pop(path)), repr(path), "missing")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (TABLE, b"no table"),
        (TABLE, zipped({"class_names.npy": b"x" * 1000}, compression=zipfile.ZIP_DEFLATED)),
        (TABLE, zipped({"class_names.npy": b"x"})),
        ("models/1/snapshot.json.gz", b"no snapshot"),
        ("models/1/files/best-1/model.json", b"{}"),
        ("models/1/files/best-1/ü", b"x"),
    ],
)
def test_import_project__with_a_broken_file_of_a_model(refused: Any, with_model: bytes, path: str, data: bytes) -> None:
    refused(resealed(with_model, lambda files: files.update({path: data})), repr(path))


def test_import_project__that_unpacks_to_too_much(
    owner: Person, archive: bytes, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=app_env.database_url, max_upload_mb=1)
    before = state(app_env)
    answer = send(owner, changed(archive, lambda files: files.update({"images/big": bytes(6 << 20)})))
    assert answer.status_code == 413
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("images/big", bytes(6 << 20))
    answer = send(owner, small.getvalue())
    assert (answer.status_code, "6,291,456 bytes" in answer.json()["error"]) == (422, True)
    assert state(app_env) == before


@pytest.mark.parametrize(
    ("place", "name"), [(Intake, "_store"), (unfinished, "recount_project"), (service, "add_labels")]
)
def test_import_project__that_fails_by_our_fault_leaves_nothing(
    owner: Person, archive: bytes, app_env: Settings, monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is on fire")

    before = state(app_env)
    monkeypatch.setattr(place, name, fail)
    assert send(owner, archive).status_code == 500
    assert state(app_env) == before


def test_import_project__wants_one_file_and_a_whole_account(owner: Person, archive: bytes, filled: int) -> None:
    two = owner.post(f"{PROJECTS}/archive", files=[("file", ("a.zip", archive)), ("file", ("b.zip", archive))])
    assert (two.status_code, "one project archive" in two.json()["error"]) == (422, True)
    made = owner.post("/api/v1/tokens", json={"name": "narrow", "project_id": filled}).json()
    narrow = Person(client=owner.client, token=made["token"])
    assert send(narrow, archive).status_code == 403
    assert narrow.post(f"{PROJECTS}/{filled}/copy", json={}).status_code == 403


def test_export_project__whose_file_is_gone_is_no_whole_zip(filled: int, owner: Person, app_env: Settings) -> None:
    for path in (app_env.data_dir / "storage" / f"projects/{filled}/images").iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError):
        owner.get(f"{PROJECTS}/{filled}/archive")
