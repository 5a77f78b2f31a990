"""Predicting on many images in the browser: sent, followed, looked at, downloaded, deleted; and drafts made of it."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from app.db.enums import CheckpointKind
from tests.e2e.conftest import DESKTOP, Server
from tests.e2e.predicting import plant_predicting_model
from tests.e2e.projects import make_project, stored_instances, upload_scenes
from tests.e2e.test_pages import PHONE, serious_violations, tables_beyond, widths_beyond
from tests.e2e.waiting import wait_until
from tests.exported import exported_random_model
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENES = 7  # one more than the page predicts at once itself, and one that stays as it is
MANY = 300  # small images: more than a worker looks at while a hand goes to a button
BATCH_MS = 90_000  # a worker loads the model, and its cores are busy


@dataclass(frozen=True)
class Predicting:
    """A project with images and a model that predicts."""

    project_id: int
    model_id: int
    image_ids: list[int]


@pytest.fixture(scope="module")
def predicting(server: Server, api: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Predicting:
    exports = {kind: exported_random_model(tmp_path_factory, seed=seed) for seed, kind in enumerate(CheckpointKind)}
    project_id = make_project(api, "Batches")
    image_ids = upload_scenes(api, project_id, {f"scene-{seed}.jpg": draw_scene(seed) for seed in range(SCENES)})
    return Predicting(project_id, plant_predicting_model(server, project_id, exports, name="random"), image_ids)


def files(*names: str) -> list[FilePayload]:
    return [
        {"name": name, "mimeType": "image/jpeg", "buffer": draw_scene(seed).jpeg()}
        for seed, name in enumerate(names, start=20)
    ]


def wait_for_drafts(page: Page, api: httpx.Client, batch_id: int) -> None:
    path = f"/api/v1/batches/{batch_id}"
    is_made = wait_until(page, lambda: api.get(path).json()["drafts"]["is_made"], bool, longest_s=BATCH_MS / 1000)
    assert is_made, "the worker makes no drafts"


def wait_until_ready(page: Page) -> None:
    expect(page.get_by_role("link", name="JSON")).to_be_visible(timeout=BATCH_MS)


def test_files__go_as_a_batch_whose_results_are_kept_until_deleted(
    page: Page, api: httpx.Client, predicting: Predicting
) -> None:
    names = [f"new-{number}.jpg" for number in range(1, SCENES)]
    page.goto(f"/models/{predicting.model_id}/predict?checkpoint=last")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload images").click()
    broken: FilePayload = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no image"}
    chooser.value.set_files([*files(*names), broken])
    expect(page).to_have_url(re.compile(r"/batches/\d+"))
    wait_until_ready(page)
    expect(page.get_by_role("heading", name=names[0])).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("objects? found"))).to_be_visible()
    expect(page.get_by_text("1 image could not be looked at.")).to_be_visible()
    expect(page.get_by_text("Last · Slow")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name=names[1])).to_be_visible()
    address = page.url

    threshold = page.get_by_role("region", name="Score threshold").get_by_role("textbox")
    threshold.fill("90")
    threshold.press("Enter")
    shown = int(page.get_by_text(re.compile(r"^\d+ objects?$")).last.inner_text().split()[0])
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    found = json.loads(Path(download.value.path()).read_text())
    assert list(found) == names
    assert len(found[names[1]]) == shown
    assert all(one["score"] >= 90 for objects in found.values() for one in objects)

    page.get_by_role("link", name="Earlier predictions").click()
    table = page.get_by_role("table", name="Earlier predictions")
    row = table.get_by_role("row").filter(has_text="random")
    expect(row).to_contain_text(f"{SCENES}")
    expect(row).to_contain_text("Ready")
    expect(row).to_contain_text("30")
    page.goto(address)
    expect(page.get_by_role("heading", name=names[1])).to_be_visible()
    page.get_by_role("button", name="Delete these predictions").click()
    expect(page.get_by_text("No predictions are kept")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete the predictions of").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Dismiss", exact=True).click()
    assert api.get(f"/api/v1/projects/{predicting.project_id}/batches").json()["total"] == 0


def test_gallery__has_a_model_draft_labels_and_leads_to_their_review(
    page: Page, api: httpx.Client, predicting: Predicting
) -> None:
    page.goto(f"/projects/{predicting.project_id}")
    page.get_by_text("scene-0.jpg").wait_for()
    page.keyboard.press("Control+a")
    page.locator(f"[data-image-id='{predicting.image_ids[0]}']").click(modifiers=["Control"])
    bar = page.get_by_role("toolbar", name="Actions for the selected images")
    bar.get_by_role("button", name="Predict").click()
    page.get_by_role("menuitem", name="Draft labels with a model…").click()
    dialog = page.get_by_role("dialog", name="Draft labels with a model")
    expect(dialog).to_contain_text(f"A worker looks for objects in {SCENES - 1} images.")
    dialog.get_by_text("Use the model's thresholds").click()
    least = dialog.get_by_role("textbox", name="Least score")
    least.fill("90")
    least.press("Enter")
    dialog.get_by_role("button", name="Find drafts").click()
    expect(page).to_have_url(re.compile(r"/batches/\d+$"))
    address = page.url
    page.goto("about:blank")  # nobody stays to see them made
    wait_for_drafts(page, api, int(address.rpartition("/")[2]))
    page.goto(address)
    review = page.get_by_role("link", name="Review drafts")
    expect(review).to_be_visible()
    expect(page.get_by_role("button", name="Make drafts again…")).to_be_visible()

    uncertain = {"drafts": True, "sort": "uncertainty"}
    listed = api.get(f"/api/v1/projects/{predicting.project_id}/images", params=uncertain).json()["items"]
    assert predicting.image_ids[0] not in {image["id"] for image in listed}
    review.click()
    expect(page).to_have_url(re.compile(f"/label/{listed[0]['id']}"))
    expect(page.get_by_role("region", name="Drafts of random")).to_contain_text(str(listed[0]["draft_count"]))
    for image in listed:
        drafts = api.get(f"/api/v1/images/{image['id']}/drafts").json()["items"]
        assert min(draft["score"] for draft in drafts) >= 0.9
        assert stored_instances(api, image["id"]) == []


def test_gallery__predicts_on_all_it_shows(page: Page, api: httpx.Client, predicting: Predicting) -> None:
    page.goto(f"/projects/{predicting.project_id}")
    page.get_by_text("scene-0.jpg").wait_for()
    page.keyboard.press("Control+a")
    bar = page.get_by_role("toolbar", name="Actions for the selected images")
    bar.get_by_role("button", name="Predict").click()
    with page.expect_response("**/predict-project*") as asked:
        page.get_by_role("menuitem", name="random").click()
    batch = api.get(f"/api/v1/batches/{asked.value.json()['id']}").json()
    assert (batch["of_project"], batch["total"]) == (True, SCENES)
    expect(page).to_have_url(re.compile(f"/batches/{batch['id']}$"))
    wait_until_ready(page)
    expect(page.get_by_role("button", name="Make draft labels…")).to_be_visible()


def test_zip__goes_as_a_batch_that_can_be_cancelled(page: Page, predicting: Predicting) -> None:
    page.goto(f"/models/{predicting.model_id}/predict")
    page.get_by_role("button", name="Ways to upload").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Zip file…").click()
    chooser.value.set_files({"name": "many.zip", "mimeType": "application/zip", "buffer": zip_of(MANY)})
    expect(page.get_by_text(re.compile(f"of {MANY} images|Waiting for a worker"))).to_be_visible(timeout=BATCH_MS)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile(rf"Cancelled after \d+ of {MANY} images"))).to_be_visible()
    expect(page.get_by_text("Once every image is done")).to_be_visible()


def zip_of(count: int) -> bytes:
    """A zip of so many small pictures."""
    picture = io.BytesIO()
    Image.new("RGB", (16, 16), "seagreen").save(picture, "PNG")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(count):
            archive.writestr(f"small/{number}.png", picture.getvalue())
    return content.getvalue()


def test_pages__fit_and_are_accessible(
    open_page: Callable[..., Page], api: httpx.Client, predicting: Predicting
) -> None:
    body = {"image_ids": predicting.image_ids[:1]}
    batch_id = api.post(f"/api/v1/models/{predicting.model_id}/batches", json=body).json()["id"]
    for size, is_dark in ((DESKTOP, False), (PHONE, True)):
        page = open_page(size=size, is_dark=is_dark)
        page.goto(f"/batches/{batch_id}")
        wait_until_ready(page)
        expect(page).to_have_title("Predictions with random · Maskwright")
        for address in (f"/batches/{batch_id}", f"/projects/{predicting.project_id}/batches"):
            page.goto(address)
            expect(page.get_by_text("random").locator("visible=true").first).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert widths_beyond(page) == []
            assert tables_beyond(page) == []
            assert serious_violations(page) == []
