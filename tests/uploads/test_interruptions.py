"""Broken connections, two senders at once, full disks."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image as PillowImage
from sqlalchemy import func, select

from app.db.engine import session_scope
from app.db.models import Image
from app.settings import Settings
from app.uploads import repository, service
from tests.conftest import Person, use_settings
from tests.images.pictures import encoded, png
from tests.uploads.conftest import PIECE, TusClient

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

Message = dict[str, Any]


def patch_by_hand(
    app: FastAPI, person: Person, location: str, messages: Callable[[], AsyncIterator[Message]], *, length: int
) -> int:
    """PATCH with a body whose arrival the test decides; the status."""
    sent = {"upload-offset": "0", "content-type": PIECE, "content-length": str(length), "x-auth-token": person.token}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": location,
        "raw_path": location.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    answers: list[Message] = []

    async def run() -> None:
        arriving = messages()

        async def receive() -> Message:
            return await anext(arriving)

        async def send(message: Message) -> None:
            answers.append(message)

        await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(run())
    status: int = answers[0]["status"]
    return status


def test_upload__keeps_what_came_before_the_connection_broke(app: FastAPI, tus: TusClient) -> None:
    data = png(30, 20)
    location = tus.begun("fig.png", len(data))

    async def broken() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": data[:40], "more_body": True}
        yield {"type": "http.request", "body": data[40:60], "more_body": True}
        yield {"type": "http.disconnect"}

    patch_by_hand(app, tus.person, location, broken, length=len(data))

    assert tus.offset(location) == 60
    assert tus.send(location, data[60:], offset=60).status_code == 204
    (item,) = tus.state(location)["report"]["items"]
    assert tus.person.get(f"/api/v1/images/{item['id']}/file").content == data


def test_upload__of_two_senders_at_once_takes_the_first_alone(app: FastAPI, tus: TusClient) -> None:
    data = png(30, 20)
    location = tus.begun("fig.png", len(data))
    statuses = []

    async def overtaken() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b"x" * 40, "more_body": True}
        answer = await asyncio.to_thread(tus.send, location, data[:50], offset=0)
        statuses.append(answer.status_code)
        yield {"type": "http.request", "body": b"x" * 30, "more_body": False}

    statuses.append(patch_by_hand(app, tus.person, location, overtaken, length=70))

    assert statuses == [204, 409]
    assert tus.offset(location) == 50
    tus.send(location, data[50:], offset=50)
    (item,) = tus.state(location)["report"]["items"]
    assert tus.person.get(f"/api/v1/images/{item['id']}/file").content == data


def test_upload__that_was_ended_meanwhile_keeps_no_piece(app: FastAPI, tus: TusClient, app_env: Settings) -> None:
    location = tus.begun("fig.png", 100)

    async def ended() -> AsyncIterator[Message]:
        yield {"type": "http.request", "body": b"x" * 40, "more_body": True}
        await asyncio.to_thread(tus.person.delete, location)
        yield {"type": "http.request", "body": b"x" * 30, "more_body": False}

    assert patch_by_hand(app, tus.person, location, ended, length=70) == 409
    assert [path for path in (app_env.data_dir / "storage").rglob("*") if path.is_file()] == []


def test_take_in__by_one_request_at_a_time(tus: TusClient, monkeypatch: pytest.MonkeyPatch) -> None:
    data = png()
    location = tus.begun("fig.png", len(data))
    upload_id, now = location.rpartition("/")[2], datetime.now(UTC)
    with session_scope() as session:
        assert repository.claim(session, upload_id, now=now, until=now + timedelta(minutes=1))
        assert not repository.claim(session, upload_id, now=now, until=now + timedelta(minutes=1))

    assert tus.send(location, data, offset=0).status_code == 409
    assert tus.offset(location) == len(data)
    assert tus.state(location)["report"] is None

    with session_scope() as session:  # the other's server has died, and its time is over
        repository.release(session, upload_id, until=now + timedelta(minutes=1))
    assert tus.send(location, b"", offset=len(data)).status_code == 204
    assert [item["name"] for item in tus.state(location)["report"]["items"]] == ["fig.png"]


def test_take_in__undoes_all_when_another_was_first(tus: TusClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim may end while its holder is still at work; images then come from whoever commits first."""
    data = png()
    location = tus.begun("fig.png", len(data))
    upload_images = service.upload_images

    def overtaken(*arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        with session_scope() as session:
            repository.store_report(session, location[-32:], {"items": [], "refused": []}, now=datetime.now(UTC))
        return upload_images(*arguments, **options)

    monkeypatch.setattr(service, "upload_images", overtaken)

    assert tus.send(location, data, offset=0).status_code == 409
    with session_scope(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Image)) == 0


@sqlite_alone
def test_take_in__on_a_full_disk_can_be_tried_again(
    tus: TusClient, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, storage_url=str(small_folder / "storage"))
    noise = np.random.default_rng(1).integers(0, 256, (450, 450, 3), np.uint8)
    data = encoded(PillowImage.fromarray(noise), "PNG")
    assert 600_000 < len(data) < 700_000  # it fits once, not twice
    location = tus.begun("fig.png", len(data))

    answer = tus.send(location, data, offset=0)

    assert answer.status_code == 507, answer.text
    assert tus.offset(location) == len(data)
    assert tus.state(location)["report"] is None
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_folder)], check=True)
    assert tus.send(location, b"", offset=len(data)).status_code == 204
    assert [item["name"] for item in tus.state(location)["report"]["items"]] == ["fig.png"]
