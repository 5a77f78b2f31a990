"""The page of statistics: figures follow the sliders, the curve sets thresholds, images show the mistakes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESKTOP, Browsing, Server
from tests.e2e.planted import plant_model
from tests.e2e.projects import import_labels, make_project, upload_scenes
from tests.e2e.test_pages import PHONE, serious_violations, widths_beyond
from tests.e2e.waiting import wait_until
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENES = 9  # the last one is the training set
TILES = {"Accuracy": "accuracy", "Precision": "precision", "Recall": "recall", "F1": "f1"}


@dataclass(frozen=True)
class Judged:
    """A project with two models whose predictions are known."""

    project_id: int
    image_ids: list[int]
    model_id: int
    other_id: int

    @property
    def page(self) -> str:
        return f"/models/{self.model_id}/statistics"

    @property
    def path(self) -> str:
        return f"/api/v1/models/{self.model_id}"


@pytest.fixture(scope="module")
def planted(server: Server, api: httpx.Client) -> Judged:
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in range(1, SCENES + 1)}
    project_id = make_project(api, "Judged")
    image_ids = upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, scenes)
    model_id = plant_model(server, project_id, image_ids, name="first", seed=1)
    other_id = plant_model(server, project_id, image_ids[2:], name="second", seed=2)
    return Judged(project_id, image_ids, model_id, other_id)


@pytest.fixture
def judged(planted: Judged, api: httpx.Client) -> Judged:
    """With the optimized thresholds, whatever an earlier test set."""
    assert api.put(f"{planted.path}/thresholds", json={"optimized": True}).is_success
    return planted


def test_figures__are_those_of_the_rest_api(page: Page, api: httpx.Client, judged: Judged) -> None:
    open_statistics(page, judged)
    expect_tiles(page, statistics(api, judged))
    page.get_by_role("radio", name="Training, 1 image").click()
    expect_tiles(page, statistics(api, judged, split="training"))
    assert "split=training" in page.url


def test_iou__recomputes_everything(page: Page, api: httpx.Client, judged: Judged) -> None:
    open_statistics(page, judged)
    slider = page.get_by_role("slider", name="IoU threshold")
    slider.focus()
    page.keyboard.press("End")
    expect_tiles(page, statistics(api, judged, iou_threshold=0.95))
    expect(page.get_by_role("button", name="AP at 95 %")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]iou=95\b"))  # written once the slider rests; figures may come sooner
    page.reload()
    expect(slider).to_have_value("95")
    page.goto(f"{judged.page}?iou=nonsense")
    expect_tiles(page, statistics(api, judged))


def test_curve__a_click_sets_the_threshold_and_undo_takes_it_back(
    page: Page, api: httpx.Client, judged: Judged
) -> None:
    before = thresholds(api, judged)
    label = next(iter(before["values"]))
    open_statistics(page, judged, f"?label={label}")
    curve = curve_of(page, label)
    box = curve.bounding_box()
    assert box is not None
    curve.hover(position={"x": box["width"] * 0.3, "y": box["height"] * 0.3})
    expect(page.get_by_text(f"Click to set for {label}")).to_be_visible()
    shown = float(
        re.sub(r"[^\d.]", "", page.locator("dl", has_text="Score threshold").locator("dd").first.inner_text())
    )
    curve.click(position={"x": box["width"] * 0.3, "y": box["height"] * 0.3})
    expect(page.get_by_text(f"Score threshold of {label} is now {shown:.1f} %")).to_be_visible()
    after = thresholds(api, judged)
    assert not after["optimized"]
    assert after["values"][label] == pytest.approx(shown / 100, abs=0.0006)
    expect(page.get_by_role("switch", name="Use optimized thresholds")).not_to_be_checked()
    figures = statistics(api, judged)
    expect_tiles(page, figures)
    assert figures["global"]["recall"] < 0.7
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("switch", name="Use optimized thresholds")).to_be_checked()
    assert thresholds(api, judged) == before


def test_curve__by_keys(page: Page, api: httpx.Client, judged: Judged) -> None:
    label = next(iter(thresholds(api, judged)["values"]))
    open_statistics(page, judged, f"?label={label}")
    scores = statistics(api, judged)["curves"][label]["score"]
    curve = curve_of(page, label)
    curve.focus()
    page.keyboard.press("Home")
    expect(curve).to_have_attribute("aria-valuetext", re.compile(f"Threshold {scores[0]:.1%}".replace("%", " %")))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Score threshold of {label} is now")).to_be_visible()
    assert thresholds(api, judged)["values"][label] == scores[1]
    page.get_by_role("button", name="As a table").click()
    expect(page.get_by_role("table", name="Points of the curve").get_by_role("row")).to_have_count(len(scores) + 1)


def test_thresholds__one_for_all_is_tried_then_set_and_told_in_the_history(
    page: Page, api: httpx.Client, judged: Judged
) -> None:
    before = thresholds(api, judged)
    open_statistics(page, judged, "?score=80")
    expect(page.get_by_text("thresholds that are only tried")).to_be_visible()
    expect_tiles(page, statistics(api, judged, score_threshold=0.8))
    assert thresholds(api, judged) == before
    page.get_by_role("button", name="Set all").click()
    expect(page.get_by_text("Every label's score threshold is now 80.0 %")).to_be_visible()
    assert set(thresholds(api, judged)["values"].values()) == {0.8}
    expect(page.get_by_text("thresholds that are only tried")).to_have_count(0)
    page.get_by_role("button", name="History").click()
    dialog = page.get_by_role("dialog", name="Changes of the score thresholds")
    expect(dialog.get_by_text("set thresholds by hand").first).to_be_visible()
    expect(dialog.get_by_text("→ 80.0 %").first).to_be_visible()


def test_thresholds__undo_takes_back_its_own_change_alone(page: Page, api: httpx.Client, judged: Judged) -> None:
    before = thresholds(api, judged)
    first, second, *_ = before["values"]
    open_statistics(page, judged)
    for label in (first, second):
        field = page.get_by_role("textbox", name=f"Score threshold of {label}, typed")
        field.fill("88")
        field.press("Enter")
        expect(page.get_by_text(f"Score threshold of {label} is now 88.0 %")).to_be_visible()
    page.get_by_text("Last", exact=True).click()
    expect(page).to_have_url(re.compile("checkpoint=last"))
    page.get_by_role("button", name="Undo", exact=True).first.click()
    wanted = {**before["values"], second: 0.88}
    assert wait_until(page, lambda: thresholds(api, judged)["values"], lambda values: values == wanted) == wanted
    assert api.get(f"{judged.path}/thresholds", params={"checkpoint": "last"}).json()["optimized"]


def test_table__sorts_by_a_figure(page: Page, api: httpx.Client, judged: Judged) -> None:
    open_statistics(page, judged)
    rows = statistics(api, judged)["labels"]
    table = page.get_by_role("table", name="Figures of each label")
    names = table.locator("tbody tr td:first-child")
    table.get_by_role("button", name="F1 %").click()
    expect(names).to_have_text(["All labels", *(row["label"] for row in sorted(rows, key=lambda row: row["f1"]))])
    table.get_by_role("button", name="F1 %").click()
    expect(names).to_have_text(["All labels", *(row["label"] for row in sorted(rows, key=lambda row: -row["f1"]))])
    expect(table.locator("th[aria-sort=descending]")).to_have_text("F1 %")


def test_not_defined__says_why(page: Page, api: httpx.Client, judged: Judged) -> None:
    open_statistics(page, judged, "?score=100")
    figures = statistics(api, judged, score_threshold=1)
    assert figures["global"]["precision"] is None
    tile = tile_of(page, "Precision")
    tile.get_by_role("button", name="not defined").click()
    expect(page.get_by_role("dialog", name="not defined")).to_contain_text(figures["global"]["reasons"]["precision"])


def test_predictions__worst_first_and_walked_by_keys(page: Page, api: httpx.Client, judged: Judged) -> None:
    open_statistics(page, judged)
    wanted = api.get(f"{judged.path}/predictions", params={"sort": "missed"}).json()["items"]
    tiles = page.locator("button[data-image-id]")
    expect(tiles).to_have_count(SCENES - 1)
    assert [tile.get_attribute("data-image-id") for tile in tiles.all()] == [str(one["image_id"]) for one in wanted]
    tiles.first.click()
    viewer = page.get_by_role("dialog", name=wanted[0]["name"])
    expect(viewer.locator("[data-judgement=missed]")).to_have_count(len(wanted[0]["missed"]))
    expect(viewer.locator("[data-judgement=correct]")).to_have_count(wanted[0]["correct_count"])
    predicted = viewer.locator("[data-mask^=prediction]")
    expect(predicted).to_have_count(wanted[0]["correct_count"] + wanted[0]["incorrect_count"])
    page.keyboard.press("p")
    expect(predicted).to_have_count(0)
    page.keyboard.press("p")
    viewer.get_by_role("radio", name="Incorrect").click()
    expect(viewer.locator("[data-judgement=incorrect]")).to_have_count(wanted[0]["incorrect_count"])
    expect(viewer.locator("[data-judgement=correct]")).to_have_count(0)
    viewer.get_by_role("radio", name="All", exact=True).click()
    viewer.get_by_role("heading").click()  # out of the filter, where the arrows choose another one
    page.keyboard.press("ArrowRight")
    second = page.get_by_role("dialog", name=wanted[1]["name"])
    expect(second).to_be_visible()
    expect(second.get_by_role("link", name="Open in the editor")).to_have_attribute(
        "href", f"/projects/{judged.project_id}/label/{wanted[1]['image_id']}"
    )
    page.keyboard.press("Escape")
    expect(second).to_have_count(0)
    assert "image=" not in page.url


def test_predictions__the_address_opens_an_image(page: Page, judged: Judged) -> None:
    open_statistics(page, judged, f"?image={judged.image_ids[0]}")
    expect(page.get_by_role("dialog", name="scene-1.jpg")).to_be_visible()


def test_suspects__lead_to_the_image(page: Page, api: httpx.Client, judged: Judged) -> None:
    open_statistics(page, judged)
    first = api.get(f"{judged.path}/suspects").json()["items"][0]
    panel = page.get_by_role("region", name="Suspect labels")
    panel.get_by_role("button", name=re.compile("show the image")).first.click()
    expect(page.get_by_role("dialog", name=first["image_name"])).to_be_visible()


def test_labels_changed__are_noticed(page: Page, api: httpx.Client, judged: Judged) -> None:
    items = api.get(f"/api/v1/images/{judged.image_ids[0]}/instances").json()["items"]
    put_instances(api, judged.image_ids[0], items[1:])
    try:
        open_statistics(page, judged)
        expect_tiles(page, statistics(api, judged))
        expect(page.get_by_text("Labels changed on 1 image since the training")).to_contain_text("1 removed")
        page.locator("label", has_text="Judge by today's labels").click()
        today = statistics(api, judged, ground_truth="today")
        assert today["instances"] == statistics(api, judged)["instances"] - 1
        expect(tile_of(page, "Label count")).to_contain_text(str(today["instances"]))
        assert "labels=today" in page.url
    finally:
        put_instances(api, judged.image_ids[0], items)


def test_downloads__are_offered(page: Page, judged: Judged) -> None:
    open_statistics(page, judged, "?iou=75")
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Tables").click()
    assert download.value.suggested_filename.endswith("statistics.csv")
    assert "iou_threshold=0.75" in download.value.url


def test_print__is_the_whole_page(page: Page, judged: Judged) -> None:
    open_statistics(page, judged)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print report")).to_be_hidden()
    expect(page.get_by_role("heading", name="Object sizes")).to_be_visible()
    hidden = page.evaluate("document.documentElement.scrollHeight - document.querySelector('#content').scrollHeight")
    assert hidden >= 0, "what is printed ends before the page does"
    pdf = page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") >= 2


def test_compare__from_the_list_of_models(page: Page, api: httpx.Client, judged: Judged) -> None:
    page.goto(f"/projects/{judged.project_id}/models")
    compare = page.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_disabled()
    for name in ("first", "second"):
        page.locator("label", has=page.get_by_role("checkbox", name=f"Compare {name}")).click()
    compare.click()
    query = {"models": f"{judged.model_id},{judged.other_id}"}
    wanted = api.get(f"/api/v1/projects/{judged.project_id}/compare", params=query).json()
    expect(page.get_by_text("Their sets differ")).to_contain_text("2 images of first")
    row = page.get_by_role("row", name=re.compile("^Accuracy"))
    expect(row).to_contain_text(" ".join(percent(model["global"]["accuracy"]) for model in wanted["models"]).split()[0])
    for cell, model in zip(row.get_by_role("cell").all()[1:], wanted["models"], strict=True):
        expect(cell).to_have_text(percent(model["global"]["accuracy"]))
    assert widths_beyond(page) == []
    assert "\n".join(serious_violations(page)) == ""


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["large", "phone"])
def test_page__fits_and_can_be_used_by_everybody(
    open_page: Callable[..., Page], judged: Judged, size: tuple[int, int], is_dark: bool
) -> None:
    page = open_page(size=size, is_dark=is_dark)
    open_statistics(page, judged)
    page.wait_for_load_state("networkidle")
    assert widths_beyond(page) == []
    assert "\n".join(serious_violations(page)) == ""
    page.locator("button[data-image-id]").first.click()
    expect(page.get_by_role("link", name="Open in the editor").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert widths_beyond(page) == []
    assert "\n".join(serious_violations(page)) == ""


def test_model_that_is_not_there__is_told(page: Page, browsing: Browsing) -> None:
    page.goto("/models/999999/statistics")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    browsing.forgive("404")


def open_statistics(page: Page, judged: Judged, query: str = "") -> None:
    page.goto(f"{judged.page}{query}")
    expect(page.get_by_role("heading", name="Precision-recall curve")).to_be_visible()


def put_instances(api: httpx.Client, image_id: int, items: list[dict[str, Any]]) -> None:
    path = f"/api/v1/images/{image_id}/instances"
    revision = api.get(path).json()["revision"]
    answer = api.put(path, json={"revision": revision, "items": items}, headers={"If-Match": f'"{revision}"'})
    assert answer.is_success, answer.text


def curve_of(page: Page, label: str) -> Locator:
    return page.get_by_role("slider", name=f"Score threshold on the curve of {label}")


def tile_of(page: Page, name: str) -> Locator:
    return page.locator("dl > div", has=page.get_by_role("button", name=f"What is {name}?"))


def expect_tiles(page: Page, figures: dict[str, Any]) -> None:
    for name, key in TILES.items():
        expect(tile_of(page, name)).to_contain_text(percent(figures["global"][key]))
    expect(tile_of(page, "mAP")).to_contain_text(f"{figures['global']['map']:.2f}")


def percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def statistics(api: httpx.Client, judged: Judged, **query: object) -> dict[str, Any]:
    answer = api.get(f"{judged.path}/statistics", params={name: str(value) for name, value in query.items()})
    assert answer.is_success, answer.text
    figures: dict[str, Any] = answer.json()
    return figures


def thresholds(api: httpx.Client, judged: Judged) -> dict[str, Any]:
    values: dict[str, Any] = api.get(f"{judged.path}/thresholds").json()
    return values
