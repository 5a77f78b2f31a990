import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.errors import BadRequest, PayloadTooLarge, Unprocessable
from app.images.fetch_url import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS, fetch_image
from app.url_allowance import UrlAllowance

PAUSE_SECONDS = 0.08
LOOPBACK = UrlAllowance.parse("127.0.0.0/8")
NOTHING = UrlAllowance()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path.split("/")[1]:
            case "image":
                self.answer(200, b"picture")
            case "host":
                self.answer(200, self.headers["Host"].encode())
            case "sign-in":
                self.answer(200, self.headers.get("Authorization", "none").encode())
            case "redirect":
                self.answer(302, b"", location=self.path.removeprefix("/redirect/"))
            case "loop":
                self.answer(302, b"", location="/loop")
            case _:
                self.answer(404, b"")

    def answer(self, status: int, body: bytes, location: str | None = None) -> None:
        self.send_response(status)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield f"127.0.0.1:{web.server_port}"
        web.shutdown()
        thread.join()


def test_fetch_image__returns_the_body(server: str) -> None:
    assert fetch_image(f"http://{server}/image", allowance=LOOPBACK, max_bytes=100) == b"picture"


def test_fetch_image__sends_the_name_while_it_connects_to_the_address(server: str) -> None:
    port = server.rsplit(":", 1)[1]
    url = f"http://localhost:{port}/host"
    allowance = UrlAllowance.parse("localhost")
    assert fetch_image(url, allowance=allowance, max_bytes=100) == f"localhost:{port}".encode()


def test_fetch_image__follows_a_redirect_to_an_allowed_address(server: str) -> None:
    assert fetch_image(f"http://{server}/redirect//image", allowance=LOOPBACK, max_bytes=100) == b"picture"


def test_fetch_image__checks_each_redirect(server: str) -> None:
    url = f"http://{server}/redirect/http://169.254.169.254/latest/meta-data"
    with pytest.raises(Unprocessable, match=r"169\.254\.169\.254"):
        fetch_image(url, allowance=LOOPBACK, max_bytes=100)


def test_fetch_image__refuses_a_redirect_to_a_file(server: str) -> None:
    with pytest.raises(BadRequest, match="http or https"):
        fetch_image(f"http://{server}/redirect/file:///etc/passwd", allowance=LOOPBACK, max_bytes=100)


def test_fetch_image__signs_in_with_the_name_and_password_of_the_url(server: str) -> None:
    url = f"http://ann%40home:p%40ss@{server}/redirect//sign-in"
    sent = f"Basic {base64.b64encode(b'ann@home:p@ss').decode()}".encode()
    assert fetch_image(url, allowance=LOOPBACK, max_bytes=100) == sent


def test_fetch_image__gives_name_and_password_to_no_other_host_and_to_no_message(server: str) -> None:
    elsewhere = f"http://ann:secret@{server}/redirect/http://{server}"
    assert fetch_image(f"{elsewhere}/sign-in", allowance=LOOPBACK, max_bytes=100) == b"none"
    with pytest.raises(BadRequest, match="status 404") as refused:
        fetch_image(f"http://ann:secret@{server}/nothing", allowance=LOOPBACK, max_bytes=100)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["htp://ann:secret@cam", "http://ann:secret@cam:http", "ann:secret@cam"])
def test_fetch_image__repeats_no_password_of_what_is_no_url(url: str) -> None:
    with pytest.raises(BadRequest, match=r"'cam.*' is not") as refused:
        fetch_image(url, allowance=LOOPBACK, max_bytes=100)
    assert "secret" not in str(refused.value)


def test_fetch_image__ends_a_redirect_loop(server: str) -> None:
    with pytest.raises(BadRequest, match="redirects more than"):
        fetch_image(f"http://{server}/loop", allowance=LOOPBACK, max_bytes=100)


def test_fetch_image__refuses_a_large_body(server: str) -> None:
    with pytest.raises(PayloadTooLarge, match="larger than 3 bytes"):
        fetch_image(f"http://{server}/image", allowance=LOOPBACK, max_bytes=3)


def test_fetch_image__says_the_status_of_the_host(server: str) -> None:
    with pytest.raises(BadRequest, match="status 404"):
        fetch_image(f"http://{server}/nothing", allowance=LOOPBACK, max_bytes=100)


def test_fetch_image__says_that_nothing_listens() -> None:
    with pytest.raises(BadRequest, match="does not answer"):
        fetch_image("http://127.0.0.1:1/x", allowance=LOOPBACK, max_bytes=100)


