"""Uploading over HTTP."""

import io
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from sqlalchemy import func, select

from app.db.engine import session_scope
from app.db.models import Image, Project
from app.images import intake, service
from app.settings import Settings, get_settings
from tests.conftest import Person, use_settings
from tests.images.conftest import Upload
from tests.images.pictures import jpeg, png, zipped
from tests.s3 import s3_endpoint, s3_url

__all__ = ["s3_endpoint", "s3_url"]  # fixtures

ODDITIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "oddities"


def stored_files(settings: Settings) -> list[str]:
    """What lies in the storage's folder, and what was left on the way there."""
    folders = (settings.data_dir / "storage", settings.data_dir / "tmp")
    return sorted(path.name for folder in folders for path in folder.rglob("*") if path.is_file())


def names(items: list[dict[str, object]]) -> list[object]:
    return [item["name"] for item in items]


def test_upload__takes_images_as_they_are(upload: Upload, labeler: Person, project_id: int) -> None:
    data = png(30, 20)
    report = upload({"fig.png": data})
    (item,) = report["items"]
    assert item == {"id": item["id"], "name": "fig.png", "width": 30, "height": 20, "duplicate_of": None}
    assert report["refused"] == []
    assert labeler.get(f"/api/v1/images/{item['id']}/file").content == data
    with session_scope(read_only=True) as session:
        image = session.scalars(select(Image)).one()
        project = session.scalars(select(Project)).one()
    assert (image.byte_size, image.media_type, image.uploaded_by) == (len(data), "image/png", labeler.user_id)
    assert image.storage_key.startswith(f"projects/{project_id}/images/")
    assert project.changed_at > project.created_at


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_upload__gives_the_size_of_the_upright_image(upload: Upload, labeler: Person, orientation: int) -> None:
    (item,) = upload({"turned.jpg": jpeg(900, 600, orientation=orientation)})["items"]
    upright = (900, 600) if orientation == 3 else (600, 900)
    assert (item["width"], item["height"]) == upright
    with PillowImage.open(io.BytesIO(labeler.get(f"/api/v1/images/{item['id']}/thumbnail").content)) as thumbnail:
        assert (thumbnail.width > thumbnail.height) == (upright[0] > upright[1])
        assert max(thumbnail.size) == 512


def test_upload__takes_zips_with_their_folders(upload: Upload) -> None:
    packed = zipped(
        {"left/fig.png": png(), "right/fig.png": png(9), "__MACOSX/left/._fig.png": b"", "notes.txt": b"hello"}
    )
    report = upload({"all.zip": packed, "alone.jpg": jpeg()})
    assert names(report["items"]) == ["left/fig.png", "right/fig.png", "alone.jpg"]
    (refusal,) = report["refused"]
    assert refusal["name"] == "notes.txt"
    assert "no image" in refusal["error"]


def test_upload__refuses_what_leads_out_of_a_zip_and_takes_the_rest(upload: Upload, app_env: Settings) -> None:
    report = upload({"all.zip": zipped({"../evil.png": png(), "good.png": png()})})
    assert names(report["items"]) == ["good.png"]
    assert names(report["refused"]) == ["../evil.png"]
    assert not list(app_env.data_dir.rglob("*evil*"))


def test_upload__refuses_the_same_name_twice(upload: Upload) -> None:
    assert names(upload({"fig.png": png()})["items"]) == ["fig.png"]
    report = upload({"fig.png": png(9), "a.zip": zipped({"new.png": png(11)}), "b.zip": zipped({"new.png": png(12)})})
    assert names(report["items"]) == ["new.png"]
    errors = {refusal["name"]: refusal["error"] for refusal in report["refused"]}
    assert "already" in errors["fig.png"]
    assert "twice" in errors["new.png"]


def test_upload__takes_the_same_content_and_says_so(upload: Upload) -> None:
    upload({"first.png": png()})
    report = upload({"again.png": png(), "new.png": png(20), "newer.png": png(20)})
    assert {item["name"]: item["duplicate_of"] for item in report["items"]} == {
        "again.png": "first.png",
        "new.png": None,
        "newer.png": "new.png",
    }


