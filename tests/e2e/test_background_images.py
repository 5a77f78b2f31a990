"""Images on which nothing is to be labeled: said in the editor and in the gallery, and over with the first object."""

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.drawing import expect_objects, expect_saved, open_editor
from tests.e2e.projects import add_label, make_project, upload_scenes
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = ["1.jpg", "2.jpg"]
SQUARE = [(60, 60), (220, 60), (220, 200), (60, 200)]


@pytest.fixture
def project_id(api: httpx.Client) -> int:
    project_id = make_project(api, "Background")
    add_label(api, project_id, "leaf")
    return project_id


@pytest.fixture
def image_ids(api: httpx.Client, project_id: int) -> list[int]:
    return upload_scenes(api, project_id, {name: draw_scene(number) for number, name in enumerate(NAMES)})


def is_background(api: httpx.Client, image_id: int) -> bool:
    return bool(api.get(f"/api/v1/images/{image_id}").json()["background"])


def toggle_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Objects").get_by_role("button", name="Nothing on this image")


def expect_marked(page: Page, *, marked: bool, labeled_count: int) -> None:
    expect(toggle_of(page)).to_have_attribute("aria-pressed", "true" if marked else "false")
    progress = page.get_by_role("progressbar", name="Labeled")
    expect(progress).to_have_attribute("aria-valuenow", f"{labeled_count / len(NAMES):g}")


def test_background_image__is_marked_by_key_until_an_object_is_drawn(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    canvas = open_editor(page, project_id, image_ids[0])
    expect_marked(page, marked=False, labeled_count=0)
    page.keyboard.press("Shift+N")
    expect_marked(page, marked=True, labeled_count=1)
    expect(page.get_by_role("button", name="1.jpg, labeled")).to_be_visible()
    assert is_background(api, image_ids[0])

    page.keyboard.press("n")
    canvas.draw_ring(SQUARE)
    expect_objects(page, "leaf 14 points")
    expect_saved(page)
    assert not is_background(api, image_ids[0])
    page.keyboard.press("Shift+N")
    expect(page.get_by_text("There are objects on this image: delete them first.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(toggle_of(page)).to_have_attribute("aria-pressed", "false")
    toggle_of(page).click()  # at the server the object may still be there: its deletion goes first
    expect_marked(page, marked=True, labeled_count=1)
    toggle_of(page).click()
    expect_marked(page, marked=False, labeled_count=0)
    assert not is_background(api, image_ids[0])


def test_gallery__shows_a_background_image_as_labeled_and_takes_the_mark_back(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    page.goto(f"/projects/{project_id}?sort=name")
    first = page.get_by_role("option").first
    expect(first.get_by_text("Not labeled")).to_be_visible()
    first.click(button="right")
    page.get_by_role("menuitem", name="Nothing on it").click()
    expect(page.get_by_text("1 image marked: nothing on it")).to_be_visible()
    expect(first.get_by_text("Nothing on it")).to_be_visible()
    assert is_background(api, image_ids[0])

    page.get_by_role("link", name="Labeled 1", exact=True).click()
    expect(page.get_by_role("option")).to_have_count(1)
    first.click()
    page.get_by_role("button", name="Back to not labeled").click()
    expect(page.get_by_text("1 image is not labeled again")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(0)
    assert not is_background(api, image_ids[0])
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(first.get_by_text("Nothing on it")).to_be_visible()
    assert is_background(api, image_ids[0])
