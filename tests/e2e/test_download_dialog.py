"""Download model: the dialog shows what each speed is worth, makes what is not there, and leads to the files."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.inference.openvino_session import has_bfloat16
from tests.bundle.conftest import MODEL_NAME
from tests.e2e.carried import carry_model
from tests.e2e.conftest import Browsing, Server
from tests.e2e.projects import make_project
from tests.e2e.test_pages import PHONE, serious_violations, widths_beyond
from tests.e2e.waiting import wait_until
from tests.exported import exported_random_model

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAKING_MS = 120_000  # a handful of small images, on a machine that does other things too


@dataclass(frozen=True)
class Carried:
    project_id: int
    model_id: int


@pytest.fixture(scope="module")
def carried(server: Server, api: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Carried:
    project_id = make_project(api, "Carried away")
    return Carried(project_id, carry_model(server, project_id, exported_random_model(tmp_path_factory, seed=0)))


def test_statistics__lead_to_the_zip_of_the_chosen_checkpoint_and_speed(
    page: Page, carried: Carried, tmp_path: Path
) -> None:
    page.goto(f"/models/{carried.model_id}/statistics?checkpoint=last")
    page.get_by_role("button", name="Download model").click()
    dialog = page.get_by_role("dialog")

    expect(dialog.get_by_role("radio", name="Slow")).to_be_checked()
    expect(_card(dialog, "Slow")).to_contain_text("0.50")
    expect(dialog.get_by_text("cd my-model-u-last-slow")).to_be_visible()
    assert serious_violations(page) == []

    names = _download(page, dialog.get_by_role("link", name="Download zip"), tmp_path)
    assert {"my-model-u-last-slow/run.sh", "my-model-u-last-slow/model/detector.onnx"} <= names

    names = _download(page, dialog.get_by_role("link", name="Download ONNX"), tmp_path)
    assert "my-model-u-last-onnx/predict.py" in names

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    # charts behind the dialog follow the window a moment later
    assert wait_until(page, lambda: widths_beyond(page), lambda wide: not wide) == []


def test_speed_that_is_not_there__is_made_from_the_dialog(page: Page, browsing: Browsing, carried: Carried) -> None:
    page.route("**/speeds/medium?*", _make_whatever_it_gains)
    page.goto(f"/projects/{carried.project_id}/models")
    page.get_by_role("button", name=f"Download {MODEL_NAME}").click()
    dialog = page.get_by_role("dialog")
    _card(dialog, "Medium").click()
    expect(dialog.get_by_role("button", name="Download zip")).to_be_disabled()

    dialog.get_by_role("button", name="Make medium").click()

    if not has_bfloat16():
        expect(dialog.get_by_role("alert")).to_contain_text("bfloat16")
        browsing.forgive("409 (Conflict)")
        return
    expect(dialog.get_by_role("link", name="Download zip")).to_be_visible(timeout=MAKING_MS)
    expect(_card(dialog, "Medium")).to_contain_text("× slow")
    expect(dialog.get_by_text("Times measured on")).to_be_visible()

    dialog.get_by_role("button", name="Make again").click()
    expect(dialog.get_by_role("status")).to_contain_text("Making it again")
    expect(dialog.get_by_role("link", name="Download zip")).to_be_visible()  # of the one that is there
    expect(dialog.get_by_role("button", name="Make again")).to_be_visible(timeout=MAKING_MS)
    expect(dialog.get_by_role("alert")).to_have_count(0)
    assert serious_violations(page) == []


def test_menu_of_models__opens_the_dialog(page: Page, carried: Carried) -> None:
    page.goto(f"/projects/{carried.project_id}/models")
    page.get_by_role("button", name="Trained models").click()
    page.get_by_role("menuitem", name=MODEL_NAME).click()
    page.get_by_role("menuitem", name="Download model").click()

    expect(page.get_by_role("dialog", name="Download model")).to_contain_text("Other formats")


def _make_whatever_it_gains(route: Route) -> None:
    """Whether medium gains on slow is up to this machine."""
    route.continue_(url=route.request.url.replace("only_if_faster=true", "only_if_faster=false"))


def _card(dialog: Locator, name: str) -> Locator:
    return dialog.locator("label", has=dialog.page.get_by_role("radio", name=name))


def _download(page: Page, link: Locator, folder: Path) -> set[str]:
    """Press a link that leads to a zip; gives the names in it."""
    with page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())
