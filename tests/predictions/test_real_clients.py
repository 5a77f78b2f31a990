"""The clients that production code really uses, against the application on a port of its own.

Each asks in its own way: curl waits for "100 Continue", Java and chunked bodies name no length, a page in a browser
asks first whether it may, C# writes headers in its own case.
"""

import base64
import http.client
import io
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
import pytest
import requests
from fastapi import FastAPI
from PIL import Image

from tests.conftest import Person
from tests.listening import listening
from tests.services import find_chromium, skip_or_fail

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TRIES = 1200  # of a tenth of a second: a busy machine loads the model first

CURL_OPTIONS = [
    ["--data-binary", "@{image}", "-H", "Content-Type: application/octet-stream"],
    ["--data-binary", "@{image}", "-H", "Content-Type: image/png; name=picture.png"],
    ["--data-binary", "@{image}", "-H", "Content-Type:"],
    ["--data-binary", "@{image}", "-H", "Transfer-Encoding: chunked", "-H", "content-type: IMAGE/PNG"],
    ["--data-binary", "@{image}", "-H", "Content-Type: image/png", "-H", "Expect: 100-continue"],
    ["--data-binary", "@{image}", "-H", "Content-Type: image/png", "--http1.0"],
    ["-d", "@{json}", "-H", "Content-Type: application/json"],
    ["-d", "@{json}", "-H", "CONTENT-TYPE: Application/JSON ; Charset=UTF-8"],
]

JAVA = """
import java.io.*;
import java.net.*;
import java.nio.file.*;

public class Ask {
    public static void main(String[] arguments) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(arguments[0]).openConnection();
        connection.setRequestMethod("POST");
        connection.setRequestProperty("X-Auth-token", arguments[1]);
        connection.setRequestProperty("Content-Type", "application/octet-stream");
        connection.setDoOutput(true);
        if (arguments[3].equals("chunked")) connection.setChunkedStreamingMode(1000);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(Files.readAllBytes(Paths.get(arguments[2])));
        }
        boolean good = connection.getResponseCode() == 200;
        InputStream answer = good ? connection.getInputStream() : connection.getErrorStream();
        System.out.print(connection.getResponseCode() + " " + new String(answer.readAllBytes(), "UTF-8"));
    }
}
"""

PAGE = """
<!doctype html><meta charset="utf-8"><input id="file" type="file"><output id="answer"></output>
<script>
const ask = async (url, token) => {
  const file = document.querySelector("#file").files[0];
  const headers = {"X-Auth-token": token, "Content-Type": "application/octet-stream"};
  const answer = await fetch(url, {method: "POST", headers, body: file});
  return [answer.status, await answer.json()];
};
</script>
"""


