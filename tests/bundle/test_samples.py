"""The samples that lie in a bundle, run as a person would; and its page in a browser."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import AF_INET
from typing import Any

import psutil
import pytest

from app.db.enums import Speed
from tests.bundle.conftest import Made
from tests.bundle.starting import Running, running
from tests.services import skip_or_fail

TOKEN = "open sesame"
BROWSER_MS = 120_000  # a busy machine takes long

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(made: Made) -> Iterator[Running]:
    with running(made.bundle(), "--token", TOKEN, "--host", "0.0.0.0") as server:
        yield server


@pytest.fixture
def wanted(made: Made) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(made.answer(Speed.SLOW, 1, ""))
    return found


def run_sample(command: list[str], made: Made, server: Running, token: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, str(made.folder / "1.png")],
        cwd=made.bundle() / "samples",
        env=os.environ | {"SERVER": server.url, "TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )


def test_greeting__says_where_other_machines_find_it(server: Running) -> None:
    lines = server.greeting.splitlines()
    assert lines[0].endswith(server.url)
    port = server.url.rpartition(":")[2]
    for address in own_addresses():
        assert f"  from other machines and phones: http://{address}:{port}" in lines


def test_curl(made: Made, server: Running, wanted: list[dict[str, Any]]) -> None:
    assert json.loads(run_sample(["sh", "curl.sh"], made, server, TOKEN).stdout) == wanted
    refused = run_sample(["sh", "curl.sh"], made, server, "wrong")
    assert refused.returncode != 0
    assert "X-Auth-token" in json.loads(refused.stdout)["error"]


def test_python(made: Made, server: Running, wanted: list[dict[str, Any]]) -> None:
    said = run_sample([sys.executable, "-I", "predict.py"], made, server, TOKEN).stdout
    assert said.splitlines() == [
        " ".join(str(one[key]) for key in ("label", "score", "x0", "y0", "x1", "y1")) for one in wanted
    ]
    refused = run_sample([sys.executable, "-I", "predict.py"], made, server, "wrong")
    assert refused.returncode == 1
    assert "X-Auth-token" in json.loads(refused.stderr)["error"]


@pytest.mark.skipif(shutil.which("java") is None or shutil.which("javac") is None, reason="there is no Java here")
def test_java(made: Made, server: Running, wanted: list[dict[str, Any]]) -> None:
    done = run_sample(["java", "Predict.java"], made, server, TOKEN)
    assert json.loads(done.stdout) == wanted, done.stderr


def test_c_sharp__asks_at_the_same_address(made: Made, server: Running) -> None:
    """There is no C# here to run it with."""
    samples = made.bundle() / "samples"
    address = '"/api/predict/1/my%20model%20%C3%BC"'
    assert address in (samples / "Predict.cs").read_text()
    assert address in (samples / "Predict.java").read_text()


@pytest.mark.browser
def test_page__and_the_sample_of_one_in_a_browser(
    made: Made, server: Running, wanted: list[dict[str, Any]], tmp_path: Path
) -> None:
    program = shutil.which("chromium")
    if program is None:
        skip_or_fail("chromium is not on this machine: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    sample = tmp_path / "page.html"
    text = (made.bundle() / "samples" / "page.html").read_text()
    sample.write_text(text.replace("http://127.0.0.1:8000", server.url).replace('token = ""', f'token = "{TOKEN}"'))
    image = made.folder / "1.png"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        page = browser.new_page()
        page.set_default_timeout(BROWSER_MS)
        page.goto(sample.as_uri())
        page.set_input_files("#image", image)
        expect(page.locator("#answer")).to_contain_text("label", timeout=BROWSER_MS)
        assert json.loads(page.locator("#answer").inner_text()) == wanted

        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(server.url)
        page.get_by_label("Token").fill(TOKEN)
        with page.expect_response(lambda answer: "/api/predict/" in answer.url) as asked:
            page.locator('input[type="file"]').first.set_input_files(image)
        assert asked.value.status == 200
        expect(page.locator('[data-state="done"]')).to_be_visible(timeout=BROWSER_MS)
        browser.close()
    assert problems == []


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses but for loopback, by another way than the server's."""
    found = [one.address for addresses in psutil.net_if_addrs().values() for one in addresses if one.family == AF_INET]
    return [address for address in found if not address.startswith("127.")]