@pytest.mark.parametrize(
    "url", ["", "x", "file:///etc/passwd", "ftp://example.com/a", "http://", "http://[::1", "//a/b"]
)
def test_fetch_image__refuses_what_is_no_web_address(url: str) -> None:
    with pytest.raises(BadRequest, match="invalid url or image"):
        fetch_image(url, allowance=LOOPBACK, max_bytes=100)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
        "localhost",
    ],
)
def test_fetch_image__reaches_no_private_address(host: str) -> None:
    with pytest.raises(Unprocessable, match="not a public address"):
        fetch_image(f"http://{host}/x", allowance=NOTHING, max_bytes=100)


def test_fetch_image__connects_to_the_address_that_was_checked(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that turns private after the check (DNS rebinding) is not asked for a second time."""
    port = int(server.rsplit(":", 1)[1])
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name != "rebinding.example":
            return real(host, *args, **kwargs)
        asked.append(name)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://rebinding.example:{port}/host"
    allowance = UrlAllowance.parse("127.0.0.1")
    assert fetch_image(url, allowance=allowance, max_bytes=100) == f"rebinding.example:{port}".encode()
    assert asked == ["rebinding.example"]


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Give camera.example these addresses."""
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        named = addresses if host == "camera.example" else (host,)
        return [entry for address in named for entry in real(address, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def unreached_first(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which addresses are asked, in order; those to IPv6 fail, as on a machine without it."""
    asked: list[str] = []
    real = socket.create_connection

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        asked.append(address[0])
        if ":" in address[0]:
            raise OSError(101, "Network is unreachable")
        return real(address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", connect)
    return asked


def test_fetch_image__tries_the_next_address_where_one_cannot_be_reached(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = server.rsplit(":", 1)[1]
    asked = unreached_first(monkeypatch)
    resolve_to(monkeypatch, "2606:4700:4700::1111", "127.0.0.1")
    assert fetch_image(f"http://camera.example:{port}/image", allowance=LOOPBACK, max_bytes=100) == b"picture"
    assert asked == ["2606:4700:4700::1111", "127.0.0.1"]


def test_fetch_image__asks_no_other_address_once_one_has_answered(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = server.rsplit(":", 1)[1]
    asked = unreached_first(monkeypatch)
    resolve_to(monkeypatch, "127.0.0.1", "127.0.0.2")
    with pytest.raises(BadRequest, match="status 404"):
        fetch_image(f"http://camera.example:{port}/nothing", allowance=LOOPBACK, max_bytes=100)
    assert asked == ["127.0.0.1"]


def test_fetch_image__connects_nowhere_where_any_address_is_refused(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = server.rsplit(":", 1)[1]
    asked = unreached_first(monkeypatch)
    resolve_to(monkeypatch, "127.0.0.1", "10.0.0.1")
    with pytest.raises(Unprocessable, match=r"10\.0\.0\.1"):
        fetch_image(f"http://camera.example:{port}/image", allowance=LOOPBACK, max_bytes=100)
    assert asked == []


def test_fetch_image__says_that_no_address_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "127.0.0.1", "127.0.0.2")
    with pytest.raises(BadRequest, match=r"camera\.example does not answer"):
        fetch_image("http://camera.example:1/x", allowance=LOOPBACK, max_bytes=100)


class Dripping(BaseHTTPRequestHandler):
    """Says a little now and then, for ever: in its headers, in its body, or in one redirect after the other."""

    def do_GET(self) -> None:
        with suppress(OSError):
            match self.path.split("/")[1]:
                case "headers":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    self.drip(b"X-More: x\r\n")
                case "body":
                    self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
                    self.drip(b"x")
                case _:
                    time.sleep(PAUSE_SECONDS)
                    self.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: /redirect\r\n\r\n")

    def drip(self, part: bytes) -> None:
        while True:
            self.wfile.write(part)
            time.sleep(PAUSE_SECONDS)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.mark.parametrize("where", ["headers", "body", "redirect"])
def test_fetch_image__has_one_deadline_for_all(where: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Dripping) as web:
        web.daemon_threads = True
        threading.Thread(target=web.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{web.server_port}/{where}"
        started = time.monotonic()
        with pytest.raises(BadRequest, match=r"took longer than 0\.3 s"):
            fetch_image(url, allowance=LOOPBACK, max_bytes=10**9, limit_s=0.3)
        assert time.monotonic() - started < READ_TIMEOUT_SECONDS
        web.shutdown()


def test_fetch_image__the_deadline_holds_in_a_tls_handshake_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/x"
        started = time.monotonic()
        with pytest.raises(BadRequest, match=r"took longer than 0\.3 s"):
            fetch_image(url, allowance=LOOPBACK, max_bytes=100, limit_s=0.3)
        assert time.monotonic() - started < CONNECT_TIMEOUT_SECONDS