@pytest.fixture(scope="module")
def png() -> bytes:
    picture = np.random.default_rng(5).integers(0, 255, (70, 90, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def image_path(png: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(png)
    return path


@pytest.fixture
def server(app: FastAPI, developer: Person) -> Iterator[str]:
    """The address of the application."""
    with listening(app) as address:
        yield address


@pytest.fixture
def path(project_id: int, model_id: int) -> str:
    return f"/api/predict/{project_id}/{quote('my model ü')}"


@pytest.fixture
def wanted(developer: Person, path: str, png: bytes) -> list[dict[str, Any]]:
    answer = developer.post(path, content=png, headers={"Content-Type": "application/octet-stream"})
    found: list[dict[str, Any]] = answer.json()
    assert answer.status_code == 200
    assert found, "the random model should find something, or these tests tell nothing"
    return found


def test_curl(server: str, developer: Person, path: str, image_path: Path, wanted: list[dict[str, Any]]) -> None:
    document = image_path.with_suffix(".json")
    document.write_text(json.dumps({"base64": base64.b64encode(image_path.read_bytes()).decode()}))
    for number, options in enumerate(CURL_OPTIONS):
        command = ["curl", "-sS", "-w", "\n%{http_code}", "-H", f"x-auth-TOKEN: {developer.token}"]
        command += [option.format(image=image_path, json=document) for option in options]
        ending = "/" if number % 2 else ""
        said = subprocess.run([*command, server + path + ending], capture_output=True, text=True, check=True).stdout
        body, status = said.rsplit("\n", 1)
        assert (status, json.loads(body)) == ("200", wanted), options


def test_curl__hears_why_before_it_has_sent_a_large_body(server: str, path: str, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(5_000_000))
    command = ["curl", "-sS", "-v", "-w", "%{size_upload}", "--data-binary", f"@{large}", "-H", "Expect: 100-continue"]
    said = subprocess.run(
        [*command, "-H", "X-Auth-token: wrong", server + path], capture_output=True, text=True, check=True
    )
    assert "< HTTP/1.1 401" in said.stderr
    assert json.loads(said.stdout[: said.stdout.rindex("}") + 1]).keys() == {"error"}
    assert int(said.stdout[said.stdout.rindex("}") + 1 :]) < 5_000_000


def test_requests(server: str, developer: Person, path: str, png: bytes, wanted: list[dict[str, Any]]) -> None:
    with requests.Session() as session:
        session.headers["X-Auth-token"] = developer.token
        of_bytes = session.post(server + path, data=png, headers={"Content-Type": "application/octet-stream"})
        streamed = session.post(server + path, data=iter([png[:50], png[50:]]), headers={"Content-Type": "image/png"})
        unnamed = session.post(f"{server}/api/predict/{path.split('/')[3]}/my model ü/", data=png)
        as_json = session.post(
            server + path, json={"base64": f"data:image/png;base64,{base64.b64encode(png).decode()}"}
        )
    for answer in (of_bytes, streamed, unnamed, as_json):
        assert (answer.status_code, answer.json()) == (200, wanted)


def test_requests__a_refused_body_leaves_the_connection_usable(
    server: str, developer: Person, path: str, png: bytes, wanted: list[dict[str, Any]]
) -> None:
    with requests.Session() as session:
        refused = session.post(server + path, data=bytes(3_000_000), headers={"X-Auth-token": "wrong"})
        answer = session.post(server + path, data=png, headers={"X-Auth-token": developer.token})
    assert refused.status_code == 401
    assert (answer.status_code, answer.json()) == (200, wanted)


@pytest.mark.skipif(shutil.which("java") is None or shutil.which("javac") is None, reason="there is no Java here")
@pytest.mark.parametrize("way", ["whole", "chunked"])
def test_java(
    server: str, developer: Person, path: str, image_path: Path, wanted: list[dict[str, Any]], way: str
) -> None:
    source = image_path.with_name("Ask.java")
    source.write_text(JAVA)
    command = ["java", str(source), server + path, developer.token, str(image_path), way]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.stdout.startswith("200 "), said.stdout + said.stderr
    assert json.loads(said.stdout.removeprefix("200 ")) == wanted


@pytest.mark.browser
def test_page_from_a_file(
    server: str, developer: Person, path: str, image_path: Path, wanted: list[dict[str, Any]]
) -> None:
    from playwright.sync_api import sync_playwright

    program = find_chromium()
    if program is None:
        skip_or_fail("Chromium is not on this machine: apt-get install chromium-headless-shell")
    page_path = image_path.with_suffix(".html")
    page_path.write_text(PAGE)
    with sync_playwright() as playwright:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        page = browser.new_page()
        page.goto(page_path.as_uri())
        page.set_input_files("#file", image_path)
        status, found = page.evaluate(f"ask('{server}{path}', '{developer.token}')")
        refused, words = page.evaluate(f"ask('{server}{path}', 'wrong')")
        browser.close()
    assert (status, found) == (200, wanted)
    assert (refused, list(words)) == (401, ["error"])  # the page may read why, too


def test_c_sharp(server: str, developer: Person, path: str, png: bytes, wanted: list[dict[str, Any]]) -> None:
    """HttpClient waits for "100 Continue", names its types without spaces, and sends the body in a write of its own."""
    address = urlsplit(server)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-AUTH-TOKEN: {developer.token}\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(png)}\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=60) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(png)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.loads(answer.read())) == (200, wanted)


def test_offer_of_http_2__as_newer_java_makes(
    server: str, developer: Person, path: str, png: bytes, wanted: list[dict[str, Any]]
) -> None:
    """HttpClient offers HTTP/2 with each request, and goes on in HTTP/1.1 where nobody takes the offer."""
    headers = {
        "X-Auth-token": developer.token,
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAAAAIAAAAB",
    }
    answer = requests.post(server + path, data=png, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()) == (200, wanted)


def test_caller_who_hangs_up__leaves_the_queue(
    server: str, developer: Person, app: FastAPI, path: str, png: bytes
) -> None:
    address = urlsplit(server)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Auth-token: {developer.token}\r\nContent-Length: {len(png)}\r\n\r\n"
    with app.state.predictions.gate.turn():
        with socket.create_connection((str(address.hostname), address.port or 80)) as connection:
            connection.sendall(head.encode() + png)
        for _ in range(TRIES):
            if 'status="499"' in requests.get(f"{server}/metrics", timeout=60).text:
                return
            time.sleep(0.1)
    raise AssertionError("the request still waits for its turn")


def test_eight_at_once__each_has_the_answer_to_its_own_image(
    server: str, developer: Person, path: str, png: bytes
) -> None:
    images = []
    for seed in range(5):
        file = io.BytesIO()
        pixels = np.random.default_rng(seed).integers(0, 255, (60 + 9 * seed, 100 - 7 * seed, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(file, "PNG")
        images.append(file.getvalue())

    def ask(number: int) -> Any:
        url = f"{server}{path}?mask=rle&min_score=10"
        return requests.post(
            url, data=images[number % 5], headers={"X-Auth-token": developer.token}, timeout=300
        ).json()

    alone = [ask(number) for number in range(5)]
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(ask, range(24)))
    assert answers == [alone[number % 5] for number in range(24)]
    assert len({json.dumps(answer) for answer in alone}) == 5
