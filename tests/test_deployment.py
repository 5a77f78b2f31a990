"""The deployment files name paths, commands, ports and variables that the code really has."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMMANDS = {path.stem for path in (ROOT / "app" / "cli").glob("*.py")}


def settings_variables() -> set[str]:
    return {f"MASKWRIGHT_{name.upper()}" for name in Settings.model_fields}


def maskwright_services() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def test_compose__has_the_services_of_the_design() -> None:
    assert {"postgres", "redis", "app", "worker", "worker-gpu"} == set(COMPOSE["services"])
    assert COMPOSE["services"]["worker-gpu"]["profiles"] == ["gpu"]


@pytest.mark.parametrize("name", maskwright_services())
def test_compose__sets_variables_that_are_settings(name: str) -> None:
    variables = set(maskwright_services()[name]["environment"])
    assert variables
    assert variables <= settings_variables()


@pytest.mark.parametrize("name", maskwright_services())
def test_compose__builds_a_stage_of_the_dockerfile(name: str) -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)
    assert maskwright_services()[name]["build"]["target"] in stages


@pytest.mark.parametrize("name", maskwright_services())
def test_compose__waits_for_services_that_exist(name: str) -> None:
    service = maskwright_services()[name]
    assert set(service["depends_on"]) <= set(COMPOSE["services"])


def test_compose__publishes_the_port_that_the_image_listens_on() -> None:
    (port,) = COMPOSE["services"]["app"]["ports"]
    inside = port.rsplit(":", 1)[1]
    assert f"EXPOSE {inside}" in DOCKERFILE
    assert f"MASKWRIGHT_PORT={inside}" in DOCKERFILE
    assert f"127.0.0.1:{inside}/healthz" in DOCKERFILE
    assert int(inside) == Settings.model_fields["port"].default


def test_compose__data_lies_on_the_shared_volume() -> None:
    for service in maskwright_services().values():
        data_dir = service["environment"]["MASKWRIGHT_DATA_DIR"]
        assert f"data:{data_dir}" in service["volumes"]
        assert f"VOLUME {data_dir}" in DOCKERFILE
    assert set(COMPOSE["volumes"]) == {"data", "postgres", "redis"}


def test_dockerfile__sets_variables_that_are_settings() -> None:
    assert set(re.findall(r"MASKWRIGHT_[A-Z_]+", DOCKERFILE)) <= settings_variables()


def test_dockerfile__copies_paths_that_exist() -> None:
    made_by_the_build = {"static/build", "/src/static/build"}
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    sources = {source for line in copied for source in line if not source.startswith("--")} - made_by_the_build
    assert sources
    assert [source for source in sorted(sources) if not (ROOT / source).exists()] == []


def test_dockerfile__runs_commands_that_exist() -> None:
    commands = set(re.findall(r'maskwright"?,? "?([a-z]+)', DOCKERFILE)) - {"chown"}
    assert {"migrate", "serve", "worker"} <= commands
    assert commands & {"migrate", "serve", "worker"} <= COMMANDS


def test_dockerfile__installs_extras_that_the_package_has() -> None:
    extras = set(re.findall(r"\.\[([a-z]+)\]", DOCKERFILE))
    project = (ROOT / "pyproject.toml").read_text()
    assert extras == {"worker"}
    assert all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in extras)
