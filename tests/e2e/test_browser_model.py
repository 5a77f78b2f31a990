"""The model in the browser: on a plain web server it finds what the server finds, and no picture leaves the page."""

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from app.inference.decode import decode_image
from app.inference.prediction import Prediction
from app.inference.predictor import Predictor
from app.masks.instance import Polygon
from app.masks.raster import polygons_to_rle
from app.masks.rle import decode_rle
from tests.e2e.conftest import STATIC_BUILD
from tests.e2e.test_pages import PHONE, widths_beyond
from tests.exported import exported_random_model

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PREDICT_MS = 120_000  # a single thread, on a machine that does other things too
MAX_FOLDER_BYTES = 30_000_000
SIDEWAYS = 6  # of EXIF: the camera was turned by a quarter
MIN_IOU = 0.99
SCORE_PERCENT = 3  # random weights make that of a grey that two decoders of JPEG round otherwise


@dataclass
class Site:
    """A folder that a plain web server hands out, and what was asked of it."""

    folder: Path
    url: str
    requests: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(STATIC_BUILD / "bundle", folder / "page")
    shutil.copytree(exported_random_model(tmp_path_factory, seed=3), folder / "model")
    requests: list[tuple[str, str]] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            requests.append((self.command, self.path))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}/page/", requests)
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_browser__finds_what_the_server_finds(page: Page, site: Site, tmp_path: Path) -> None:
    faults: list[object] = []
    page.on("pageerror", lambda fault: faults.append(fault))
    page.goto(site.url)

    for picture in _pictures(tmp_path):
        answer = _predict_in(page, picture)
        rgb = decode_image(picture.read_bytes(), max_pixels=10**6)
        found = Predictor.load(site.folder / "model").predict(rgb, score_thresholds={})

        assert len(found) > 5
        assert len(answer) == len(found)
        for prediction in found:
            answer.remove(_partner(answer, prediction, rgb.shape[:2]))

    assert faults == []
    assert {method for method, _path in site.requests} == {"GET"}


def test_browser__fits_a_phone(page: Page, site: Site, tmp_path: Path) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(site.url)
    _predict_in(page, _pictures(tmp_path)[0])

    assert widths_beyond(page) == []
    expect(page.get_by_text("they are sent nowhere")).to_be_visible()


def test_browser__says_that_it_rounds_otherwise_than_a_faster_server(page: Page, site: Site) -> None:
    def hand_out(route: Route) -> None:
        route.fulfill(json={"speed": speed})

    page.route("**/manifest.json", hand_out)
    for speed, words in {"fast": "Browsers round 8-bit", "medium": "Browsers compute in 32-bit", "slow": ""}.items():
        page.goto(site.url)
        expect(page.get_by_text(f"best checkpoint · speed {speed}")).to_be_visible()
        expect(page.get_by_text(words or "Browsers")).to_have_count(1 if words else 0)


def test_browser__sends_a_picture_once_the_token_is_typed(page: Page, site: Site, tmp_path: Path) -> None:
    """And not with each of its letters."""
    tokens: list[str] = []

    def answer(route: Route) -> None:
        tokens.append(route.request.headers["x-auth-token"])
        route.fulfill(json=[])

    word = {"predict_path": "/api/predict/1/m", "needs_token": True, "speed": "slow"}
    page.route("**/server.json", lambda route: route.fulfill(json=word))
    page.route("**/api/predict/**", answer)
    page.goto(site.url)
    page.set_input_files('[data-picture="file"]', _pictures(tmp_path)[1])
    page.get_by_label("Token").press_sequentially("secret", delay=20)
    expect(page.locator('[data-state="done"]')).to_be_visible()

    assert tokens == ["secret"]


def test_browser__what_is_no_picture_is_told(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto(site.url)
    text = tmp_path / "note.png"
    text.write_text("no picture")
    page.set_input_files('[data-picture="file"]', text)

    expect(page.get_by_role("alert")).to_contain_text("cannot read the picture", timeout=PREDICT_MS)


def test_browser__a_page_without_a_model_says_so(page: Page, site: Site) -> None:
    page.route("**/model/model.json", lambda route: route.fulfill(status=404))
    page.goto(site.url)

    expect(page.get_by_role("alert")).to_contain_text("Put the folders page and model side by side")


def test_built_page__is_small_and_asks_no_other_host() -> None:
    files = [path for path in (STATIC_BUILD / "bundle").rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < MAX_FOLDER_BYTES
    assert "./assets/" in (STATIC_BUILD / "bundle" / "index.html").read_text()


def _pictures(folder: Path) -> list[Path]:
    """A photo, taken sideways and larger than the model's size, and a smaller drawing that is partly transparent."""
    exif = Image.Exif()
    exif[0x0112] = SIDEWAYS
    _spots(1, 150, 201).save(folder / "photo.jpg", exif=exif, quality=95)
    alpha = Image.fromarray(np.tile(np.linspace(0, 255, 40, dtype=np.uint8), (33, 1)))
    drawing = _spots(2, 40, 33)
    drawing.putalpha(alpha)
    drawing.save(folder / "drawing.png")
    return [folder / "photo.jpg", folder / "drawing.png"]


def _spots(seed: int, width: int, height: int) -> Image.Image:
    spots = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC)


def _predict_in(page: Page, picture: Path) -> list[dict[str, Any]]:
    """Choose a picture and save what the page found in it."""
    page.set_input_files('[data-picture="file"]', picture)
    expect(page.get_by_role("img", name=picture.name)).to_be_visible()
    expect(page.locator('[data-state="done"]')).to_be_visible(timeout=PREDICT_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as JSON").click()
    assert download.value.suggested_filename == f"{picture.stem}.json"
    answer: list[dict[str, Any]] = json.loads(download.value.path().read_bytes())
    return answer


def _partner(answer: list[dict[str, Any]], prediction: Prediction, size: tuple[int, int]) -> dict[str, Any]:
    """The object of the page that is the server's."""
    x0, y0, x1, y1 = prediction.box_xyxy
    mask = np.zeros(size, dtype=np.bool_)
    mask[y0:y1, x0:x1] = prediction.mask
    for one in answer:
        box = [one[side] for side in ("x0", "y0", "x1", "y1")]
        is_near = np.abs(np.subtract(box, prediction.box_xyxy)).max() <= 1
        if one["label"] == prediction.class_name and is_near and _iou(_mask(one, size), mask) >= MIN_IOU:
            assert one["score"] == pytest.approx(prediction.score * 100, abs=SCORE_PERCENT)
            return one
    pytest.fail(f"the page does not find {prediction.class_name} {prediction.score:.3f} at {prediction.box_xyxy}")


def _mask(one: dict[str, Any], size: tuple[int, int]) -> NDArray[np.bool_]:
    polygons = [
        Polygon(_ring(polygon["points"]), tuple(_ring(hole) for hole in polygon["holes"]))
        for polygon in one["polygons"]
    ]
    return decode_rle(polygons_to_rle(polygons, *size))


def _ring(points: list[dict[str, float]]) -> tuple[tuple[float, float], ...]:
    return tuple((point["x"], point["y"]) for point in points)


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())
