"""The main job as a person does it in the browser: sign in, upload, label, train, predict, call the API."""

import re
from collections.abc import Callable, Mapping

import httpx
import numpy as np
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from app.cli.demo_scenes import HEIGHT, WIDTH, Scene
from app.http import TOKEN_HEADER
from app.masks.instance import Polygon, Ring
from app.masks.polygons import mask_to_polygons
from app.masks.raster import instance_to_mask, polygons_to_mask
from tests.e2e.conftest import EMAIL, PASSWORD, Server
from tests.e2e.drawing import Canvas, expect_objects, expect_saved
from tests.e2e.projects import import_labels, stored_instances
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEDS = range(2, 12)
NEW_SEED = 12
DRAWN_OBJECT = 5  # of the first scene: a large leaf that nothing covers
CLICK_TOLERANCE_PX = 3.0  # as closely as a person clicks in a hurry
VALIDATION_IMAGES = ("scene-02.jpg", "scene-03.jpg", "scene-04.jpg")
MODEL = "first-walk"
TRAIN_MINUTES = 0.5
IMAGE_SIZE = "128"
FIRST_POINT_MS = 120_000  # within 60 s of the first step, which the worker's start comes before
READY_MS = 400_000  # of half a minute of training, then the export, on cores that other tests use as well
LOW_SCORE = "0.1"  # the lowest score that is kept: the model has hardly learned anything

# How many pixels of a chart have the colour of the red line.
RED_PIXELS = """figure => {
    const canvas = figure.querySelector("canvas");
    const probe = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    probe.fillStyle = getComputedStyle(figure).getPropertyValue("--best").trim();
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) count++;
    }
    return count;
}"""


@pytest.mark.timeout(900)
def test_main_job__from_sign_in_to_a_call_of_the_api(
    open_page: Callable[..., Page], api: httpx.Client, server: Server
) -> None:
    scenes = {f"scene-{number:02}.jpg": draw_scene(seed) for number, seed in enumerate(SEEDS, start=1)}
    page = open_page(is_signed_in=False)
    sign_in(page)
    project_id = make_project(page)
    upload(page, scenes)
    image_id = label_first_image(page, api, scenes["scene-01.jpg"])

    others = {name: scene for name, scene in scenes.items() if name != "scene-01.jpg"}
    assert import_labels(api, project_id, others) > len(others)
    page.get_by_role("link", name="Back to the images").click()
    mark_for_validation(page)

    start_training(page)
    follow_training(page)
    new_scene = draw_scene(NEW_SEED).jpeg()
    predict(page, new_scene)
    read_statistics(page)
    token = make_token(page)
    found = httpx.post(
        f"{server.url}/api/predict/{project_id}/{MODEL}/",
        params={"min_score": 0},
        content=new_scene,
        headers={TOKEN_HEADER: token, "Content-Type": "image/jpeg"},
        timeout=60,
        trust_env=False,
    )
    assert found.status_code == 200
    assert {"label", "score", "x0", "y0", "x1", "y1", "polygons"} == set(found.json()[0])
    assert image_id > 0


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


def make_project(page: Page) -> int:
    """A name alone makes a project; it is shown with its number in brackets."""
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Project name").fill("Forest floor")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_text("No images yet")).to_be_visible()
    found = re.search(r"/projects/(\d+)$", page.url)
    assert found is not None
    expect(page.get_by_role("link", name=f"Forest floor ({found[1]})")).to_be_visible()
    expect(page).to_have_title(f"Forest floor ({found[1]}) · Maskwright")
    return int(found[1])


def upload(page: Page, scenes: Mapping[str, Scene]) -> None:
    """The red button's images are sent with progress shown, and stand in the gallery."""
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Filters").get_by_role("button", name="Upload", exact=True).click()
    chooser.value.set_files([jpeg_file(name, scene.jpeg()) for name, scene in scenes.items()])
    panel = page.get_by_role("region", name="Uploads")
    expect(panel.get_by_role("heading")).to_have_text(f"{len(scenes)} files uploaded", timeout=60_000)
    panel.get_by_role("button", name="Close the list").click()
    expect(panel).to_be_hidden()
    images = gallery(page)
    expect(images).to_have_count(len(scenes))
    expect(images.filter(has_text="scene-01.jpg")).to_contain_text("Not labeled")
    for picture in images.locator("img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0


def label_first_image(page: Page, api: httpx.Client, scene: Scene) -> int:
    """A polygon drawn around a leaf, with a new label, is stored as it was clicked; gives the image's id."""
    page.get_by_role("option", name="scene-01.jpg").dblclick()
    page.wait_for_url(re.compile(r"/label/\d+"))
    image_id = int(page.url.split("/label/")[1].split("?")[0])
    canvas = Canvas(page)
    page.keyboard.press("n")
    corners = canvas.draw_ring(outline_of(scene, DRAWN_OBJECT))
    page.get_by_label("Name of the new label").fill("leaf")
    page.keyboard.press("Enter")
    row = f"leaf 1{len(corners)} points"
    expect_objects(page, row)
    expect_saved(page)

    page.reload()
    expect_objects(page, row)
    (stored,) = stored_instances(api, image_id)
    mask = instance_to_mask(stored, HEIGHT, WIDTH)
    leaf = scene.objects[DRAWN_OBJECT].mask
    assert np.array_equal(mask, polygons_to_mask([Polygon(corners)], HEIGHT, WIDTH))
    assert (mask & leaf).sum() > 0.9 * (mask | leaf).sum(), "the polygon does not lie on the leaf that was seen"
    return image_id


def mark_for_validation(page: Page) -> None:
    first, *others = (page.get_by_role("option", name=name) for name in VALIDATION_IMAGES)
    first.click()
    for option in others:
        option.click(modifiers=["ControlOrMeta"])
    first.click(button="right")
    page.get_by_role("menuitem", name="Add to validation set").click()
    expect(gallery(page).filter(has_text="Validation")).to_have_count(len(VALIDATION_IMAGES))
    expect(page.get_by_role("region", name="Set").get_by_role("link", name="Validation")).to_have_text("Validation3")


def start_training(page: Page) -> None:
    page.get_by_role("link", name="Train model").click()
    dialog = page.get_by_role("dialog", name="Train model")
    dialog.get_by_label("Model name").fill(MODEL)
    dialog.get_by_role("textbox", name="Training time").fill(str(TRAIN_MINUTES))
    dialog.get_by_role("button", name="Advanced").click()
    expect(dialog.get_by_text("3 images marked for validation")).to_be_visible()
    size = dialog.get_by_role("textbox", name="Image size")
    size.fill(IMAGE_SIZE)
    size.press("Tab")
    expect(dialog.get_by_text(f"7 train / 3 validation images, about {TRAIN_MINUTES * 60:.0f} s")).to_be_visible()
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).to_be_hidden()


