"""`maskwright export` and `maskwright import`, with this machine's database and with a server."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.cli.main import FAILED, WRONG_USE, run
from tests.conftest import Person
from tests.images.pictures import png
from tests.labels.conftest import FIRST_ID, polygon_instance
from tests.listening import listening

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PROJECTS = "/api/v1/projects"


@pytest.fixture
def labeled(owner: Person, project_id: int) -> int:
    """A project with one picture and one object on it."""
    path = f"{PROJECTS}/{project_id}"
    owner.post(f"{path}/labels", json={"name": "fig", "color": "#E69F00"})
    image = owner.post(f"{path}/images", files={"files": ("a.png", png(10, 8))}).json()["items"][0]
    body = {"items": [polygon_instance(FIRST_ID)]}
    assert owner.put(f"/api/v1/images/{image['id']}/instances", json=body, headers={"If-Match": '"0"'}).is_success
    return project_id


@pytest.fixture
def server(app: FastAPI, owner: Person) -> Iterator[str]:
    """The address of the application, at a port of its own."""
    with listening(app) as address:
        yield address


@pytest.fixture(params=["database", "server"])
def place(request: pytest.FixtureRequest, owner: Person) -> list[str]:
    """The options that say where the projects are."""
    if request.param == "database":
        return []
    return ["--url", request.getfixturevalue("server"), "--token", owner.token]


def said(capfd: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capfd.readouterr().out)


@pytest.mark.parametrize(("file_format", "suffix"), [("coco", "json"), ("maskwright", "json"), ("yolo", "zip")])
def test_export__writes_what_the_server_gives(
    labeled: int,
    owner: Person,
    place: list[str],
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file_format: str,
    suffix: str,
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run(["export", str(labeled), "--format", file_format, "--json", *place]) == 0
    name = owner.get(f"{PROJECTS}/{labeled}").json()["name"]
    file = Path(f"{name}-labels-{file_format}.{suffix}")
    answer = said(capfd)
    assert answer == {"project": labeled, "format": file_format, "file": str(file), "bytes": file.stat().st_size}
    assert list(Path.cwd().iterdir()) == [file.absolute()]
    given = owner.get(f"{PROJECTS}/{labeled}/labels/export", params={"format": file_format}).content
    if suffix == "json":
        assert file.read_bytes() == given
    else:
        assert zipfile.ZipFile(file).namelist() == zipfile.ZipFile(io.BytesIO(given)).namelist()


def test_export__to_standard_output(labeled: int, place: list[str], capfdbinary: Any) -> None:
    assert run(["export", str(labeled), "--output", "-", *place]) == 0
    assert json.loads(capfdbinary.readouterr().out)["annotations"][0]["image_id"] == 1


def test_import__labels_twice_changes_nothing(
    labeled: int, owner: Person, place: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "labels.json"
    file.write_bytes(owner.get(f"{PROJECTS}/{labeled}/labels/export").content)
    owner.delete(f"{PROJECTS}/{labeled}/labels/1")
    command = ["import", str(labeled), str(file), "--json", *place]
    assert run([*command, "--dry-run"]) == 0
    assert said(capfd)["instances_imported"] == 1
    assert owner.get(f"{PROJECTS}/{labeled}").json()["labeled_count"] == 0
    assert run(command) == 0
    report = said(capfd)
    assert (report["format"], report["instances_imported"], report["labels_created"]) == ("coco", 1, ["fig"])
    assert run([*command, "--format", "coco", "--mode", "merge"]) == 0
    assert said(capfd)["instances_skipped"] == 1
    assert run([*command[: -1 - len(place)], "--mode", "replace", *place]) == 0
    assert "coco: 1 objects imported, 0 left out, 1 replaced; 1 images found" in capfd.readouterr().out


def test_import__that_refuses_an_image_is_1_and_says_why(
    labeled: int, owner: Person, place: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = owner.get(f"{PROJECTS}/{labeled}/labels/export", params={"format": "maskwright"}).json()
    document["images"][0]["width"] = 11
    document["images"].append({**document["images"][0], "name": "none.png"})
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(document))
    assert run(["import", str(labeled), str(file), *place]) == FAILED
    out = capfd.readouterr().out
    assert "1 refused" in out
    assert "not in the project: none.png" in out
    assert "a.png: the file says 11 x 8 pixels" in out


def test_archive__goes_out_and_comes_in(
    labeled: int,
    make_person: Callable[..., Person],
    owner: Person,
    place: list[str],
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    root = make_person("root", is_admin=True)
    file = tmp_path / "fruit.zip"
    assert run(["export", str(labeled), "--format", "archive", "--output", str(file), *place]) == 0
    assert f"{file}: {file.stat().st_size:,} bytes" in capfd.readouterr().out
    assert run(["import", "--archive", str(file), "--json", *place]) == 0
    project = said(capfd)
    assert project["created_by"] == (owner if place else root).user_id
    images = root.get(f"{PROJECTS}/{project['id']}/images").json()["items"]
    assert root.get(f"/api/v1/images/{images[0]['id']}/instances").json()["items"][0]["id"] == FIRST_ID
    assert run(["import", "--archive", str(file), *place]) == 0
    assert "Fruit (3): 1 images, 1 of them labeled, 0 models" in capfd.readouterr().out


def test_import__of_an_archive_names_its_owner(
    labeled: int, owner: Person, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "fruit.zip"
    run(["export", str(labeled), "--format", "archive", "--output", str(file)])
    assert run(["import", "--archive", str(file)]) == FAILED
    assert "maskwright admin create" in capfd.readouterr().err
    assert run(["import", "--archive", str(file), "--owner", "nobody@example.com"]) == FAILED
    assert "nobody@example.com" in capfd.readouterr().err
    assert run(["import", "--archive", str(file), "--owner", owner.email]) == 0
    assert owner.get(PROJECTS).json()["total"] == 2


def test_archive__that_is_broken_is_1(
    labeled: int, owner: Person, place: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(png())
    arguments = place or ["--owner", owner.email]
    assert run(["import", "--archive", str(file), *arguments]) == FAILED
    assert "the archive cannot be imported" in capfd.readouterr().err
    assert run(["import", str(labeled), str(file), *place]) == FAILED


@pytest.mark.parametrize(
    "arguments",
    [
        ["export"],
        ["export", "one"],
        ["export", "1", "--format", "word"],
        ["export", "1", "--output", "-", "--json"],
        ["export", "1", "--output", "/no/such/folder/file"],
        ["export", "1", "--url", "http://127.0.0.1:1"],
        ["import"],
        ["import", "1"],
        ["import", "1", "/no/such/file"],
        ["import", "1", __file__, "--mode", "add"],
        ["import", "1", __file__, "--format", "word"],
        ["import", "1", __file__, "--archive", __file__],
        ["import", "--archive", __file__, "--dry-run"],
    ],
)
def test_run__wrong_use_is_2(labeled: int, capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert run(arguments) == WRONG_USE
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("command", [["export", "9"], ["import", "9", __file__]])
def test_run__of_a_project_that_is_not_there_is_1(
    labeled: int, place: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    output = ["--output", str(tmp_path / "out")] if command[0] == "export" else []
    assert run([*command, *output, *place]) == FAILED
    assert "there is no project 9" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://[", "ftp://example.com"])
def test_run__without_the_server_says_so(labeled: int, capfd: pytest.CaptureFixture[str], url: str) -> None:
    assert run(["export", "1", "--url", url, "--token", "t"]) == FAILED
    assert "check --url" in capfd.readouterr().err


@pytest.mark.parametrize("path", ["/login", "/static", "/healthz?"])
def test_run__at_another_address_says_so(
    labeled: int, owner: Person, server: str, capfd: pytest.CaptureFixture[str], path: str, tmp_path: Path
) -> None:
    for command in (["export", "1", "--output", str(tmp_path / "out")], ["import", "1", __file__]):
        assert run([*command, "--url", server + path, "--token", owner.token]) == FAILED
        assert capfd.readouterr().err != ""
        assert not (tmp_path / "out").exists()


def test_run__takes_the_token_from_the_environment(
    labeled: int, owner: Person, server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Any
) -> None:
    command = ["export", str(labeled), "--output", str(tmp_path / "out"), "--url", server]
    monkeypatch.setenv("MASKWRIGHT_TOKEN", "wrong")
    assert run(command) == FAILED
    assert "token" in capfd.readouterr().err
    monkeypatch.setenv("MASKWRIGHT_TOKEN", owner.token)
    assert run(command) == 0
    assert (tmp_path / "out").exists()
