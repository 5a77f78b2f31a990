"""A real Maskwright with its worker and a real browser: pages are used as a person uses them.

A console error, a script that throws and a page that cannot be loaded fail the test that met them. When a test fails, a
picture of each open page is written to the test's temporary folder and named in the report.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from app.http import TOKEN_HEADER
from tests.services import find_chromium, free_port, skip_or_fail
from tests.side_by_side import one_core

EMAIL = "anna.keller@example.com"
PASSWORD = "correct horse battery staple"
DESKTOP = (1440, 900)
START_SECONDS = 120  # of a machine whose cores are busy
STOP_SECONDS = 30  # a little more than the supervisor gives its children
EXPECT_MS = 30_000
PICTURE_MS = 5_000
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STATIC_BUILD = Path(__file__).parents[2] / "static" / "build"


@dataclass(frozen=True)
class Server:
    """A running Maskwright, a token of its first administrator, and the environment that its commands run in."""

    url: str
    token: str
    environment: dict[str, str]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server and one worker, as `maskwright up` runs them."""
    if not (STATIC_BUILD / ".vite" / "manifest.json").exists():
        pytest.fail(f"{STATIC_BUILD} holds no pages; build them with: make setup", pytrace=False)
    folder = tmp_path_factory.mktemp("maskwright")
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MASKWRIGHT_")}
    environment |= {
        "MASKWRIGHT_DATA_DIR": str(folder / "data"),
        "MASKWRIGHT_PORT": str(port),
        "MASKWRIGHT_WEIGHTS_DOWNLOAD": "false",
    }
    _maskwright(["migrate"], environment, folder)
    create = ["admin", "create", "--email", EMAIL, "--password-stdin", "--print-token"]
    token = _maskwright(create, environment, folder, given=PASSWORD).splitlines()[-1]
    with _running(["up"], environment, folder) as process:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, process, folder / "up.log")
        yield Server(url, token, environment)


@pytest.fixture(scope="package")
def api(server: Server) -> Iterator[httpx.Client]:
    """The REST API, called with the administrator's token."""
    with httpx.Client(base_url=server.url, headers={TOKEN_HEADER: server.token}, timeout=60, trust_env=False) as client:
        yield client


# The sync API keeps an event loop in this thread, so the browser ends with this folder's tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = find_chromium()
    if program is None:
        skip_or_fail("Chromium is not on this machine: apt-get install chromium-headless-shell")
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, server: Server) -> StorageState:
    """What the browser of someone who signed in has kept."""
    context = browser.new_context(base_url=server.url)
    answer = context.request.post("/api/v1/session", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state


class Browsing:
    """The pages that a test has open, and what went wrong in them."""

    def __init__(self, browser: Browser, base_url: str, signed_in: StorageState, folder: Path) -> None:
        self._browser = browser
        self._base_url = base_url
        self._signed_in = signed_in
        self._folder = folder
        self.contexts: list[BrowserContext] = []
        self._heard: list[str] = []
        self._overlooked: list[str] = []

    def open_page(
        self,
        *,
        size: tuple[int, int] = DESKTOP,
        is_dark: bool = False,
        is_signed_in: bool = True,
        has_touch: bool = False,
        ratio: float = 1,
    ) -> Page:
        """Open an empty page in a browser that knows nothing of the test's other pages.

        Args:
            ratio: Pixels of the screen for one of the page's.
        """
        context = self._browser.new_context(
            base_url=self._base_url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            reduced_motion="reduce",
            storage_state=self._signed_in if is_signed_in else None,
            has_touch=has_touch,
            device_scale_factor=ratio,
        )
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._heard.append(f"{error.page and error.page.url}: {error.error}"))
        self.contexts.append(context)
        return context.new_page()

    @property
    def problems(self) -> list[str]:
        """The errors that a test neither wanted nor overlooks."""
        return [error for error in self._heard if not any(part in error for part in self._overlooked)]

    def forgive(self, part: str) -> None:
        """Take the errors with these words for what the test wanted; there must be one, and another one each time."""
        assert any(part in error for error in self._heard), f"no console error has {part!r}: {self._heard}"
        self._heard = [error for error in self._heard if part not in error]
        self.overlook(part)

    def overlook(self, part: str) -> None:
        """Take the errors with these words; how many come before a page is closed is left to chance."""
        self._overlooked.append(part)

    def take_pictures(self) -> list[Path]:
        """Write what each open page shows."""
        paths: list[Path] = []
        for page in [page for context in self.contexts for page in context.pages]:
            path = self._folder / f"page-{len(paths) + 1}.png"
            with suppress(PlaywrightError):  # of a page that crashed there is no picture
                page.screenshot(path=path, timeout=PICTURE_MS)
                paths.append(path)
        return paths

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _asks_who_is_signed_in(message):
            page = message.page.url if message.page else ""
            self._heard.append(f"{page}: {message.text} ({message.location['url']})")


@pytest.fixture
def browsing(browser: Browser, server: Server, signed_in: StorageState, tmp_path: Path) -> Iterator[Browsing]:
    browsing = Browsing(browser, server.url, signed_in, tmp_path)
    yield browsing
    browsing.close()
    assert browsing.problems == []


@pytest.fixture
def open_page(browsing: Browsing) -> Callable[..., Page]:
    """Open pages of any size and theme: `open_page(size=(390, 844), is_dark=True)`."""
    return browsing.open_page


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A large page of someone who is signed in."""
    return open_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:  # the hook's result passes through
    report = yield
    browsing = getattr(item, "funcargs", {}).get("browsing")
    if report.when == "call" and report.failed and browsing is not None:
        pictures = browsing.take_pictures()
        report.sections.append(("pages when it failed", "\n".join(map(str, pictures))))
    return report


def _asks_who_is_signed_in(message: ConsoleMessage) -> bool:
    """Chromium calls any 401 an error, the answer to this question too when it is nobody."""
    return message.location["url"].endswith("/api/v1/me") and "401" in message.text


def _maskwright(arguments: list[str], environment: dict[str, str], folder: Path, *, given: str = "") -> str:
    command = [sys.executable, "-m", "app.cli.main", *arguments]
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment, cwd=folder, check=False
    )
    assert done.returncode == 0, f"maskwright {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def _running(arguments: list[str], environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own, of which nothing is left afterwards."""
    with (folder / "up.log").open("wb") as log, one_core():
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", *arguments],
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz", timeout=2, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the server did not answer at {url}; its log: {log.read_text()[-3000:]}", pytrace=False)
