"""Training as a person follows it: the dialog, the order of the queue, live curves and their files, training again."""

import csv
import io
import re
from collections.abc import Callable

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Browsing, Server
from tests.e2e.planted import plant_model
from tests.e2e.projects import import_labels, make_project, upload_scenes
from tests.e2e.waiting import wait_until
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST_POINT_MS = 120_000  # within 60 s of the first step, which the worker's start comes before
TRAIN_MINUTES = "9"  # more than the test takes; it cancels the training
IMAGE_SIZE = "96"


@pytest.mark.timeout(600)
def test_training__from_the_dialog_to_training_again(
    page: Page, browsing: Browsing, open_page: Callable[..., Page], api: httpx.Client
) -> None:
    project_id = make_labeled_project(api, image_count=10)
    model_id = start_in_dialog(page, api, project_id)
    waiting = [queue_model(api, project_id, name) for name in ("second", "third")]
    change_order(page, api, waiting)
    polling = open_page()
    polling.route(re.compile(r"/events$"), lambda route: route.abort())
    curve_requests = count_requests(page, f"/models/{model_id}/curve")
    for watching in (page, polling):
        watching.goto(f"/models/{model_id}")
        expect(points_of(watching).first).to_be_attached(timeout=FIRST_POINT_MS)
    seen = points_of(polling).count()
    expect(points_of(polling).nth(seen)).to_be_attached(timeout=FIRST_POINT_MS)
    expect(points_of(page).nth(seen)).to_be_attached()
    assert len(curve_requests) <= 2, "the events bring the points; asking is for where they do not come"
    polling.close()
    browsing.forgive("/events")
    for waiting_id in waiting:
        assert api.post(f"/api/v1/models/{waiting_id}/cancel").is_success
    cancel_in_dialog(page, "first")
    expect(page.get_by_text("Cancelled; its checkpoints are deleted.")).to_be_visible()
    check_downloads(page, api, model_id)
    train_again(page, api, project_id, model_id)


def test_curves__of_two_models_lie_over_each_other(page: Page, server: Server, api: httpx.Client) -> None:
    project_id = make_labeled_project(api, image_count=3)
    image_ids = api.get(f"/api/v1/projects/{project_id}/images/ids").json()["items"]
    first, second = (plant_model(server, project_id, image_ids, name=name) for name in ("one", "two"))
    page.goto(f"/models/{first}")
    page.get_by_role("button", name="Compare with").click()
    page.get_by_role("menuitemcheckbox", name="two").click()
    page.keyboard.press("Escape")
    chart = page.get_by_role("figure", name="mAP")
    expect(chart.get_by_role("columnheader", name="two")).to_be_attached()
    page.get_by_role("button", name="What is compared").click()
    page.get_by_role("option", name="Training loss").click()
    expect(page.get_by_role("figure", name="Training loss")).to_be_visible()
    page.get_by_text("Steps", exact=True).click()
    expect(page).to_have_url(
        re.compile(rf"/models/{first}\?(?=.*compare={second})(?=.*figure=train_loss)(?=.*axis=steps)")
    )
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text())))
    assert {row["model"] for row in rows} == {"one", "two"}


def test_train_dialog__is_filled_in_anew_each_time(page: Page, api: httpx.Client) -> None:
    project_id = make_labeled_project(api, image_count=3)
    dialog = page.get_by_role("dialog", name="Train model")
    page.goto(f"/projects/{project_id}/train")
    expect(dialog.get_by_text("2 train / 1 validation images")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    marked = api.get(f"/api/v1/projects/{project_id}/images/ids").json()["items"][:2]
    api.put(f"/api/v1/projects/{project_id}/validation", json={"image_ids": marked, "validation": True})
    page.get_by_role("link", name="Train model").click()
    expect(dialog.get_by_text("1 train / 2 validation images")).to_be_visible()


def make_labeled_project(api: httpx.Client, *, image_count: int) -> int:
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in range(1, image_count + 1)}
    project_id = make_project(api, "Training pages")
    upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, scenes)
    return project_id


