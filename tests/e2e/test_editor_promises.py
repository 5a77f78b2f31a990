"""What the editor promises: no drawing is lost, whatever happens to the session, the labels or the connection."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Browsing
from tests.e2e.drawing import Canvas, expect_objects, expect_saved, open_editor
from tests.e2e.projects import add_label, make_project, stored_instances, upload_scenes
from tests.e2e.waiting import wait_until
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SQUARE = [(60, 60), (220, 60), (220, 200), (60, 200)]
TRIANGLE = [(300, 80), (400, 90), (350, 200)]
STRIP = [(60, 240), (200, 240), (200, 280)]


@dataclass(frozen=True)
class Picture:
    """Two images without labels, in a project with the labels leaf and pebble."""

    project_id: int
    image_id: int
    other_id: int


@pytest.fixture
def picture(api: httpx.Client) -> Picture:
    project_id = make_project(api, "Promises")
    for name in ("leaf", "pebble"):
        add_label(api, project_id, name)
    return Picture(project_id, *upload_scenes(api, project_id, {f"{n}.jpg": draw_scene(n) for n in (1, 2)}))


def draw(page: Page, canvas: Canvas, ring: list[tuple[int, int]], label: str = "1") -> None:
    page.keyboard.press("n")
    page.keyboard.press(label)
    canvas.draw_ring(ring)


def begin(browsing: Browsing, api: httpx.Client, picture: Picture) -> tuple[Page, Canvas]:
    """An editor in which a leaf is drawn and stored."""
    page = browsing.open_page()
    canvas = open_editor(page, picture.project_id, picture.image_id)
    draw(page, canvas, SQUARE)
    wait_for_stored(page, api, picture.image_id, ["leaf"])
    return page, canvas


def labels_of(api: httpx.Client, project_id: int) -> dict[str, int]:
    items = api.get(f"/api/v1/projects/{project_id}/labels").json()["items"]
    return {item["name"]: item["id"] for item in items}


def stored_names(api: httpx.Client, image_id: int) -> list[str]:
    return sorted(instance.class_name for instance in stored_instances(api, image_id))


def wait_for_stored(page: Page, api: httpx.Client, image_id: int, names: list[str]) -> None:
    """Until the server has objects of these labels, and the page says so."""
    wait_for_server(page, api, image_id, names)
    expect_saved(page)


def wait_for_server(page: Page, api: httpx.Client, image_id: int, names: list[str]) -> None:
    assert wait_until(page, lambda: stored_names(api, image_id), lambda stored: stored == names) == names


def test_session_that_ended__is_renewed_over_the_editor_and_the_work_goes_on(
    browsing: Browsing, api: httpx.Client, picture: Picture
) -> None:
    page, canvas = begin(browsing, api, picture)
    page.context.clear_cookies()
    draw(page, canvas, TRIANGLE, "2")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    assert stored_names(api, picture.image_id) == ["leaf"]
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    wait_for_stored(page, api, picture.image_id, ["leaf", "pebble"])
    draw(page, canvas, STRIP)
    wait_for_stored(page, api, picture.image_id, ["leaf", "leaf", "pebble"])
    page.keyboard.press("Control+z")
    expect_objects(page, "leaf 14 points", "pebble 13 points")
    browsing.forgive("401 (Unauthorized)")


def test_label_renamed_meanwhile__the_open_editor_goes_on(
    browsing: Browsing, api: httpx.Client, picture: Picture
) -> None:
    page, canvas = begin(browsing, api, picture)
    leaf = labels_of(api, picture.project_id)["leaf"]
    path = f"/api/v1/projects/{picture.project_id}/labels/{leaf}"
    assert api.patch(path, json={"name": "frond"}).is_success
    draw(page, canvas, TRIANGLE)
    expect_objects(page, "frond 14 points", "frond 23 points")
    wait_for_stored(page, api, picture.image_id, ["frond", "frond"])
    browsing.forgive("422 (Unprocessable")


def test_label_merged_meanwhile__its_objects_follow(browsing: Browsing, api: httpx.Client, picture: Picture) -> None:
    page, canvas = begin(browsing, api, picture)
    labels = labels_of(api, picture.project_id)
    path = f"/api/v1/projects/{picture.project_id}/labels/{labels['leaf']}/merge"
    assert api.post(path, json={"into": labels["pebble"]}).is_success
    draw(page, canvas, TRIANGLE, "2")
    expect_objects(page, "pebble 14 points", "pebble 23 points")
    wait_for_stored(page, api, picture.image_id, ["pebble", "pebble"])
    browsing.forgive("412 (Precondition Failed)")


def test_label_deleted_meanwhile__what_is_unsaved_waits_and_all_else_is_saved(
    browsing: Browsing, api: httpx.Client, picture: Picture
) -> None:
    page, canvas = begin(browsing, api, picture)
    leaf = labels_of(api, picture.project_id)["leaf"]
    assert api.delete(f"/api/v1/projects/{picture.project_id}/labels/{leaf}").is_success
    draw(page, canvas, TRIANGLE)
    expect(page.get_by_text("Saved but 1 object")).to_be_visible()
    expect(page.get_by_text("Someone deleted the label leaf, and 1 object here with it.")).to_be_visible()
    expect_objects(page, "leaf 13 points")
    draw(page, canvas, STRIP, "1")  # what is left is the first
    expect_objects(page, "leaf 13 points", "pebble 13 points")
    wait_for_server(page, api, picture.image_id, ["pebble"])
    expect(page.get_by_text("Saved but 1 object")).to_be_visible()
    page.get_by_role("button", name="leaf 1 3 points").click()
    page.keyboard.press("1")
    wait_for_stored(page, api, picture.image_id, ["pebble", "pebble"])
    browsing.forgive("422 (Unprocessable")
    browsing.overlook("412")


def test_two_people_who_were_offline__come_to_the_same(browsing: Browsing, api: httpx.Client, picture: Picture) -> None:
    pages = [browsing.open_page(), browsing.open_page()]
    canvases = [open_editor(page, picture.project_id, picture.image_id) for page in pages]
    for page in pages:
        page.context.set_offline(True)
    for page, canvas, rings in zip(pages, canvases, ([SQUARE, STRIP], [TRIANGLE]), strict=True):
        for ring in rings:
            draw(page, canvas, ring)
        expect(page.get_by_text("Offline:")).to_be_visible()
    assert stored_instances(api, picture.image_id) == []
    for page in pages:
        page.context.set_offline(False)
        expect_saved(page)
    wait_for_stored(pages[0], api, picture.image_id, ["leaf", "leaf", "leaf"])
    draw(pages[0], canvases[0], [(420, 220), (470, 220), (470, 260)], "2")
    wait_for_stored(pages[0], api, picture.image_id, ["leaf", "leaf", "leaf", "pebble"])
    pages[1].reload()
    seen = [_objects(page) for page in pages]
    assert seen[0] == seen[1] == sorted(["leaf 14 points", "leaf 23 points", "leaf 33 points", "pebble 13 points"])
    assert len(stored_instances(api, picture.image_id)) == 4
    browsing.overlook("412")
    browsing.overlook("ERR_INTERNET_DISCONNECTED")


def test_image_left_unsaved_by_a_closed_tab__is_saved_from_any_image_of_the_project(
    browsing: Browsing, api: httpx.Client, picture: Picture
) -> None:
    page = browsing.open_page()
    canvas = open_editor(page, picture.project_id, picture.image_id)
    page.context.set_offline(True)
    draw(page, canvas, SQUARE)
    expect(page.get_by_text("Offline: 1 change kept")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    open_editor(again, picture.project_id, picture.other_id)
    wait_for_server(again, api, picture.image_id, ["leaf"])
    browsing.overlook("ERR_INTERNET_DISCONNECTED")


def test_image_left_unsaved__that_someone_else_changed_too__is_told_and_both_versions_are_shown(
    browsing: Browsing, api: httpx.Client, picture: Picture
) -> None:
    page, _ = begin(browsing, api, picture)
    page.context.set_offline(True)
    page.keyboard.press("2")
    expect(page.get_by_text("Offline: 1 change kept")).to_be_visible()
    context = page.context
    page.close()
    assert api.put(
        f"/api/v1/images/{picture.image_id}/instances",
        json={"items": [{**_raw(api, picture.image_id)[0], "crowd": True}]},
        headers={"If-Match": "*"},
    ).is_success
    context.set_offline(False)

    again = context.new_page()
    open_editor(again, picture.project_id, picture.other_id)
    note = again.get_by_text("Unsaved changes of yours to 1.jpg wait")
    expect(note).to_be_visible()
    assert stored_names(api, picture.image_id) == ["leaf"]
    again.get_by_role("button", name="Open", exact=True).click()
    expect(again.get_by_text("Someone else changed these objects meanwhile. Yours are kept.")).to_be_visible()
    expect_objects(again, "pebble 14 points")
    again.get_by_role("button", name="Use theirs").click()
    wait_for_stored(again, api, picture.image_id, ["leaf"])
    assert _raw(api, picture.image_id)[0]["crowd"] is True
    browsing.overlook("ERR_INTERNET_DISCONNECTED")


def test_what_is_shown__never_changes_what_is_stored(page: Page, api: httpx.Client, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    draw(page, canvas, SQUARE)
    draw(page, canvas, TRIANGLE, "2")
    wait_for_stored(page, api, picture.image_id, ["leaf", "pebble"])
    before = _raw(api, picture.image_id)
    for name in ("Fill", "Brightness", "Contrast"):
        page.get_by_role("slider", name=name).press("ArrowLeft")
    for action in ("x", "x", "Shift+X"):
        page.keyboard.press(action)
    page.get_by_role("button", name="Hide pebble 1").click()
    page.get_by_role("button", name="leaf 1 4 points").hover()
    page.get_by_role("button", name="Lock leaf 1").click()
    page.keyboard.press("x")
    draw(page, canvas, STRIP)
    wait_for_stored(page, api, picture.image_id, ["leaf", "leaf", "pebble"])
    after = _raw(api, picture.image_id)
    assert json.dumps(after[:2]) == json.dumps(before)
    assert len(after) == 3
    page.keyboard.press("Control+z")
    wait_for_stored(page, api, picture.image_id, ["leaf", "pebble"])
    assert json.dumps(_raw(api, picture.image_id)) == json.dumps(before)


def test_history__shows_a_save_and_brings_it_back_undoably(page: Page, api: httpx.Client, picture: Picture) -> None:
    canvas = open_editor(page, picture.project_id, picture.image_id)
    draw(page, canvas, SQUARE)
    wait_for_stored(page, api, picture.image_id, ["leaf"])
    draw(page, canvas, TRIANGLE, "2")
    wait_for_stored(page, api, picture.image_id, ["leaf", "pebble"])
    before = _raw(api, picture.image_id)
    page.keyboard.press("Delete")
    wait_for_stored(page, api, picture.image_id, ["leaf"])
    page.get_by_role("button", name="History").click()
    dialog = page.get_by_role("dialog", name="History")
    saves = dialog.get_by_role("list", name="Saves of this image").get_by_role("button")
    expect(saves).to_have_count(4)
    saves.nth(3).click()
    expect(dialog.get_by_text("0 objects")).to_be_visible()
    saves.nth(1).click()
    expect(dialog.get_by_text("2 objects")).to_be_visible()
    dialog.get_by_role("button", name="Restore").click()
    expect_objects(page, "leaf 14 points", "pebble 13 points")
    wait_for_stored(page, api, picture.image_id, ["leaf", "pebble"])
    assert _raw(api, picture.image_id) == before
    page.keyboard.press("Control+z")
    expect_objects(page, "leaf 14 points")
    wait_for_stored(page, api, picture.image_id, ["leaf"])


def _objects(page: Page) -> list[str]:
    expect(page.get_by_test_id("canvas")).to_be_visible()
    rows = page.get_by_role("region", name="Objects").locator("li button[aria-pressed]")
    expect(rows).to_have_count(4)
    return sorted(rows.all_text_contents())


def _raw(api: httpx.Client, image_id: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(f"/api/v1/images/{image_id}/instances").json()["items"]
    return items