def test_upload__refuses_a_name_that_was_taken_while_it_decoded(
    upload: Upload, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = service.repository.find_names_by_hash

    def meanwhile(session: object, project_id: int, hashes: list[str]) -> dict[str, str]:
        monkeypatch.setattr(service.repository, "find_names_by_hash", look_up)
        upload({"fig.png": png(50)})
        return {}

    monkeypatch.setattr(service.repository, "find_names_by_hash", meanwhile)
    report = upload({"fig.png": png(10), "other.png": png(11)})
    assert names(report["items"]) == ["other.png"]
    assert "already" in report["refused"][0]["error"]
    assert len(stored_files(app_env)) == 4  # two images with their thumbnails: the late one's files are gone


def test_upload__into_a_project_that_is_deleted_while_it_decodes_keeps_nothing(
    owner: Person, project_id: int, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: object) -> dict[str, str]:
        owner.delete(f"/api/v1/projects/{project_id}")
        return {}

    monkeypatch.setattr(service.repository, "find_names_by_hash", meanwhile)
    answer = owner.post(f"/api/v1/projects/{project_id}/images", files={"files": ("fig.png", png())})
    assert (answer.status_code, stored_files(app_env)) == (409, [])
    assert "deleted meanwhile" in answer.json()["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no image"),
        (b"hello", "no image"),
        (jpeg(300, 300)[:-200], "cut short"),
        (png(400, 300), "more than the 100,000 allowed"),
        (zipped({})[:-4], "zip"),
    ],
)
def test_upload__says_why_a_file_is_refused(
    upload: Upload, app_env: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, reason: str
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, max_image_pixels=100_000)
    report = upload({"file": data})
    assert report["items"] == []
    assert reason in report["refused"][0]["error"]
    assert stored_files(app_env) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__refuses_more_than_the_limit(
    owner: Person, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, max_upload_mb=1)
    answer = owner.post(f"/api/v1/projects/{project_id}/images", files={"files": ("a.png", b"x" * 1_100_000)})
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["error"]
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    undeclared = owner.post(
        f"/api/v1/projects/{project_id}/images",
        content=chain([head], (b"x" * 100_000 for _ in range(12))),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert undeclared.status_code == 413
    assert stored_files(get_settings()) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__into_s3(
    upload: Upload, labeler: Person, tmp_path: Path, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, storage_url=s3_url)
    data = png(30, 20)
    (item,) = upload({"a.zip": zipped({"fig.png": data})})["items"]
    path = f"/api/v1/images/{item['id']}"
    assert labeler.get(f"{path}/file").content == data
    assert labeler.get(f"{path}/file", headers={"Range": "bytes=3-7"}).content == data[3:8]
    assert labeler.get(f"{path}/thumbnail").status_code == 200
    assert labeler.get(f"{path}/display").content == data
    assert labeler.delete(path).status_code == 204
    assert stored_files(get_settings()) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__wants_a_form_with_files(owner: Person, project_id: int) -> None:
    path = f"/api/v1/projects/{project_id}/images"
    assert owner.post(path, json={}).status_code == 415
    assert owner.post(path, files={"note": (None, "text")}).status_code == 422
    broken = owner.post(path, content=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert broken.status_code == 400


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__is_for_members(people: dict[str, Person], project_id: int) -> None:
    statuses = {
        name: person.post(f"/api/v1/projects/{project_id}/images", files={"files": (f"{name}.png", png())}).status_code
        for name, person in people.items()
    }
    assert statuses == {"owner": 201, "admin": 201, "developer": 201, "labeler": 201, "stranger": 404, "anonymous": 401}


def noisy_png(seed: int) -> bytes:
    """About 200 kB that do not shrink."""
    file = io.BytesIO()
    PillowImage.effect_noise((450, 450), 90 + seed).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("count", [4, 8])
def test_upload__on_a_full_disk_keeps_nothing_of_the_request(
    upload: Upload,
    labeler: Person,
    project_id: int,
    tmp_path: Path,
    small_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, storage_url=str(small_folder / "storage"))
    before = upload({"first.png": png()})["items"]
    kept = sorted(path for path in small_folder.rglob("*") if path.is_file())
    files = [("files", (f"{number}.png", noisy_png(number))) for number in range(count)]
    answer = labeler.post(f"/api/v1/projects/{project_id}/images", files=files)
    assert answer.status_code == 507
    assert "disk is full" in answer.json()["error"]
    assert sorted(path for path in small_folder.rglob("*") if path.is_file()) == kept
    with session_scope(read_only=True) as session:
        assert session.scalars(select(Image.id)).all() == [before[0]["id"]]
    assert names(upload({"later.png": png(9)})["items"]) == ["later.png"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__removes_the_files_when_the_database_fails(
    labeler: Person, project_id: int, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(service, "touch_project", fail)
    answer = labeler.post(f"/api/v1/projects/{project_id}/images", files={"files": ("a.png", png())})
    assert answer.status_code == 500
    assert stored_files(app_env) == []
    with session_scope(read_only=True) as session:
        assert session.scalar(select(func.count(Image.id))) == 0


@pytest.mark.skipif(not ODDITIES.is_dir(), reason="the shared data set oddities is not here")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_upload__takes_or_refuses_every_awkward_file(upload: Upload) -> None:
    files = {path.name: path.read_bytes() for path in sorted(ODDITIES.iterdir()) if path.name != "INDEX.tsv"}
    report = upload(files)
    taken = {item["name"]: (item["width"], item["height"]) for item in report["items"]}
    assert len(taken) + len(report["refused"]) == len(files)
    assert len(taken) >= 60
    assert all(refusal["error"] for refusal in report["refused"])
    for name, size in taken.items():
        if name.startswith("exif_landscape"):
            assert size == (1800, 1200), name
        if name.startswith("exif_portrait"):
            assert size == (1200, 1800), name


def test_intake__gives_keys_by_the_format_not_by_the_name(upload: Upload) -> None:
    upload({"really_a_png.jpg": png()})
    with session_scope(read_only=True) as session:
        image = session.scalars(select(Image)).one()
    assert image.storage_key.endswith(".png")
    assert image.thumbnail_key.endswith(intake.THUMBNAIL_SUFFIX)
