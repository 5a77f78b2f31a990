import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.db.enums import CheckpointKind, ModelStatus
from app.http import TOKEN_HEADER
from app.training.events import TrainingEvents
from tests.conftest import Person
from tests.services import free_port, wait_for_port
from tests.training.conftest import add_checkpoint, add_point, claim_model, set_status

Start = Callable[..., int]


@pytest.fixture(autouse=True)
def _polls_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.training.events.POLL_SECONDS", 0.01)


def parse(message: str) -> tuple[str, list[int]]:
    """A message's status and steps."""
    assert message.startswith("data: ")
    assert message.endswith("\n\n")
    news: dict[str, Any] = json.loads(message.removeprefix("data: "))
    return news["model"]["status"], [point["step"] for point in news["points"]]


def test_listen__tells_the_whole_of_an_ended_training_and_ends(start: Start, owner: Person) -> None:
    model_id = start()
    add_point(model_id, 10), add_point(model_id, 20)
    set_status(model_id, ModelStatus.READY)
    answer = owner.get(f"/api/v1/models/{model_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert parse(answer.text) == ("ready", [10, 20])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_listen__tells_each_listener_what_is_new_to_it(start: Start) -> None:
    model_id = start()
    claim_model()
    add_point(model_id, 10)

    async def listen() -> None:
        events = TrainingEvents()
        early, late = events.listen(model_id), events.listen(model_id)
        assert parse(await anext(early)) == ("training", [10])
        add_point(model_id, 20)
        assert parse(await anext(early)) == ("training", [20])
        assert parse(await anext(late)) == ("training", [10, 20])
        set_status(model_id, ModelStatus.READY)
        assert [parse(message) async for message in early] == [("ready", [])]
        assert [parse(message) async for message in late] == [("ready", [])]
        await events.close()

    asyncio.run(listen())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_listen__tells_all_points_again_when_a_training_goes_on_from_a_checkpoint(start: Start) -> None:
    model_id = start()
    claim_model()
    add_point(model_id, 10), add_point(model_id, 20)

    async def listen() -> None:
        events = TrainingEvents()
        listener = events.listen(model_id)
        assert parse(await anext(listener)) == ("training", [10, 20])
        add_checkpoint(model_id, CheckpointKind.LAST, step=10)
        set_status(model_id, ModelStatus.QUEUED)
        claim_model("another")
        while (news := parse(await anext(listener)))[1] == []:
            pass
        assert news == ("training", [10])
        await listener.aclose()
        await events.close()

    asyncio.run(listen())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_listen__tells_the_points_of_a_training_that_began_anew(start: Start) -> None:
    model_id = start()
    claim_model()
    add_point(model_id, 10)

    async def listen() -> None:
        events = TrainingEvents()
        listener = events.listen(model_id)
        assert parse(await anext(listener)) == ("training", [10])
        set_status(model_id, ModelStatus.QUEUED)  # its worker died before the first checkpoint
        claim_model("another")
        while parse(await anext(listener)) != ("training", []):
            pass
        add_point(model_id, 10)
        assert parse(await anext(listener)) == ("training", [10])
        await listener.aclose()
        await events.close()

    asyncio.run(listen())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_listen__ends_with_a_deleted_model(start: Start, owner: Person) -> None:
    model_id = start()

    async def listen() -> None:
        events = TrainingEvents()
        listener = events.listen(model_id)
        assert parse(await anext(listener)) == ("queued", [])
        assert (await asyncio.to_thread(owner.delete, f"/api/v1/models/{model_id}")).status_code == 204
        assert [message async for message in listener] == []
        await events.close()

    asyncio.run(listen())


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_listen__ends_when_the_server_does(start: Start, owner: Person) -> None:
    model_id = start()
    port = free_port()
    command = [sys.executable, "-m", "app.cli.main", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        wait_for_port(port)
        url = f"http://127.0.0.1:{port}/api/v1/models/{model_id}/events"
        with httpx.stream("GET", url, headers={TOKEN_HEADER: owner.token}, timeout=60, trust_env=False) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("data: ")
            server.terminate()
            assert all(line == "" for line in lines)  # an end that was asked for, not a cut connection
        server.wait(60)
