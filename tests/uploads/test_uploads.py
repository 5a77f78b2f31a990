"""Uploads in pieces, from the first byte to the images."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import func, select, update

from app.db.engine import session_scope
from app.db.models import Image, Upload
from app.settings import Settings
from app.storage.blobs import get_blob_store
from app.uploads import receiving, service
from tests.conftest import Person, use_settings
from tests.images.pictures import png, zipped
from tests.s3 import s3_endpoint, s3_url
from tests.uploads.conftest import PIECE, TusClient

__all__ = ["s3_endpoint", "s3_url"]  # fixtures

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def pieces_of(settings: Settings) -> list[str]:
    """What lies in storage of uploads, and what was left on the way there."""
    storage = settings.data_dir / "storage"
    files = [path.relative_to(storage) for path in storage.rglob("*") if path.is_file()]
    return [path.name for path in files if {"uploads", "tmp"} & set(path.parts)]


def test_upload__in_pieces_becomes_an_image(tus: TusClient, app_env: Settings) -> None:
    data = png(30, 20)
    location = tus.begun("left/fig.png", len(data))

    for start in range(0, len(data), 50):
        answer = tus.send(location, data[start : start + 50], offset=start)
        assert answer.status_code == 204, answer.text
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert int(answer.headers["Upload-Offset"]) == tus.offset(location) == min(start + 50, len(data))

    (item,) = tus.state(location)["report"]["items"]
    assert (item["name"], item["width"], item["height"]) == ("left/fig.png", 30, 20)
    assert tus.person.get(f"/api/v1/images/{item['id']}/file").content == data
    assert pieces_of(app_env) == []


def test_upload__with_its_bytes_at_once_answers_the_report(tus: TusClient, project_id: int) -> None:
    packed = zipped({"a/1.png": png(), "notes.txt": b"hello"})

    answer = tus.begin("all.zip", len(packed), first=packed)

    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(len(packed))
    upload_id = answer.headers["Location"].rpartition("/")[2]
    assert answer.headers["Location"] == f"/api/v1/projects/{project_id}/uploads/{upload_id}"
    state = answer.json()
    assert [item["name"] for item in state["report"]["items"]] == ["a/1.png"]
    assert [refusal["name"] for refusal in state["report"]["refused"]] == ["notes.txt"]
    assert state | {"expires_at": "", "report": None} == {
        "id": upload_id,
        "name": "all.zip",
        "byte_size": len(packed),
        "offset": len(packed),
        "expires_at": "",
        "report": None,
    }


@sqlite_alone
def test_upload__tells_of_content_that_is_there_already(tus: TusClient) -> None:
    data = png()
    tus.begin("first.png", len(data), first=data)

    report = tus.begin("second.png", len(data), first=data).json()["report"]

    assert [(item["name"], item["duplicate_of"]) for item in report["items"]] == [("second.png", "first.png")]
    again = tus.begin("first.png", len(data), first=data).json()["report"]
    assert again["items"] == []
    assert "already" in again["refused"][0]["error"]


@sqlite_alone
def test_upload__of_no_bytes_is_whole_at_once(tus: TusClient) -> None:
    report = tus.begin("nothing.png", 0).json()["report"]

    assert [refusal["name"] for refusal in report["refused"]] == ["nothing.png"]


@sqlite_alone
def test_upload__of_a_long_body_counts_while_it_arrives(tus: TusClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "PIECE_BYTES", 20)
    location = tus.begun("fig.png", 100)
    with session_scope(read_only=True) as session:
        receiver = receiving.PieceReceiver(session.scalars(select(Upload)).one(), get_blob_store())
    offsets = []

    for block in (b"a" * 7, b"b" * 7, b"c" * 7, b"d" * 7):
        receiver.write(block)
        offsets.append(tus.offset(location))
    receiver.store()

    assert [*offsets, tus.offset(location)] == [0, 0, 21, 21, 28]
    pieces = [get_blob_store().read_bytes(key) for key in receiver.upload.pieces]
    assert pieces == [b"aaaaaaabbbbbbbccccccc", b"ddddddd"]


@sqlite_alone
def test_upload__through_s3(tus: TusClient, s3_url: str, app_env: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=app_env.resolved_database_url, storage_url=s3_url)
    data = png(30, 20)
    location = tus.begun("fig.png", len(data))

    tus.send(location, data[:60], offset=0)
    answer = tus.send(location, data[60:], offset=60)

    assert answer.status_code == 204, answer.text
    (item,) = tus.state(location)["report"]["items"]
    assert tus.person.get(f"/api/v1/images/{item['id']}/file").content == data


def test_list_uploads__gives_ones_own_that_are_not_finished(
    tus: TusClient, owner: Person, make_tus: Callable[[Person], TusClient]
) -> None:
    begun = [tus.begun(f"{number}.png", 100).rpartition("/")[2] for number in range(3)]
    tus.begin("whole.png", len(png()), first=png())
    make_tus(owner).begun("another's.png", 100)

    first = tus.person.get(f"{tus.path}?limit=2").json()
    rest = tus.person.get(tus.path, params={"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [item["id"] for item in first["items"] + rest["items"]] == begun
    assert (first["total"], rest["next_cursor"]) == (3, None)


@sqlite_alone
def test_upload__is_seen_by_its_uploader_and_by_admins(
    people: dict[str, Person], tus: TusClient, make_tus: Callable[[Person], TusClient]
) -> None:
    location = tus.begun("fig.png", 100)

    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        seen = {"GET": 200, "HEAD": 200, "PATCH": 415, "DELETE": 204}[method]
        for name in ("developer", "stranger"):
            assert people[name].request(method, location).status_code == 404, (method, name)
        assert people["anonymous"].request(method, location).status_code == 401
        assert people["admin"].request(method, location).status_code == seen
    data = png()
    location = tus.begun("given.png", len(data))
    assert make_tus(people["admin"]).send(location, data, offset=0).status_code == 204
    with session_scope(read_only=True) as session:
        assert session.scalars(select(Image.uploaded_by)).one() == tus.person.user_id


def test_delete_upload__forgets_what_has_come(tus: TusClient, app_env: Settings) -> None:
    location = tus.begun("fig.png", 100)
    tus.send(location, b"x" * 40, offset=0)
    assert len(pieces_of(app_env)) == 1

    assert tus.person.delete(location).status_code == 204

    assert pieces_of(app_env) == []
    assert tus.person.get(location).status_code == 404
    assert "begin a new one" in tus.send(location, b"x", offset=40).json()["error"]


def test_remove_expired__removes_what_nobody_went_on_with(tus: TusClient, app_env: Settings) -> None:
    old, young = tus.begun("old.png", 100), tus.begun("young.png", 100)
    for location in (old, young):
        tus.send(location, b"x" * 40, offset=0)
    expires = parsedate_to_datetime(tus.person.request("HEAD", old).headers["Upload-Expires"])
    assert expires - datetime.now(UTC) > timedelta(hours=23, minutes=59)
    with session_scope() as session:
        past = datetime.now(UTC) - timedelta(hours=25)
        session.execute(update(Upload).where(Upload.id == old.rpartition("/")[2]).values(changed_at=past))

    assert service.remove_expired() == 1

    assert (tus.person.get(old).status_code, tus.person.get(young).status_code) == (404, 200)
    assert len(pieces_of(app_env)) == 1


@sqlite_alone
def test_delete_project__takes_unfinished_uploads_along(
    tus: TusClient, owner: Person, project_id: int, app_env: Settings
) -> None:
    tus.send(tus.begun("fig.png", 100), b"x" * 40, offset=0)

    owner.delete(f"/api/v1/projects/{project_id}")

    assert pieces_of(app_env) == []
    with session_scope(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Upload)) == 0


@sqlite_alone
def test_upload__says_what_it_cannot_take(tus: TusClient, app_env: Settings) -> None:
    location = tus.begun("fig.png", 100)
    over = app_env.max_upload_bytes + 1
    metadata = {"Upload-Metadata": "filename Zmln"}
    refused = {
        "too large": (tus.begin("a.png", over), 413, "MAX_UPLOAD_MB"),
        "no length": (tus.person.post(tus.path, headers=metadata), 400, "Upload-Length"),
        "negative": (tus.begin("a.png", -1), 400, "Upload-Length"),
        "no name": (tus.begin("a.png", 1, **{"Upload-Metadata": "filetype eA=="}), 400, "filename"),
        "no base64": (tus.begin("a.png", 1, **{"Upload-Metadata": "filename !"}), 400, "base64"),
        "no UTF-8": (tus.begin("a.png", 1, **{"Upload-Metadata": "filename /w=="}), 400, "UTF-8"),
        "bad name": (tus.begin("../a.png", 1), 422, "leads out"),
        "other body": (tus.person.post(tus.path, json={}, headers={"Upload-Length": "1"}), 415, PIECE),
        "other type": (tus.send(location, b"x", offset=0, **{"Content-Type": "image/png"}), 415, PIECE),
        "no offset": (tus.person.patch(location, headers={"Content-Type": PIECE}), 400, "Upload-Offset"),
        "other offset": (tus.send(location, b"x", offset=1), 409, "goes on, which is 0"),
        "more than said": (tus.send(location, b"x" * 101, offset=0), 413, "lacks 100"),
        "other version": (tus.send(location, b"x", offset=0, **{"Tus-Resumable": "0.2.2"}), 412, "1.0.0"),
        "no such": (tus.send(f"{tus.path}/{'0' * 32}", b"x", offset=0), 404, "no upload"),
        "no id": (tus.send(f"{tus.path}/x", b"x", offset=0), 404, "nothing"),
    }
    for case, (answer, status, words) in refused.items():
        assert (case, answer.status_code) == (case, status)
        assert words in answer.json()["error"], case
        assert answer.headers["Tus-Resumable"] == "1.0.0", case
    assert tus.offset(location) == 0
    assert pieces_of(app_env) == []


@sqlite_alone
def test_upload__that_is_finished_takes_no_more(tus: TusClient) -> None:
    data = png()
    location = tus.begin("fig.png", len(data), first=data).headers["Location"]

    assert tus.send(location, b"", offset=len(data)).status_code == 204  # a retry whose answer was lost
    assert tus.send(location, data, offset=0).status_code == 409
    assert tus.send(location, b"x", offset=len(data)).status_code == 413


@sqlite_alone
def test_options__tell_what_the_server_can(tus: TusClient, anonymous: Person, app_env: Settings) -> None:
    for path in (tus.path, f"{tus.path}/{'0' * 32}"):
        answer = anonymous.request("OPTIONS", path)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
        assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,termination,expiration"
        assert answer.headers["Tus-Max-Size"] == str(app_env.max_upload_bytes)


@sqlite_alone
def test_head__gives_back_what_was_said_and_forbids_caches(tus: TusClient) -> None:
    location = tus.begun("fig.png", 100)

    headers = tus.person.request("HEAD", location).headers

    assert (headers["Upload-Length"], headers["Cache-Control"]) == ("100", "no-store")
    assert headers["Upload-Metadata"] == "filename ZmlnLnBuZw==,filetype aW1hZ2UvcG5n"


@sqlite_alone
def test_method_override__speaks_for_clients_that_can_only_post(tus: TusClient) -> None:
    location = tus.begun("fig.png", 100)
    sent = {"Upload-Offset": "0", "Content-Type": PIECE}

    answer = tus.person.post(location, headers=sent | {"X-HTTP-Method-Override": "PATCH"}, content=b"x" * 30)

    assert (answer.status_code, tus.offset(location)) == (204, 30)
    assert tus.person.post(location, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert tus.person.get(location).status_code == 404
