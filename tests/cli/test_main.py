"""The command line: what it says, where, and its exit status."""

import gc
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.passwords import is_password
from app.cli import main
from app.cli.doctor import without_password
from app.db.engine import session_scope
from app.db.models import ApiToken, User
from app.settings import Settings, get_settings
from tests.conftest import PASSWORD, Person, use_settings
from tests.services import free_port

EMAIL = "admin@example.com"
CREATE = ["admin", "create", "--email", EMAIL, "--password-stdin"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line with something on its standard input: exit status, output, errors."""

    def run(*arguments: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        status = main.run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_help__names_every_command(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert re.findall(r"^  (\w+)  ", out, re.MULTILINE) == list(main.COMMANDS)


def test_help__is_quick_because_it_imports_little() -> None:
    code = "import sys; from app.cli.main import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: maskwright" in done.stdout
    for heavy in ("'typer'", "'sqlalchemy'", "'fastapi'", "'numpy'", "'celery'"):
        assert heavy not in done.stderr


def test_serve__starts_without_what_only_later_work_needs() -> None:
    code = "import sys, app.cli.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    late = {
        "alembic",
        "boto3",
        "celery",
        "httpx",
        "kombu",
        "onnxruntime",
        "openvino",
        "packaging",
        "redis",
        "rich",
        "torch",
    }
    assert late.isdisjoint(done.stdout.split())


def test_run__python_looks_for_cycles_after_the_import(run: Run) -> None:
    run("doctor", "--help")
    assert gc.isenabled()


@pytest.mark.parametrize("name", main.COMMANDS)
def test_command__has_help(run: Run, name: str) -> None:
    assert import_module(main.module_of(name)).cli
    status, out, _ = run(name, "--help")
    assert status == 0
    assert f"maskwright {name}" in out


@pytest.mark.parametrize(
    "arguments", [[], ["mirgate"], ["migrate", "--oops"], ["admin"], ["admin", "create"], ["token", "create"]]
)
def test_run__wrong_use_is_2(run: Run, arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert status == 2
    assert out == "" or "Usage" in out
    assert "Traceback" not in err


def test_run__suggests_a_command(run: Run) -> None:
    assert "perhaps you mean migrate" in run("mirgate")[2]


def test_run__a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, port="eighty")
    status, _, err = run("migrate")
    assert status == 1
    assert "MASKWRIGHT_PORT" in err
    assert len(err.splitlines()) == 1


def test_run__a_database_that_is_away_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, database_url=f"postgresql+psycopg://127.0.0.1:{free_port()}/x")
    status, _, err = run("migrate")
    assert status == 1
    assert "MASKWRIGHT_DATABASE_URL" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["up", "serve", "migrate"])
def test_run__a_data_folder_that_cannot_be_made_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    use_settings(monkeypatch, data_dir=tmp_path / "file" / "data")
    status, _, err = run(command)
    assert status == main.FAILED
    assert err == (
        f"maskwright {command}: the data folder {tmp_path}/file/data cannot be made (Not a directory): "
        "choose another with MASKWRIGHT_DATA_DIR\n"
    )


def test_serve__says_once_why_a_new_database_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "maskwright.db-journal").mkdir()
    environment = {**os.environ, "MASKWRIGHT_DATA_DIR": str(tmp_path), "MASKWRIGHT_PORT": str(free_port())}
    command = [sys.executable, "-m", "app.cli.main", "serve", "--migrate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert done.returncode == main.FAILED
    assert done.stderr.count("\n") == 1
    assert "the database cannot be used" in done.stderr


def test_migrate__from_nothing_and_again(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path)
    status, out, _ = run("migrate")
    assert (status, "from revision none to" in out) == (0, True)
    status, out, _ = run("migrate", "--json")
    answer = json.loads(out)
    assert (status, answer["before"]) == (0, answer["after"])


def test_admin_create__before_migrate_says_so(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path)
    status, _, err = run(*CREATE, given=PASSWORD)
    assert (status, "maskwright migrate" in err) == (1, True)


def test_admin_create__prints_the_token_alone_on_the_last_line(run: Run, app_env: Settings, anonymous: Person) -> None:
    status, out, _ = run(*CREATE, "--print-token", given=PASSWORD + "\n")
    token = out.splitlines()[-1]
    assert status == 0
    assert re.fullmatch(r"[0-9a-v]{26}", token)
    assert anonymous.get("/api/v1/me", headers={"X-Auth-token": token}).json()["is_admin"] is True
    signed_in = anonymous.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    assert signed_in.status_code == 200


def test_admin_create__repeated_changes_nothing(run: Run, app_env: Settings) -> None:
    run(*CREATE, given=PASSWORD)
    status, out, _ = run(*CREATE, "--print-token", given=PASSWORD)
    assert status == 0
    assert "already" in out
    with session_scope(read_only=True) as session:
        assert len(session.scalars(select(User)).all()) == 1
        assert len(session.scalars(select(ApiToken)).all()) == 1


def test_admin_create__does_not_take_over_an_account_unasked(run: Run, owner: Person) -> None:
    arguments = ["admin", "create", "--email", owner.email, "--password-stdin"]
    status, _, err = run(*arguments, given="another long password")
    assert (status, "--replace" in err) == (1, True)
    assert run(*arguments, "--replace", given="another long password")[0] == 0
    with session_scope(read_only=True) as session:
        user = session.scalars(select(User)).one()
        assert user.is_admin
        assert is_password("another long password", user.password_hash)


@pytest.mark.parametrize(("email", "password", "words"), [(EMAIL, "short", "password"), ("nobody", PASSWORD, "nobody")])
def test_admin_create__refuses_what_breaks_a_rule(
    run: Run, app_env: Settings, email: str, password: str, words: str
) -> None:
    status, _, err = run("admin", "create", "--email", email, "--password-stdin", given=password)
    assert (status, words in err) == (1, True)


def test_admin_create__without_terminal_asks_for_password_stdin(run: Run, app_env: Settings) -> None:
    status, _, err = run("admin", "create", "--email", EMAIL, given=PASSWORD)
    assert (status, "--password-stdin" in err) == (2, True)


def test_token_create__prints_a_token_that_works(run: Run, owner: Person, project_id: int) -> None:
    options = ["--scope", "predict", "--project", str(project_id), "--days", "7"]
    status, out, _ = run("token", "create", "--email", owner.email, *options)
    assert status == 0
    answer = owner.client.get("/api/v1/me", headers={"X-Auth-token": out.strip()})
    assert answer.status_code == 403
    listed = owner.get("/api/v1/tokens").json()["items"][0]
    assert (listed["scope"], listed["project_id"], listed["expires_at"] is None) == ("predict", project_id, False)


def test_token_create__for_nobody_says_so(run: Run, app_env: Settings) -> None:
    status, out, err = run("token", "create", "--email", "nobody@example.com")
    assert (status, out) == (1, "")
    assert "nobody@example.com" in err


def test_doctor__looks_at_everything(run: Run, owner: Person) -> None:
    status, out, _ = run("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(out)}
    assert status == 0
    assert findings["database"]["state"] == findings["storage"]["state"] == findings["broker"]["state"] == "ok"
    assert "maskwright admin create" in findings["admin"]["words"]
    assert {"python", "disk", "pages", "torch", "openvino", "prediction", "weights"} <= set(findings)


def test_doctor__fails_without_a_database(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_settings(monkeypatch, data_dir=tmp_path)
    status, out, _ = run("doctor")
    assert status == 1
    assert re.search(r"^failed +database .*maskwright migrate", out, re.MULTILINE)


def test_doctor__says_where_models_predict(run: Run, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for device, status, said in (
        ("cpu", 0, "ok +prediction +on the CPU, as MASKWRIGHT_PREDICT_DEVICE is cpu"),
        ("cuda:99", 1, "failed +prediction +predictions cannot run on cuda:99"),
    ):
        monkeypatch.setenv("MASKWRIGHT_PREDICT_DEVICE", device)
        get_settings.cache_clear()
        ended, out, _ = run("doctor")
        assert ended == status
        assert re.search(f"^{said}", out, re.MULTILINE)


def test_serve__says_in_one_line_that_a_gpu_does_not_answer(
    run: Run, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWRIGHT_PREDICT_DEVICE", "cuda:99")
    get_settings.cache_clear()
    status, _, said = run("serve", "--port", str(free_port()))
    assert status == 1
    assert "predictions cannot run on cuda:99, as MASKWRIGHT_PREDICT_DEVICE says" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://me:secret@db:5432/x", "postgresql+psycopg://me@db:5432/x"),
        ("redis://:secret@r:6379/0", "redis://@r:6379/0"),
        ("sqlite:////data/a.db", "sqlite:////data/a.db"),
        ("/data/broker", "/data/broker"),
    ],
)
def test_without_password__shows_the_rest(url: str, shown: str) -> None:
    assert without_password(url) == shown
