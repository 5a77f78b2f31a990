"""Every page, large and on a phone, light and dark: it opens without an error, fits, and can be used by everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, Browsing
from tests.e2e.projects import import_labels, make_project, train, upload_scenes
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = (390, 844)
LOOKS = {
    "large-light": (DESKTOP, False),
    "large-dark": (DESKTOP, True),
    "phone-light": (PHONE, False),
    "phone-dark": (PHONE, True),
}
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
STALE_MS = 10_000  # what a page has read is asked for again
MODEL_NAME = "one short training, with a name that is longer than any place for it is wide"


@dataclass(frozen=True)
class Finished:
    """A project with labeled images and a model that took a few steps."""

    project_id: int
    image_id: int
    model_id: int


@dataclass(frozen=True)
class PageCase:
    """An address, to be filled in with the ids of a finished project, and what shows that its page is there."""

    address: str
    title: str
    words: str
    is_signed_in: bool = True


PAGES = {
    "sign-in": PageCase("/sign-in", "Sign in", "Outline objects, train a model", is_signed_in=False),
    "projects": PageCase("/projects", "Projects", "Every page"),
    "gallery": PageCase("/projects/{project_id}", "Every page ({project_id})", "scene-1.jpg"),
    "labeling": PageCase("/projects/{project_id}/label/{image_id}", "Labeling", "scene-1.jpg"),
    "train": PageCase("/projects/{project_id}/train", "Every page ({project_id})", "Starting from"),
    "train-again": PageCase(
        "/projects/{project_id}/train?like={model_id}", "Every page ({project_id})", "Same settings"
    ),
    "queue": PageCase("/queue", "Queue and workers", "Last heard of"),
    "models": PageCase("/projects/{project_id}/models", "Trained models", "AP50"),
    "time": PageCase("/projects/{project_id}/time", "Labeling time in Every page ({project_id})", "by person and day"),
    "members": PageCase("/projects/{project_id}/members", "Members of Every page ({project_id})", "Owner"),
    "model": PageCase("/models/{model_id}", MODEL_NAME, "The model is ready."),
    "statistics": PageCase("/models/{model_id}/statistics", MODEL_NAME, "Precision"),
    "predict": PageCase("/models/{model_id}/predict", f"New prediction with {MODEL_NAME}", "See the model at work"),
    "model-api": PageCase("/models/{model_id}/api", f"API of {MODEL_NAME}", "X-Auth-token"),
    "tokens": PageCase("/account/tokens", "API tokens", "Last used"),
    "help": PageCase("/help", "Help", "Outline the objects"),
    "nowhere": PageCase("/projects/0/nowhere", "There is no such page", "The address may be mistyped"),
}


@pytest.fixture(scope="package")
def finished(api: httpx.Client) -> Finished:
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in (1, 2, 3, 4)}
    project_id = make_project(api, "Every page")
    image_ids = upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, scenes)
    model_id = train(api, project_id, name=MODEL_NAME, image_size=64, max_steps=1)
    return Finished(project_id, image_ids[0], model_id)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_page__opens_and_fits(name: str, look: str, open_page: Callable[..., Page], finished: Finished) -> None:
    size, is_dark = LOOKS[look]
    case = PAGES[name]
    page = open_page(size=size, is_dark=is_dark, is_signed_in=case.is_signed_in)
    page.goto(case.address.format(**vars(finished)))
    expect(page.get_by_text(case.words).locator("visible=true").first).to_be_visible()
    expect(page).to_have_title(f"{case.title.format(**vars(finished))} · Maskwright")
    page.wait_for_load_state("networkidle")
    assert widths_beyond(page) == []
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0, "it scrolls inside its frame"
    assert "\n".join(serious_violations(page)) == ""


def test_phone__editor_says_where_it_works_best(open_page: Callable[..., Page], finished: Finished) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/projects/{finished.project_id}/label/{finished.image_id}")
    expect(page.get_by_text("The editor works best on a tablet or a larger screen.")).to_be_visible()


@pytest.mark.parametrize(
    "address", ["/projects/{project_id}/models", "/account/tokens", "/projects/{project_id}/members", "/queue"]
)
def test_phone__tables_are_stacked(open_page: Callable[..., Page], finished: Finished, address: str) -> None:
    page = open_page(size=PHONE)
    page.goto(address.format(project_id=finished.project_id))
    expect(page.locator("tbody tr").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert tables_beyond(page) == []
    assert serious_violations(page) == []


def test_phone__train_dialog_scrolls_with_its_buttons_inside(
    open_page: Callable[..., Page], finished: Finished
) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/projects/{finished.project_id}/train")
    dialog = page.get_by_role("dialog", name="Train model")
    dialog.get_by_role("button", name="Advanced").click()
    start = dialog.get_by_role("button", name="Start")
    start.scroll_into_view_if_needed()
    card, button = dialog.locator("..").bounding_box(), start.bounding_box()
    assert card is not None
    assert button is not None
    assert card["y"] + card["height"] <= PHONE[1]
    assert button["y"] + button["height"] <= card["y"] + card["height"]


def test_predict__goes_on_without_an_image_that_is_gone(page: Page, browsing: Browsing, finished: Finished) -> None:
    page.goto(f"/models/{finished.model_id}/predict?images=987654321,{finished.image_id}")
    expect(page.get_by_text("There is no image 987654321")).to_be_visible()
    expect(page.get_by_role("heading", name="scene-1.jpg")).to_be_visible()
    browsing.forgive("404")


@pytest.mark.parametrize("address", ["/models/987654321", "/projects/987654321/members", "/projects/987654321"])
def test_page__of_what_is_gone_says_so_in_its_middle(page: Page, browsing: Browsing, address: str) -> None:
    page.goto(address)
    box = page.get_by_role("heading", name="There is no such page").bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - DESKTOP[0] / 2) < 1
    browsing.forgive("404")


def test_page__of_a_project_that_goes_meanwhile_says_so(page: Page, browsing: Browsing, api: httpx.Client) -> None:
    project_id = make_project(api, "Gone soon")
    page.clock.install()
    page.goto(f"/projects/{project_id}/members")
    expect(page.get_by_role("link", name=f"Gone soon ({project_id})")).to_be_visible()
    assert api.delete(f"/api/v1/projects/{project_id}").is_success
    page.get_by_role("link", name="API tokens").click()
    page.get_by_role("heading", name="API tokens").wait_for()
    page.clock.fast_forward(STALE_MS)
    page.go_back()
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(page.get_by_role("link", name=f"Gone soon ({project_id})")).to_have_count(0)
    browsing.forgive("404")


def test_theme__chosen_by_hand_stays(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/help")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Dark").click()
    page.reload()
    expect(page.get_by_role("heading", name="Help").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def widths_beyond(page: Page) -> list[str]:
    """Boxes as wide as the window, and those of dialogs, that scroll sideways; wide tables and rows of chips may."""
    wide: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(":not(nav)")]
            .filter(box => box.clientWidth >= innerWidth - 16 || box.parentElement?.matches("[role=dialog]"))
            .filter(box => box.scrollWidth > box.clientWidth && getComputedStyle(box).display !== "inline")
            .map(box => `${box.tagName} ${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""
    )
    return wide


def tables_beyond(page: Page) -> list[str]:
    """The tables that scroll sideways."""
    wide: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("table")]
            .filter(table => table.parentElement.scrollWidth > table.parentElement.clientWidth)
            .map(table => table.getAttribute("aria-label"))"""
    )
    return wide


def serious_violations(page: Page) -> list[str]:
    """What axe-core finds that keeps people from using the page, each with the elements it is about."""
    assert AXE.exists(), f"{AXE} is missing; get it with: make setup"
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {violation['help']}: {node['html']}: {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