def start_in_dialog(page: Page, api: httpx.Client, project_id: int) -> int:
    page.goto(f"/projects/{project_id}/train")
    dialog = page.get_by_role("dialog", name="Train model")
    expect(dialog.get_by_text("8 train / 2 validation images")).to_be_visible()
    expect(dialog.get_by_text("Starting from random weights")).to_be_visible()
    expect(dialog.get_by_text("2 validation images say little")).to_be_visible()
    dialog.get_by_role("textbox", name="Model name").fill("first")
    dialog.get_by_role("textbox", name="Training time").fill(TRAIN_MINUTES)
    dialog.get_by_role("button", name="Advanced").click()
    dialog.get_by_role("textbox", name="Image size").fill(IMAGE_SIZE)
    dialog.get_by_role("textbox", name="Seed").fill("7")
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).not_to_be_visible()
    models = api.get(f"/api/v1/projects/{project_id}/models").json()["items"]
    assert [(model["name"], model["config"]["seed"], model["config"]["image_size"]) for model in models] == [
        ("first", 7, int(IMAGE_SIZE))
    ]
    return int(models[0]["id"])


def queue_model(api: httpx.Client, project_id: int, name: str) -> int:
    body = {"name": name, "image_size": 64, "max_steps": 1}
    return int(api.post(f"/api/v1/projects/{project_id}/models", json=body).json()["id"])


def change_order(page: Page, api: httpx.Client, waiting: list[int]) -> None:
    """By the buttons of a row, then by dragging with the keyboard alone."""
    second, third = waiting
    page.goto("/queue")
    rows = page.get_by_role("grid", name="Waiting").get_by_role("row")
    expect(rows.nth(0)).to_contain_text("second")
    page.get_by_role("button", name="Move third up").click()
    expect(rows.nth(0)).to_contain_text("third")
    wait_for_order(page, api, [third, second])
    page.get_by_role("button", name="Drag third").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")  # from below itself to below the other
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("second")
    wait_for_order(page, api, [second, third])
    workers = page.get_by_role("table", name="Workers")
    expect(workers).to_contain_text("CPU")
    expect(workers).to_contain_text("GB")


def wait_for_order(page: Page, api: httpx.Client, order: list[int]) -> None:
    """The page shows it before the server has it."""
    assert wait_until(page, lambda: queued_ids(api), lambda queued: queued == order) == order


def queued_ids(api: httpx.Client) -> list[int]:
    return [model["id"] for model in api.get("/api/v1/queue").json()["queued"]]


def points_of(page: Page) -> Locator:
    return page.get_by_role("figure", name="mAP, AP50 and accuracy").locator("tbody tr")


def count_requests(page: Page, path: str) -> list[str]:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url) if request.url.endswith(path) else None)
    return urls


def cancel_in_dialog(page: Page, name: str) -> None:
    """It has learned something, so its name is asked for."""
    page.get_by_role("button", name="Cancel training").click()
    dialog = page.get_by_role("dialog", name=f"Cancel the training of {name}")
    expect(dialog.get_by_role("button", name="Stop and keep the model")).to_be_enabled()
    delete = dialog.get_by_role("button", name="End and delete")
    expect(delete).to_be_disabled()
    dialog.get_by_role("textbox").fill(name)
    delete.click()
    expect(dialog).not_to_be_visible()


def check_downloads(page: Page, api: httpx.Client, model_id: int) -> None:
    points = api.get(f"/api/v1/models/{model_id}/curve").json()["items"]
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    assert waiting.value.suggested_filename == "first-curves.csv"
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text())))
    assert [(int(row["step"]), float(row["map"])) for row in rows] == [
        (point["step"], point["map"]) for point in points
    ]
    assert all(float(row["validation_class_loss"]) < float(row["validation_loss"]) for row in rows)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PNG").click()
    picture = cv2.imread(str(waiting.value.path()))
    assert picture is not None
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10  # lines, text and the red mark, not a blank sheet


def train_again(page: Page, api: httpx.Client, project_id: int, model_id: int) -> None:
    page.get_by_role("link", name="Train again like this").click()
    dialog = page.get_by_role("dialog", name="Train model")
    expect(dialog.get_by_text("Same settings and seed as first. The labels are as they were then.")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Seed")).to_have_value("7")
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).not_to_be_visible()
    newest = api.get(f"/api/v1/projects/{project_id}/models").json()["items"][0]
    assert newest["id"] > model_id
    assert newest["config"] == api.get(f"/api/v1/models/{model_id}").json()["config"]
    assert api.post(f"/api/v1/models/{newest['id']}/cancel").is_success
