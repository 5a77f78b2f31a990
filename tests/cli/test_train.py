import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.cli.main import FAILED, WRONG_USE, run
from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Model
from app.settings import Settings
from app.training import lifecycle
from tests.training.conftest import set_status
from tests.training.labeled import add_labeled_images

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_train__says_that_there_is_no_project(app_env: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--project", "9", "--name", "m"]) == FAILED
    assert "there is no project 9" in capfd.readouterr().err


def test_train__refuses_a_name_that_no_model_can_have(app_env: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--project", "1", "--name", "a/b"]) == WRONG_USE
    assert "no slash" in capfd.readouterr().err


@pytest.mark.parametrize(("end", "status"), [(ModelStatus.READY, 0), (ModelStatus.FAILED, FAILED)])
def test_train__waits_for_the_worker_that_is_alive(
    project_id: int, capfd: pytest.CaptureFixture[str], end: ModelStatus, status: int
) -> None:
    with session_scope() as session:
        add_labeled_images(session, project_id, ["fig"] * 2)
        lifecycle.beat(session, "worker", hostname="desk", device="CPU")
    with ThreadPoolExecutor(1) as pool:
        command = pool.submit(run, ["train", "--project", str(project_id), "--name", "m", "--minutes", "2", "--json"])
        while not command.done() and not list_models():
            pass
        set_status(1, end)
        assert command.result() == status
    model = json.loads(capfd.readouterr().out)
    assert (model["name"], model["status"], model["config"]["train_minutes"]) == ("m", end.value, 2.0)


def list_models() -> list[int]:
    with session_scope(read_only=True) as session:
        return list(session.scalars(select(Model.id)))
