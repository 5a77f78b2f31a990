"""Draws in the editor while the tab, the server and the connection die at random moments, and counts what was lost.

What counts is committed: a polygon that was closed, or an object that was deleted, a tenth of a second before the blow.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from app.cli.demo_scenes import HEIGHT, WIDTH
from app.http import TOKEN_HEADER
from app.masks.instance import Point
from tests.e2e.drawing import Canvas, open_editor
from tests.e2e.projects import add_label, make_project, stored_instances, upload_scenes
from tests.scenes import draw_scene
from tests.services import free_port

EMAIL, PASSWORD = "chaos@example.com", "correct horse battery staple"
COMMITTED_S = 0.1  # peers.md §2 row 4
LONGEST_WAIT_S = 1.5  # of a blow after the last edit: before, in and after the save that follows it
SETTLE_S = 60  # a retry comes after half a minute at the latest
START_S = 60
SIDE_PX = (30, 70)  # corners nearer to each other than 20 would close the ring
DELETES = 0.25  # of the edits

Ring = tuple[Point, ...]


class Blow(StrEnum):
    """What dies."""

    TAB = "tab crashes"
    TAB_CLOSED = "tab is closed"
    SERVER = "server is killed"
    NETWORK = "network is cut"
    TAB_OFFLINE = "tab crashes without a network"
    BOTH = "server is killed, then the tab crashes"


@dataclass
class Outcome:
    edits: int = 0
    blows: dict[Blow, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    settle_s: list[float] = field(default_factory=list)


class MortalServer:
    """A server on a folder of its own that can be killed in mid-work and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("MASKWRIGHT_")}
        self._environment = plain | {
            "MASKWRIGHT_DATA_DIR": str(folder / "data"),
            "MASKWRIGHT_PORT": str(self._port),
            "MASKWRIGHT_WEIGHTS_DOWNLOAD": "false",
        }
        self._run("migrate")
        create = ("admin", "create", "--email", EMAIL, "--password-stdin", "--print-token")
        self.token = self._run(*create, given=PASSWORD).splitlines()[-1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli.main", "serve"],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).is_success:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"the server did not answer; see {self._folder / 'server.log'}")

    def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def is_up(self) -> bool:
        return self._process is not None

    def _run(self, *arguments: str, given: str = "") -> str:
        command = [sys.executable, "-m", "app.cli.main", *arguments]
        done = subprocess.run(
            command, input=given, stdout=subprocess.PIPE, text=True, env=self._environment, check=True
        )
        return done.stdout


@contextmanager
def mortal_server(folder: Path) -> Iterator[MortalServer]:
    server = MortalServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


class Chaos:
    """One person who labels one image, and bad luck."""

    def __init__(self, browser: Browser, server: MortalServer, seed: int) -> None:
        self._chance = random.Random(seed)
        self._server = server
        self._api = httpx.Client(base_url=server.url, headers={TOKEN_HEADER: server.token}, timeout=60, trust_env=False)
        self._project_id = make_project(self._api, f"Chaos {seed}")
        add_label(self._api, self._project_id, "leaf")
        (self._image_id,) = upload_scenes(self._api, self._project_id, {"scene.jpg": draw_scene(1)})
        self._context: BrowserContext = browser.new_context(
            base_url=server.url, viewport={"width": 1440, "height": 900}
        )
        answer = self._context.request.post("/api/v1/session", data={"email": EMAIL, "password": PASSWORD})
        assert answer.ok, answer.text()
        self._page: Page = self._context.new_page()
        self._canvas: Canvas = self._open()
        self._expected: list[Ring] = []
        self.outcome = Outcome()

    def run(self, rounds: int) -> Outcome:
        for number, blow in enumerate(self._blows(rounds), start=1):
            self.outcome.blows[blow] = self.outcome.blows.get(blow, 0) + 1
            for _ in range(self._chance.randint(1, 3)):
                self._edit()
            self._wait()
            self._strike(blow)
            self._recover()
            self._settle(f"round {number}, {blow}")
        return self.outcome

    def _blows(self, rounds: int) -> list[Blow]:
        """All kinds in an order of chance, again and again."""
        blows: list[Blow] = []
        while len(blows) < rounds:
            blows += self._chance.sample(list(Blow), len(Blow))
        return blows[:rounds]

    def close(self) -> None:
        self._context.close()
        self._api.close()

    def _edit(self) -> None:
        """Draw a triangle, or delete the object in hand: the last one drawn."""
        self.outcome.edits += 1
        if self._has_in_hand and self._chance.random() < DELETES:
            self._page.keyboard.press("Delete")
            self._expected.pop()
            self._has_in_hand = False
        else:
            x, y = self._chance.randint(10, WIDTH - 90), self._chance.randint(10, HEIGHT - 90)
            across, down = self._chance.randint(*SIDE_PX), self._chance.randint(*SIDE_PX)
            self._page.keyboard.press("n")
            self._expected.append(self._canvas.draw_ring([(x, y), (x + across, y), (x, y + down)]))
            self._has_in_hand = True
        time.sleep(COMMITTED_S)

    def _wait(self) -> None:
        # The page's own time goes on only while Playwright listens.
        self._page.wait_for_timeout(self._chance.uniform(0, LONGEST_WAIT_S) * 1000)

    def _strike(self, blow: Blow) -> None:
        match blow:
            case Blow.TAB:
                self._crash()
            case Blow.TAB_CLOSED:
                self._page.close()
            case Blow.SERVER:
                self._server.kill()
                self._edit()
                self._wait()
            case Blow.NETWORK:
                self._context.set_offline(True)
                self._edit()
                self._wait()
            case Blow.TAB_OFFLINE:
                self._context.set_offline(True)
                self._edit()
                self._crash()
            case Blow.BOTH:
                self._server.kill()
                self._edit()
                self._wait()
                self._crash()

    def _crash(self) -> None:
        with self._page.expect_event("crash"), suppress(PlaywrightError):
            self._page.goto("chrome://crash")
        self._page.close()

    def _recover(self) -> None:
        if not self._server.is_up:
            self._server.start()
        self._context.set_offline(False)
        if self._page.is_closed():
            self._page = self._context.new_page()
            self._canvas = self._open()

    def _open(self) -> Canvas:
        """Open the image; again where the page did not come, as a person does."""
        self._has_in_hand = False
        with suppress(AssertionError, PlaywrightError):
            return open_editor(self._page, self._project_id, self._image_id)
        return open_editor(self._page, self._project_id, self._image_id)

    def _settle(self, when: str) -> None:
        """Until the server has what was drawn, or time is up; what is missing then is lost."""
        started = time.monotonic()
        while not self._lost_or_kept() and time.monotonic() - started < SETTLE_S:
            again = self._page.get_by_role("button", name="Save now")
            if again.count() > 0:
                with suppress(PlaywrightError):
                    again.click(timeout=1000)
            self._page.wait_for_timeout(100)
        self.outcome.settle_s.append(time.monotonic() - started)
        stored = self._stored()
        wanted = {_turned(ring) for ring in self._expected}
        self.outcome.lost += [f"{when}: {ring} is not there" for ring in wanted - stored]
        self.outcome.lost += [f"{when}: {ring} is there again" for ring in stored - wanted]
        self._expected = [ring for ring in self._expected if _turned(ring) in stored]

    def _lost_or_kept(self) -> bool:
        return self._stored() == {_turned(ring) for ring in self._expected}

    def _stored(self) -> set[Ring]:
        return {_turned(one.polygons[0].exterior) for one in stored_instances(self._api, self._image_id)}


def _turned(ring: Ring) -> Ring:
    """A ring whatever corner it begins with."""
    return tuple(sorted((float(x), float(y)) for x, y in ring))
