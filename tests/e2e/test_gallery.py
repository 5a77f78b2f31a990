"""The gallery as a person uses it: uploading, finding, selecting, deleting with undo."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from app.cli.demo_scenes import Scene, draw_scene
from tests.e2e.conftest import PASSWORD, Browsing, Server
from tests.e2e.projects import import_labels, make_project, upload_scenes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = [f"scene-{number}.jpg" for number in range(1, 7)]
PHONE = (390, 844)


@pytest.fixture(scope="module")
def scenes() -> dict[str, Scene]:
    return {name: draw_scene(number) for number, name in enumerate(NAMES)}


@pytest.fixture
def project_id(api: httpx.Client, scenes: dict[str, Scene]) -> int:
    """Six images, the first three of them labeled."""
    project_id = make_project(api, "Gallery")
    upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, {name: scenes[name] for name in NAMES[:3]})
    return project_id


@pytest.fixture
def gallery(page: Page, project_id: int) -> Page:
    page.goto(f"/projects/{project_id}?sort=name")
    expect(tiles(page)).to_have_count(len(NAMES))
    return page


def tiles(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Images").get_by_role("option")


def tile(page: Page, name: str) -> Locator:
    return tiles(page).filter(has_text=name)


def selected(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def image_names(api: httpx.Client, project_id: int, **query: str) -> list[str]:
    images = api.get(f"/api/v1/projects/{project_id}/images", params={"sort": "name", **query}).json()
    return [image["name"] for image in images["items"]]


def test_upload__shows_each_file_and_why_one_was_refused(page: Page, api: httpx.Client, tmp_path: Path) -> None:
    project_id = make_project(api, "Uploads")
    (tmp_path / "scene.jpg").write_bytes(draw_scene(1).jpeg())
    (tmp_path / "notes.txt").write_text("no image")
    page.goto(f"/projects/{project_id}")
    expect(page.get_by_role("heading", name="No images yet")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=True).first.click()
    chooser.value.set_files([tmp_path / "scene.jpg", tmp_path / "notes.txt"])
    panel = page.get_by_role("region", name="Uploads")
    expect(panel.get_by_role("heading")).to_have_text("1 file uploaded")
    expect(panel.get_by_role("listitem").filter(has_text="notes.txt")).to_contain_text("no image that can be read")
    expect(tile(page, "scene.jpg")).to_be_visible()
    assert image_names(api, project_id) == ["scene.jpg"]


def test_selection__click_ctrl_shift_all_and_keys(gallery: Page) -> None:
    tile(gallery, NAMES[1]).click()
    tile(gallery, NAMES[3]).click(modifiers=["Shift"])
    expect(selected(gallery)).to_have_count(3)
    tile(gallery, NAMES[2]).click(modifiers=["Control"])
    expect(selected(gallery)).to_have_count(2)
    gallery.keyboard.press("Control+a")
    expect(selected(gallery)).to_have_count(len(NAMES))
    gallery.keyboard.press("Escape")
    expect(selected(gallery)).to_have_count(0)
    tile(gallery, NAMES[0]).focus()
    gallery.keyboard.press("ArrowRight")
    gallery.keyboard.press("Space")
    gallery.keyboard.press("Shift+ArrowRight")
    expect(selected(gallery)).to_have_count(2)
    expect(selected(gallery).first).to_contain_text(NAMES[1])


def test_validation_set__by_key_and_by_the_right_click_menu(gallery: Page, api: httpx.Client, project_id: int) -> None:
    tile(gallery, NAMES[0]).click()
    gallery.keyboard.press("v")
    expect(tile(gallery, NAMES[0])).to_contain_text("Validation")
    expect(gallery.get_by_role("link", name="Validation 1")).to_be_visible()
    tile(gallery, NAMES[4]).click(button="right")
    gallery.get_by_role("menuitem", name="Add to validation set").click()
    expect(gallery.get_by_role("link", name="Validation 2")).to_be_visible()
    assert image_names(api, project_id, validation="1") == [NAMES[0], NAMES[4]]


def test_delete__can_be_undone_and_then_is_done(gallery: Page, api: httpx.Client, project_id: int) -> None:
    tile(gallery, NAMES[0]).click()
    gallery.keyboard.press("Delete")
    expect(tiles(gallery)).to_have_count(5)
    gallery.get_by_role("button", name="Undo").click()
    expect(tiles(gallery)).to_have_count(6)
    tile(gallery, NAMES[1]).click()
    gallery.keyboard.press("Delete")
    with gallery.expect_response(re.compile(r"/api/v1/projects/\d+/images$")) as deletion:
        gallery.get_by_role("button", name="Dismiss").click()
    assert deletion.value.ok
    expect(gallery.get_by_role("status").filter(has_text="5 images")).to_be_visible()
    assert image_names(api, project_id) == [NAMES[0], *NAMES[2:]]


def test_delete__goes_on_when_the_page_is_left(gallery: Page, api: httpx.Client, project_id: int) -> None:
    tile(gallery, NAMES[5]).click()
    gallery.keyboard.press("Delete")
    expect(tiles(gallery)).to_have_count(5)
    gallery.goto("/help")
    expect(gallery.get_by_role("heading", name="Help")).to_be_visible()
    gallery.goto(f"/projects/{project_id}?sort=name")
    expect(tiles(gallery)).to_have_count(5)
    assert image_names(api, project_id) == NAMES[:5]


def test_filters__are_in_the_address(gallery: Page) -> None:
    gallery.get_by_role("link", name=re.compile("^Not labeled")).click()
    expect(tiles(gallery)).to_have_count(3)
    expect(gallery).to_have_url(re.compile("labeled=0"))
    gallery.keyboard.press("/")
    gallery.keyboard.type("scene-5")
    expect(tiles(gallery)).to_have_count(1)
    gallery.reload()
    expect(tiles(gallery)).to_have_count(1)
    expect(gallery.get_by_role("searchbox", name="Name")).to_have_value("scene-5")


def test_editor__opens_what_is_selected(gallery: Page) -> None:
    tile(gallery, NAMES[1]).click()
    tile(gallery, NAMES[2]).click(modifiers=["Control"])
    gallery.keyboard.press("l")
    expect(gallery).to_have_url(re.compile(r"/label/\d+\?ids=\d+%2C\d+"))
    expect(gallery.get_by_text("1 / 2")).to_be_visible()


def test_session_that_ended__signs_in_over_the_page_and_goes_on(
    browsing: Browsing, api: httpx.Client, project_id: int
) -> None:
    page = browsing.open_page()
    page.goto(f"/projects/{project_id}?sort=name")
    tile(page, NAMES[3]).click()
    page.context.clear_cookies()
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Validation 1")).to_be_visible()
    assert image_names(api, project_id, validation="1") == [NAMES[3]]
    browsing.forgive("401")


def test_phone__selects_by_touch_and_filters(open_page: Callable[..., Page], server: Server, project_id: int) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/projects/{project_id}?sort=name")
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("dialog", name="Filters").get_by_role("link", name=re.compile("^Not labeled")).click()
    page.keyboard.press("Escape")
    expect(tiles(page)).to_have_count(3)
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_visible()
