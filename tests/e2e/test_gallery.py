"""The gallery as a person uses it: finding, selecting, deleting with undo."""

import re
from collections.abc import Callable, Sequence

import httpx
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from app.cli.demo_scenes import Scene
from tests.e2e.conftest import PASSWORD, Browsing, Server
from tests.e2e.projects import import_labels, make_project, upload_scenes
from tests.scenes import draw_scene

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


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def middle(box: FloatRect) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(
    page: Page, start: tuple[float, float], end: tuple[float, float], *, keys: Sequence[str] = (), release: bool = True
) -> None:
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    if release:
        page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def tiles(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Images").get_by_role("option")


def tile(page: Page, name: str) -> Locator:
    return tiles(page).filter(has_text=name)


def selected(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def image_names(api: httpx.Client, project_id: int, **query: str) -> list[str]:
    images = api.get(f"/api/v1/projects/{project_id}/images", params={"sort": "name", **query}).json()
    return [image["name"] for image in images["items"]]


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


def test_selection__by_drawing_a_box(gallery: Page) -> None:
    first, second, last = (box_of(tile(gallery, NAMES[number])) for number in (0, 1, 5))
    # From the empty space at the left of the first tile, over the first two.
    drag(gallery, (first["x"] - 6, first["y"] + 20), (second["x"] + 20, second["y"] + 60))
    expect(selected(gallery)).to_have_count(2)
    drag(gallery, middle(last), (last["x"] + 5, last["y"] + 5), keys=["Alt", "Control"])
    expect(selected(gallery)).to_have_count(3)
    drag(gallery, middle(last), (last["x"] + 5, last["y"] + 5), keys=["Alt"], release=False)
    expect(selected(gallery)).to_have_count(1)
    gallery.keyboard.press("Escape")
    expect(selected(gallery)).to_have_count(3)
    gallery.mouse.up()
    expect(selected(gallery)).to_have_count(3)
    gallery.mouse.click(last["x"] + last["width"] / 2, last["y"] + last["height"] + 60)
    expect(selected(gallery)).to_have_count(0)


def test_keys__ends_menu_and_undo(gallery: Page, api: httpx.Client, project_id: int) -> None:
    gallery.get_by_role("button", name="Select all 6").click()
    expect(selected(gallery)).to_have_count(6)
    gallery.keyboard.press("Escape")
    tile(gallery, NAMES[2]).focus()
    gallery.keyboard.press("Shift+End")
    expect(selected(gallery)).to_have_count(4)
    gallery.keyboard.press("Home")
    gallery.keyboard.press("Shift+F10")
    gallery.get_by_role("menuitem", name="Add to validation set").click()
    expect(gallery.get_by_text("1 image added to the validation set")).to_be_visible()
    expect(gallery.get_by_role("link", name="Validation 1")).to_be_visible()
    gallery.keyboard.press("Control+z")
    expect(gallery.get_by_role("link", name="Validation 0")).to_be_visible()
    gallery.keyboard.press("Delete")
    expect(tiles(gallery)).to_have_count(5)
    gallery.keyboard.press("Control+z")
    expect(tiles(gallery)).to_have_count(6)
    assert image_names(api, project_id, validation="1") == []


def test_validation_set__tells_how_many_changed_and_takes_only_those_back(
    gallery: Page, api: httpx.Client, project_id: int
) -> None:
    tile(gallery, NAMES[0]).click()
    gallery.keyboard.press("v")
    expect(gallery.get_by_role("link", name="Validation 1")).to_be_visible()
    gallery.keyboard.press("Control+a")
    gallery.keyboard.press("v")
    expect(gallery.get_by_text("5 images added to the validation set")).to_be_visible()
    expect(gallery.get_by_role("link", name="Validation 6")).to_be_visible()
    gallery.get_by_role("button", name="Undo", exact=True).last.click()
    expect(gallery.get_by_role("link", name="Validation 1")).to_be_visible()
    assert image_names(api, project_id, validation="1") == [NAMES[0]]


def test_validation_set__by_key_and_by_the_right_click_menu(gallery: Page, api: httpx.Client, project_id: int) -> None:
    tile(gallery, NAMES[0]).click()
    gallery.keyboard.press("v")
    expect(tile(gallery, NAMES[0])).to_contain_text("Validation")
    expect(gallery.get_by_role("link", name="Validation 1")).to_be_visible()
    clicked = tile(gallery, NAMES[4])
    clicked.click(button="right")
    menu, image = gallery.get_by_role("menu").bounding_box(), clicked.bounding_box()
    assert menu
    assert image
    assert menu["x"] == pytest.approx(image["x"] + image["width"] / 2, abs=4)  # at the pointer, not in a corner
    gallery.get_by_role("menuitem", name="Add to validation set").click()
    expect(gallery.get_by_role("link", name="Validation 2")).to_be_visible()
    assert image_names(api, project_id, validation="1") == [NAMES[0], NAMES[4]]


def test_delete__can_be_undone_and_then_is_done(gallery: Page, api: httpx.Client, project_id: int) -> None:
    tile(gallery, NAMES[0]).click()
    gallery.keyboard.press("Delete")
    expect(tiles(gallery)).to_have_count(5)
    gallery.get_by_role("button", name="Undo", exact=True).click()
    expect(tiles(gallery)).to_have_count(6)
    tile(gallery, NAMES[1]).click()
    gallery.keyboard.press("Delete")
    with gallery.expect_response(re.compile(r"/api/v1/projects/\d+/images$")) as deletion:
        gallery.get_by_role("button", name="Dismiss", exact=True).click()
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


def test_delete__can_be_undone_from_another_page(gallery: Page, api: httpx.Client, project_id: int) -> None:
    tile(gallery, NAMES[5]).click()
    gallery.keyboard.press("Delete")
    expect(tiles(gallery)).to_have_count(5)
    gallery.get_by_role("link", name="Maskwright").click()
    expect(gallery).to_have_url(re.compile("/projects$"))
    gallery.get_by_role("button", name="Undo", exact=True).click()
    gallery.go_back()
    expect(tiles(gallery)).to_have_count(6)
    assert image_names(api, project_id) == NAMES


def test_filters__are_shown_as_chips_and_the_browser_goes_back_by_them(gallery: Page) -> None:
    gallery.get_by_role("link", name="Today").click()
    expect(tiles(gallery)).to_have_count(6)
    gallery.get_by_role("link", name=re.compile("^Labeled")).click()
    expect(tiles(gallery)).to_have_count(3)
    gallery.get_by_label("To", exact=True).fill("2020-01-31")
    expect(gallery.get_by_role("heading", name="No image matches")).to_be_visible()
    expect(gallery).to_have_url(re.compile(r"labeled=1&uploaded_after=\d{4}-\d\d-\d\d&uploaded_before=2020-01-31"))
    gallery.go_back()
    expect(tiles(gallery)).to_have_count(3)
    expect(gallery.get_by_label("To", exact=True)).to_have_value("")
    chips = gallery.get_by_role("region", name="Active filters")
    chips.get_by_role("button", name="Remove the filter: Labeled").click()
    expect(tiles(gallery)).to_have_count(6)
    gallery.go_back()
    chips.get_by_role("button", name="Clear all").click()
    expect(gallery).to_have_url(re.compile(r"\?sort=name$"))
    expect(chips).to_have_count(0)


def test_filters__two_clicks_in_haste_both_hold(gallery: Page) -> None:
    session = gallery.context.new_cdp_session(gallery)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    today, labeled = (
        middle(box_of(gallery.get_by_role("link", name=name)))
        for name in (re.compile("^Today"), re.compile("^Labeled"))
    )
    gallery.mouse.click(*today)
    gallery.mouse.click(*labeled)
    expect(gallery).to_have_url(re.compile(r"labeled=1&uploaded_after=\d{4}-\d\d-\d\d"))


def test_filters__who_uploaded(page: Page, api: httpx.Client, server: Server, scenes: dict[str, Scene]) -> None:
    project_id = make_project(api, "Two people")
    upload_scenes(api, project_id, {"annas.jpg": scenes[NAMES[0]]})
    page.goto(f"/projects/{project_id}")
    expect(tiles(page)).to_have_count(1)
    expect(page.get_by_role("heading", name="Uploaded by")).to_have_count(0)
    person = {"email": f"ben-{project_id}@example.com", "name": "Ben", "password": PASSWORD}
    assert api.post("/api/v1/users", json=person).is_success
    assert api.post(f"/api/v1/projects/{project_id}/members", json={"email": person["email"]}).is_success
    with httpx.Client(base_url=server.url, trust_env=False) as ben:
        credentials = {"email": person["email"], "password": person["password"]}
        signed_in = ben.post("/api/v1/session", json=credentials).json()
        ben.headers["X-CSRF-Token"] = signed_in["csrf_token"]
        upload_scenes(ben, project_id, {"bens.jpg": scenes[NAMES[1]]})
    page.reload()
    page.get_by_role("link", name="Ben 1").click()
    expect(tile(page, "bens.jpg")).to_be_visible()
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("button", name="Remove the filter: Uploaded by Ben").click()
    expect(tiles(page)).to_have_count(2)


def test_filters__go_with_the_images_into_the_editor(gallery: Page) -> None:
    gallery.get_by_role("link", name="Today").click()
    gallery.get_by_role("link", name=re.compile("^Labeled")).click()
    expect(tiles(gallery)).to_have_count(3)
    tile(gallery, NAMES[1]).dblclick()
    expect(gallery.get_by_text("2 / 3")).to_be_visible()


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


def test_touch__a_long_press_begins_selecting(open_page: Callable[..., Page], project_id: int) -> None:
    page = open_page(size=PHONE, has_touch=True)
    page.goto(f"/projects/{project_id}?sort=name")
    touch = page.context.new_cdp_session(page)
    x, y = middle(box_of(tile(page, NAMES[0])))
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    expect(selected(page)).to_have_count(1)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tile(page, NAMES[1]).tap()
    expect(selected(page)).to_have_count(2)
    page.get_by_role("button", name="Done").tap()
    expect(selected(page)).to_have_count(0)
    tile(page, NAMES[1]).tap()
    expect(page).to_have_url(re.compile("/label/"))


def test_phone__filters(open_page: Callable[..., Page], project_id: int) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/projects/{project_id}?sort=name")
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("dialog", name="Filters").get_by_role("link", name=re.compile("^Not labeled")).click()
    page.keyboard.press("Escape")
    expect(tiles(page)).to_have_count(3)
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_visible()
