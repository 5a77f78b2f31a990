"""A bundle as a person starts it: ./run.sh, its failures in one line each, and its answers over the network."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.bundle.runtime.application import predict_path
from app.bundle.runtime.manifest import read_manifest
from app.db.enums import Speed
from tests.bundle.conftest import IMAGES, QUERIES, SPEEDS, Made
from tests.bundle.starting import ask, run_sh, running
from tests.services import free_port

CLIENTS, REQUESTS = 8, 24

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Path:
    """A bundle whose files may be exchanged; changing one in place would change all copies."""
    return Path(shutil.copytree(made.bundle(), tmp_path / "bundle", copy_function=os.link))


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("speed", SPEEDS)
def test_server__answers_as_the_one_that_made_the_bundle(made: Made, speed: Speed) -> None:
    """Each image in each form, byte for byte; then many at once, each with the answer to its own image."""
    bundle = made.bundle(speed=speed)
    path = predict_path(read_manifest(bundle))
    with running(bundle) as server:
        assert server.url in server.greeting
        for number in range(1, IMAGES + 1):
            for query in QUERIES:
                answered = ask(f"{server.url}{path}?{query}", made.image(number))
                wanted = made.answer(speed, number, query)
                assert comparable(answered, query) == comparable(wanted, query)
        numbers = [1 + number % IMAGES for number in range(REQUESTS)]
        with ThreadPoolExecutor(CLIENTS) as callers:
            answers = list(callers.map(lambda number: ask(f"{server.url}{path}", made.image(number)), numbers))
        assert answers == [made.answer(speed, number, "") for number in numbers]
        assert len(set(answers)) > 1


def comparable(body: bytes, query: str) -> Any:
    """A zip without its files' times."""
    if "format=masks" not in query:
        return body
    with zipfile.ZipFile(BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_selftest__passes_as_it_was_made(made: Made) -> None:
    done = run_sh(made.bundle(), "--selftest", "--token", "x")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("to the last digit") == 3
    assert "The selftest passed." in done.stdout


def test_selftest__fails_where_the_model_answers_otherwise(copy: Path) -> None:
    expected = json.loads((copy / "golden" / "expected.json").read_bytes())
    for one in expected["images"]:
        one["answer"][0]["score"] = 5.0
    change_and_vouch(copy, "golden/expected.json", json.dumps(expected).encode())
    done = run_sh(copy, "--selftest")
    assert done.returncode == 1
    assert "The selftest failed." in done.stdout


def test_check__and_what_is_wrong_in_one_line(copy: Path) -> None:
    assert run_sh(copy, "--check").returncode == 0
    graph = (copy / "model" / "detector.onnx").read_bytes()
    replace(copy / "model" / "detector.onnx", graph[:-1] + bytes([graph[-1] ^ 1]))
    refused_in_words(run_sh(copy), "model/detector.onnx is damaged or was changed")
    replace(copy / "model" / "detector.onnx", graph)
    (copy / "server" / "app" / "masks" / "rle.py").unlink()
    refused_in_words(run_sh(copy, "--check"), "server/app/masks/rle.py is missing")


def test_start__by_a_link_from_elsewhere(made: Made, tmp_path: Path) -> None:
    (tmp_path / "run.sh").symlink_to(made.bundle() / "run.sh")
    assert run_sh(tmp_path, "--check").returncode == 0


def test_model__of_another_format(copy: Path) -> None:
    meta = json.loads((copy / "model" / "model.json").read_bytes())
    change_and_vouch(copy, "model/model.json", json.dumps(meta | {"format_version": 2}).encode())
    refused_in_words(run_sh(copy, "--port", str(free_port())), "format version 2")


def test_start__port_taken_and_other_wrong_use(made: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused_in_words(run_sh(made.bundle(), "--port", port), f"port {port} at 127.0.0.1 is taken")
    refused_in_words(run_sh(made.bundle(), "--host", "192.0.2.1"), "cannot listen at 192.0.2.1")
    for wrong in (["--port", "http"], ["--token", "Schlüssel"], ["--colour"], ["--check", "--selftest"]):
        assert run_sh(made.bundle(), *wrong).returncode == 2


def test_start__with_an_empty_token(made: Made) -> None:
    """A secret that was not filled in must not open the door to everybody."""
    for refused in (run_sh(made.bundle(), "--token", ""), run_sh(made.bundle(), MASKWRIGHT_TOKEN="")):
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "the token is empty" in refused.stderr


def test_start__without_a_python_that_is_new_enough(made: Made, tmp_path: Path) -> None:
    """Only an older Python is found; then a new one, but no place for its environment."""
    for name in ("sh", "dirname", "readlink", "cmp"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    none = run_sh(made.bundle(), PATH=str(tmp_path), MASKWRIGHT_BUNDLE_PYTHON="")
    refused_in_words(none, "Python 3.11 or newer is needed")
    refused_in_words(run_sh(made.bundle(), MASKWRIGHT_BUNDLE_PYTHON=str(old)), "older than Python 3.11")
    unwritable = run_sh(made.bundle(), MASKWRIGHT_BUNDLE_PYTHON="", MASKWRIGHT_BUNDLE_VENV="/proc/venv")
    refused_in_words(unwritable, "/proc/venv cannot be written")


def test_start__leaves_a_folder_alone_that_is_no_environment(made: Made, tmp_path: Path) -> None:
    """Making an environment deletes what lies in its folder."""
    (tmp_path / "thesis.txt").write_text("years of work")
    named = run_sh(made.bundle(), MASKWRIGHT_BUNDLE_PYTHON="", MASKWRIGHT_BUNDLE_VENV=str(tmp_path))
    refused_in_words(named, f"{tmp_path} holds other files")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def refused_in_words(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def change_and_vouch(bundle: Path, name: str, content: bytes) -> None:
    """Exchange a file and its hash: a bundle that was made so."""
    replace(bundle / name, content)
    manifest = json.loads((bundle / "manifest.json").read_bytes())
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    replace(bundle / "manifest.json", json.dumps(manifest).encode())