def follow_training(page: Page) -> None:
    """Progress in the bar leads to curves that grow as the model learns, until it is ready."""
    page.get_by_role("button", name=re.compile(f"Trainings: .*{MODEL}")).click()
    progress = page.get_by_role("dialog", name="Trainings")
    expect(progress.get_by_role("figure")).to_be_visible(timeout=FIRST_POINT_MS)
    expect(progress.get_by_text("Best model saved at")).to_be_visible()
    progress.get_by_role("link", name="Learning curves").click()
    expect(page.get_by_role("heading", name=MODEL)).to_be_visible()
    curves = page.get_by_role("region", name="Learning curves")
    quality = curves.get_by_role("figure", name="mAP, AP50 and accuracy on the validation set")
    assert quality.get_by_role("row").count() > 1
    expect(page.get_by_text("Ready", exact=True)).to_be_visible(timeout=READY_MS)
    for name in ("mAP, AP50 and accuracy on the validation set", "Loss"):
        chart = curves.get_by_role("figure", name=name)
        assert chart.evaluate(RED_PIXELS) > 100, f"the chart {name!r} has no red line"
    expect(page.get_by_role("button", name=re.compile(f"Trainings: .*{MODEL}"))).to_be_hidden()


def predict(page: Page, new_scene: bytes) -> None:
    """From the menu of models to masks over a picture that the model never saw."""
    page.get_by_role("button", name="Trained models").click()
    item = page.get_by_role("menuitem").filter(has_text=MODEL)
    expect(item).to_have_text(re.compile(r"mAP \d\.\d\d$"))
    item.click()
    page.get_by_role("menuitem", name="Make a new prediction").click()
    expect(page.get_by_text("See the model at work")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload images").click()
    chooser.value.set_files(jpeg_file("new-scene.jpg", new_scene))
    expect(page.get_by_role("heading", name="new-scene.jpg")).to_be_visible()
    expect(page.get_by_role("heading", name="Predictions", exact=True)).to_be_visible(timeout=60_000)
    threshold = page.get_by_role("region", name="Score threshold").get_by_role("textbox")
    threshold.fill(LOW_SCORE)
    threshold.press("Enter")
    masks = page.get_by_role("img", name=re.compile(r"^[1-9]\d* objects? found$"))
    expect(masks).to_be_visible()
    outline = masks.locator("path").first
    assert outline.bounding_box() is not None
    page.get_by_text("Scores", exact=True).click()
    expect(page.get_by_text(re.compile(r"^(beetle|leaf|pebble|ring) \d+\.\d$")).first).to_be_visible()


def read_statistics(page: Page) -> None:
    page.get_by_role("button", name="Trained models").click()
    page.get_by_role("menuitem").filter(has_text=MODEL).click()
    page.get_by_role("menuitem", name="View training statistics").click()
    expect(page.get_by_role("heading", name=MODEL)).to_be_visible()
    expect(page.get_by_text("in 3 images")).to_be_visible()
    tile = page.locator("dl > div", has=page.get_by_role("button", name="What is mAP?"))
    expect(tile.locator("dd").first).to_have_text(re.compile(r"^\d\.\d\d$"))
    table = page.get_by_role("table", name="Figures of each label")
    expect(table.get_by_role("row").filter(has_text="leaf")).to_be_visible()


def make_token(page: Page) -> str:
    """A token is shown once: not after loading the page again."""
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("Name", exact=True).fill("the walk")
    page.get_by_role("button", name="Make token").click()
    token = page.get_by_role("region", name="New token").locator("code").inner_text()
    assert re.fullmatch(r"[0-9a-v]{26}", token)
    page.reload()
    expect(page.get_by_role("row").filter(has_text="the walk")).to_contain_text(token[-4:])
    expect(page.get_by_text(token)).to_have_count(0)
    return token


def gallery(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Images").get_by_role("option")


def outline_of(scene: Scene, place: int) -> Ring:
    """The corners that somebody would click around a thing."""
    (polygon,) = mask_to_polygons(scene.objects[place].mask, tolerance_px=CLICK_TOLERANCE_PX)
    return polygon.exterior


def jpeg_file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}
