"""The desk around the canvas: keys of one's own, objects from image to image, overview, ruler, labeling time."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Browsing
from tests.e2e.drawing import Canvas, expect_objects, expect_saved, open_editor
from tests.e2e.projects import add_label, import_labels, make_project, stored_instances, upload_scenes
from tests.e2e.waiting import wait_until
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SQUARE = [(60, 60), (220, 60), (220, 200), (60, 200)]
TRIANGLE = [(300, 80), (400, 90), (350, 200)]


@pytest.fixture
def project_id(api: httpx.Client) -> int:
    project_id = make_project(api, "Desk")
    for name in ("leaf", "pebble"):
        add_label(api, project_id, name)
    return project_id


@pytest.fixture
def image_ids(api: httpx.Client, project_id: int) -> list[int]:
    return upload_scenes(api, project_id, {f"{number}.jpg": draw_scene(number) for number in (1, 2)})


def test_keys__that_a_person_changed_are_there_in_another_browser(
    browsing: Browsing, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    page = browsing.open_page()
    open_editor(page, project_id, image_ids[0])
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.get_by_role("button", name="Change the key of “New object”").click()
    page.keyboard.press("4")
    expect(dialog.get_by_text("4 has a fixed meaning. Choose another.")).to_be_visible()
    dialog.get_by_role("button", name="Change the key of “New object”").click()
    page.keyboard.press("j")
    expect(dialog.get_by_text("also: Join with touching objects of its label")).to_be_visible()
    dialog.get_by_role("button", name="Change the key of “New object”").click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/me") and answer.request.method == "PATCH"):
        page.keyboard.press("Control+Shift+n")
    expect(dialog.get_by_text("also:")).to_have_count(0)

    other = browsing.open_page()
    canvas = open_editor(other, project_id, image_ids[0])
    other.keyboard.press("Control+Shift+n")
    canvas.draw_ring(SQUARE)
    expect_objects(other, "leaf 14 points")

    other.keyboard.press("?")
    with other.expect_response(lambda answer: answer.url.endswith("/api/v1/me") and answer.request.method == "PATCH"):
        other.get_by_role("button", name="Reset all keys").click()
    assert api.get("/api/v1/me").json()["preferences"]["labeling.keys"] == {}


def test_objects__go_to_the_next_image_and_change_their_order(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    canvas = open_editor(page, project_id, image_ids[0])
    for label, ring in (("1", SQUARE), ("2", TRIANGLE)):
        page.keyboard.press("n")
        page.keyboard.press(label)
        canvas.draw_ring(ring)
    expect_objects(page, "leaf 14 points", "pebble 13 points")
    page.get_by_role("button", name="leaf 1 4 points").hover()
    page.get_by_role("button", name="More for leaf 1").click()
    page.get_by_role("menuitem", name="To the front").click()
    expect_objects(page, "pebble 13 points", "leaf 14 points")
    page.keyboard.press("Control+x")
    expect_objects(page, "pebble 13 points")
    expect_saved(page)

    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"/projects/{project_id}/label/{image_ids[1]}")
    expect_objects(page)
    page.keyboard.press("Control+v")
    page.keyboard.press("Control+Shift+v")
    expect_objects(page, "leaf 14 points", "pebble 13 points")
    expect_saved(page)
    assert [len(stored_instances(api, image_id)) for image_id in image_ids] == [1, 2]


def test_what_is_hidden__is_saved_all_the_same(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    canvas = open_editor(page, project_id, image_ids[0])
    page.keyboard.press("n")
    canvas.draw_ring(SQUARE)
    expect_saved(page)
    page.get_by_role("button", name="Hide all objects").click()
    page.get_by_role("slider", name="Brightness").press("ArrowRight")
    expect(page.get_by_role("button", name="Show all objects")).to_be_visible()
    page.keyboard.press("n")
    canvas.draw_ring(TRIANGLE)
    expect_objects(page, "leaf 14 points", "leaf 23 points")
    expect_saved(page)
    assert [len(instance.polygons[0].exterior) for instance in stored_instances(api, image_ids[0])] == [4, 3]


def test_next_unlabeled__leaves_out_what_has_objects(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    (third,) = upload_scenes(api, project_id, {"3.jpg": draw_scene(3)})
    canvas = open_editor(page, project_id, image_ids[1])
    page.keyboard.press("n")
    canvas.draw_ring(SQUARE)
    expect_saved(page)
    page.goto(f"/projects/{project_id}/label?ids={image_ids[0]},{image_ids[1]},{third}")
    expect(page.get_by_text("Chosen images")).to_be_visible()
    expect(page.get_by_test_id("canvas")).to_be_visible()
    page.keyboard.press("u")
    expect(page).to_have_url(f"/projects/{project_id}/label/{third}?ids={image_ids[0]}%2C{image_ids[1]}%2C{third}")


def test_save__reads_anew_no_more_than_the_image_and_the_progress(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    upload_scenes(api, project_id, {"3.jpg": draw_scene(3)})
    page.goto(f"/projects/{project_id}/label/{image_ids[1]}?labeled=false")
    canvas = Canvas(page)
    strip = page.get_by_role("navigation", name="Images")
    expect(strip).to_contain_text("2 / 3")
    page.wait_for_load_state("networkidle")
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(httpx.URL(request.url).path) if request.method == "GET" else None)
    page.keyboard.press("n")
    canvas.draw_ring(SQUARE)
    expect_saved(page)
    expect(strip).to_contain_text("Labeled1 / 3")
    assert asked == {f"/api/v1/projects/{project_id}", f"/api/v1/images/{image_ids[1]}"}
    # the row of images without labels is the one that was begun, or going on would lead elsewhere
    expect(strip).to_contain_text("2 / 3")


def test_next_image__was_read_beforehand_and_opens_without_a_connection(
    browsing: Browsing, api: httpx.Client, project_id: int
) -> None:
    scenes = {f"{number}.jpg": draw_scene(number) for number in (1, 2)}
    image_ids = upload_scenes(api, project_id, scenes)
    objects = import_labels(api, project_id, {"2.jpg": scenes["2.jpg"]})
    page = browsing.open_page()
    with page.expect_response(f"**/api/v1/images/{image_ids[1]}/instances") as answer:
        open_editor(page, project_id, image_ids[0])
    answer.value.finished()
    page.context.set_offline(True)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("application", name="Image 2.jpg")).to_be_visible()
    expect(page.get_by_role("region", name="Objects").locator("li")).to_have_count(objects)
    page.close()
    browsing.overlook("ERR_INTERNET_DISCONNECTED")


def test_stroke__is_drawn_though_all_text_of_the_page_is_selected(
    page: Page, project_id: int, image_ids: list[int]
) -> None:
    canvas = open_editor(page, project_id, image_ids[0])
    page.keyboard.press("Control+a")
    page.keyboard.press("r")
    canvas.drag((60, 60), (220, 200))
    expect_objects(page, "leaf 14 points")


def test_long_names__stay_in_their_places(page: Page, api: httpx.Client, project_id: int) -> None:
    add_label(api, project_id, "very long name " * 6)
    (image_id,) = upload_scenes(api, project_id, {f"{'a-long-name-' * 12}.jpg": draw_scene(1)})
    canvas = open_editor(page, project_id, image_id)
    back = page.get_by_role("link", name="Back to the images")
    arrow = back.locator("svg").bounding_box()
    assert arrow is not None
    assert arrow["width"] == 16
    page.keyboard.press("w")
    canvas.drag((60, 60), (220, 200))
    (name, bar) = (back.bounding_box(), page.get_by_role("region", name="Smart: mark a rectangle").bounding_box())
    assert name is not None
    assert bar is not None
    assert name["x"] + name["width"] < bar["x"]
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog", name="Find a label by name")
    _expect_within(dialog, dialog.get_by_role("textbox"))
    page.keyboard.press("Escape")
    back.click()
    labels = page.get_by_role("region", name="Labels")
    for row in labels.get_by_role("link").all():
        _expect_within(labels, row)


def _expect_within(outer: Locator, inner: Locator) -> None:
    expect(inner).to_be_visible()
    (outer_box, inner_box) = (outer.bounding_box(), inner.bounding_box())
    assert outer_box is not None
    assert inner_box is not None
    assert inner_box["x"] + inner_box["width"] <= outer_box["x"] + outer_box["width"]


def test_overview__moves_the_image_and_goes_when_all_is_seen(page: Page, project_id: int, image_ids: list[int]) -> None:
    open_editor(page, project_id, image_ids[0])
    overview = page.get_by_role("figure", name="Overview")
    expect(overview).to_have_count(0)
    for _ in range(8):
        page.keyboard.press("+")
    expect(overview).to_be_visible()
    frame = page.get_by_test_id("minimap-frame")
    expect(page.get_by_label("Zoom", exact=True)).to_have_text("596 %")
    style = frame.get_attribute("style") or ""
    page.keyboard.press("Shift+ArrowLeft")
    expect(frame).not_to_have_attribute("style", style)
    box = overview.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    expect(frame).to_have_attribute("style", re.compile(r"translate\(1[23]\d\.\d+px, 9\d\.\d+px\)"))
    page.keyboard.press("Shift+M")
    expect(overview).to_have_count(0)
    page.keyboard.press("Shift+M")
    page.keyboard.press("f")
    expect(overview).to_have_count(0)


def test_ruler__measures_in_pixels_of_the_image(page: Page, project_id: int, image_ids: list[int]) -> None:
    canvas = open_editor(page, project_id, image_ids[0])
    page.keyboard.press("m")
    expect(page.get_by_text("Drag over the image to measure.")).to_be_visible()
    canvas.drag((100, 100), (130, 140))
    expect(page.get_by_text("50.0 px  (Δx 30.0, Δy 40.0)")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("50.0 px")).to_have_count(0)
    expect_objects(page)


def test_labeling_time__of_ten_minutes_with_a_pause_of_three_is_seven(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    page.clock.install()
    canvas = open_editor(page, project_id, image_ids[0])
    # what a drag takes on a busy machine is not the person's time
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    _work(page, canvas, minutes=4)
    page.clock.run_for(180_000)
    _work(page, canvas, minutes=3)
    page.clock.resume()
    page.goto(f"/projects/{project_id}")

    (day,) = _labeling_time(page, api, project_id, at_least_s=0.95 * 7 * 60)
    assert day["seconds"] == pytest.approx(7 * 60, rel=0.05)
    assert day["image_count"] == 1

    page.get_by_role("button", name="This project").click()
    page.get_by_role("menuitem", name="Labeling time").click()
    expect(page.get_by_role("table", name="Labeling time").locator("tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.endswith("-labeling-time.csv")


def _work(page: Page, canvas: Any, *, minutes: int) -> None:
    """Move the pointer every ten seconds."""
    for turn in range(minutes * 6 + 1):
        canvas.drag((100 + turn % 2, 100), (120, 120))
        if turn < minutes * 6:
            page.clock.run_for(10_000)


def _labeling_time(page: Page, api: httpx.Client, project_id: int, *, at_least_s: float) -> list[dict[str, Any]]:
    """The report, once what the left page sent has arrived."""
    path = f"/api/v1/projects/{project_id}/labeling-time"
    report = wait_until(page, lambda: api.get(path).json(), lambda said: said["total_seconds"] >= at_least_s)
    items: list[dict[str, Any]] = report["items"]
    return items


def test_labels__of_a_large_project_come_into_sight_where_one_is_chosen(
    page: Page, api: httpx.Client, project_id: int, image_ids: list[int]
) -> None:
    for number in range(80):
        add_label(api, project_id, f"part {number}")
    open_editor(page, project_id, image_ids[0])
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog", name="Find a label by name")
    dialog.get_by_role("textbox").fill("part")
    for _ in range(60):
        page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="part 60")).to_be_in_viewport()
    expect(dialog.get_by_role("button", name="part 0")).to_have_count(0)
    page.keyboard.press("Enter")
    chosen = page.get_by_role("region", name="Labels").get_by_role("button", name="part 60")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(chosen).to_be_in_viewport()
