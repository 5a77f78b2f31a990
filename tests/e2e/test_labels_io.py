"""Labels from files and into files, and the labels themselves, as a person handles them."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.cli.demo_scenes import Scene
from tests.e2e.conftest import Browsing
from tests.e2e.projects import add_label, import_labels, make_project, upload_scenes
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SQUARE = [10, 10, 50, 10, 50, 50, 10, 50]


@pytest.fixture(scope="module")
def scene() -> Scene:
    return draw_scene(1)


@pytest.fixture
def project_id(api: httpx.Client, scene: Scene) -> int:
    """Two images without labels."""
    project_id = make_project(api, "Label files")
    upload_scenes(api, project_id, {"there.jpg": scene, "bad.jpg": scene})
    return project_id


@pytest.fixture
def labeled_id(api: httpx.Client, scene: Scene) -> int:
    """An image with what is seen in it."""
    project_id = make_project(api, "Labeled")
    upload_scenes(api, project_id, {"scene.jpg": scene})
    import_labels(api, project_id, {"scene.jpg": scene})
    return project_id


def coco(**segmentations: Sequence[float]) -> dict[str, Any]:
    """A COCO file with one object of the label stone in each image, of the size of our scenes."""
    names = dict(enumerate(segmentations, start=1))
    return {
        "images": [{"id": n, "file_name": f"{name}.jpg", "width": 480, "height": 360} for n, name in names.items()],
        "categories": [{"id": 1, "name": "stone"}],
        "annotations": [
            {"id": n, "image_id": n, "category_id": 1, "segmentation": [[*segmentations[name]]]}
            for n, name in names.items()
        ],
    }


def label_counts(api: httpx.Client, project_id: int) -> dict[str, int]:
    labels = api.get(f"/api/v1/projects/{project_id}/labels").json()["items"]
    return {label["name"]: label["instance_count"] for label in labels}


def open_import(page: Page, project_id: int, *paths: Path) -> Locator:
    page.goto(f"/projects/{project_id}")
    page.get_by_role("button", name="Upload labels").click()
    dialog = page.get_by_role("dialog", name="Upload labels")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(paths)
    return dialog


def test_import__shows_what_would_happen_then_does_it(
    page: Page, api: httpx.Client, project_id: int, tmp_path: Path
) -> None:
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(coco(there=SQUARE, bad=[1, 2, 3, 4], gone=SQUARE)))
    dialog = open_import(page, project_id, path)
    dialog.get_by_role("button", name="Look what would happen").click()
    expect(dialog).to_contain_text("2 images of the files are in the project")
    expect(dialog).to_contain_text("1 image of the files is not in the project")
    expect(dialog).to_contain_text("New label: stone")
    expect(dialog.get_by_role("listitem").filter(has_text="bad.jpg").first).to_contain_text("stays as it is")
    assert label_counts(api, project_id) == {}
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download the report").click()
        page.get_by_role("menuitem", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[1].startswith('"bad.jpg",')
    assert lines[-1].startswith('"gone.jpg","","missing"')
    dialog.get_by_role("button", name="Import 1 object").click()
    expect(dialog).to_contain_text("1 object imported")
    assert label_counts(api, project_id) == {"stone": 1}
    dialog.get_by_role("link", name="bad.jpg").click()
    expect(page).to_have_url(re.compile(r"\?q=bad.jpg"))
    expect(page.get_by_role("link", name="stone 1")).to_be_visible()


def test_import__takes_several_files_and_keeps_them_after_an_error(
    page: Page, api: httpx.Client, project_id: int, tmp_path: Path, browsing: Browsing
) -> None:
    good, broken = tmp_path / "good.json", tmp_path / "broken.json"
    good.write_text(json.dumps(coco(there=SQUARE)))
    broken.write_text("{")
    dialog = open_import(page, project_id, broken)
    dialog.get_by_role("button", name="Look what would happen").click()
    expect(dialog.get_by_role("alert")).to_contain_text("broken.json")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(good)
    expect(dialog.get_by_role("list", name="Chosen files").get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Leave broken.json out").click()
    dialog.get_by_role("button", name="Look what would happen").click()
    dialog.get_by_role("button", name="Import 1 object").click()
    expect(dialog).to_contain_text("1 object imported")
    assert label_counts(api, project_id) == {"stone": 1}
    browsing.forgive("422")


def test_import__takes_what_is_dropped_and_no_image_beside(page: Page, api: httpx.Client, project_id: int) -> None:
    page.goto(f"/projects/{project_id}")
    page.get_by_role("button", name="Upload labels").click()
    dialog = page.get_by_role("dialog", name="Upload labels")
    dropped = page.evaluate_handle(
        """text => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "dropped.json"));
            transfer.items.add(new File(["no label file"], "beside.jpg"));
            return transfer;
        }""",
        json.dumps(coco(there=SQUARE)),
    )
    for kind in ("dragenter", "dragover", "drop"):
        dialog.dispatch_event(kind, {"dataTransfer": dropped})
    expect(dialog.get_by_role("list", name="Chosen files").get_by_role("listitem")).to_contain_text(["dropped.json"])
    dialog.get_by_role("button", name="Look what would happen").click()
    dialog.get_by_role("button", name="Import 1 object").click()
    expect(dialog).to_contain_text("1 object imported")
    # The page around takes drops for uploads.
    expect(page.get_by_role("region", name="Uploads")).to_have_count(0)
    assert label_counts(api, project_id) == {"stone": 1}


def test_import__takes_a_folder_without_its_images(
    page: Page, api: httpx.Client, project_id: int, scene: Scene, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    (folder / "labels").mkdir(parents=True)
    (folder / "data.yaml").write_text("names: [stone, fig]")
    (folder / "labels" / "there.txt").write_text("1 0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5")
    (folder / "there.jpg").write_bytes(scene.jpeg())
    late: list[Route] = []  # the list of formats, which says what a label file is
    page.route("**/labels/formats", lambda route: late.append(route))  # Playwright takes no method of a list
    page.goto(f"/projects/{project_id}")
    page.get_by_role("button", name="Upload labels").click()
    dialog = page.get_by_role("dialog", name="Upload labels")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folder)
    for route in late:
        route.continue_()
    chosen = dialog.get_by_role("list", name="Chosen files").get_by_role("listitem")
    expect(chosen).to_have_count(2)
    expect(chosen.filter(has_text="set/labels/there.txt")).to_be_visible()
    dialog.get_by_role("button", name="Look what would happen").click()
    expect(dialog).to_contain_text("Read as YOLO segmentation")
    dialog.get_by_role("button", name="Import 1 object").click()
    expect(dialog).to_contain_text("1 object imported")
    assert label_counts(api, project_id)["fig"] == 1


def test_export__says_first_what_changes(page: Page, labeled_id: int) -> None:
    page.goto(f"/projects/{labeled_id}")
    page.get_by_role("button", name="Download labels").click()
    dialog = page.get_by_role("dialog", name="Download labels")
    expect(dialog).to_contain_text("labels of 1 image")
    expect(dialog).to_contain_text("It does not hold: ids of objects")
    dialog.get_by_role("radio", name="Maskwright JSON").check(force=True)
    expect(dialog).to_contain_text("Nothing is lost.")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download Maskwright JSON").click()
    saved = json.loads(download.value.path().read_text())
    assert saved["format"] == "maskwright"
    assert len(saved["images"][0]["instances"]) > 0


def test_export__lists_the_worst_and_offers_coco(page: Page, labeled_id: int) -> None:
    page.goto(f"/projects/{labeled_id}")
    page.get_by_role("button", name="Download labels").click()
    dialog = page.get_by_role("dialog", name="Download labels")
    dialog.get_by_role("radio", name="Pascal VOC").check(force=True)
    expect(dialog).to_contain_text(re.compile(r"The worst keeps an IoU of 0\.\d{3}"))
    worst = dialog.get_by_role("table", name="What changes most").get_by_role("row").nth(1)
    expect(worst).to_contain_text("the part under other objects is lost")
    dialog.get_by_role("button", name="Take COCO instead").click()
    expect(dialog.get_by_role("radio", name="COCO")).to_be_checked()
    expect(dialog).not_to_contain_text("The worst")
    dialog.get_by_role("radio", name="Pascal VOC").check(force=True)
    worst.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/projects/{labeled_id}/label/\d+"))


def test_labels__are_moved_by_keys_and_by_dragging(page: Page, api: httpx.Client, project_id: int) -> None:
    for name in ("fig", "date", "plum"):
        add_label(api, project_id, name)
    page.goto(f"/projects/{project_id}")
    region = page.get_by_role("region", name="Labels")
    region.get_by_role("link", name="fig").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect(region.get_by_role("link")).to_have_text([re.compile(name) for name in ("date", "plum", "fig")])
    expect(region.get_by_role("link", name="fig")).to_be_focused()
    first = region.get_by_role("listitem").first
    region.get_by_role("listitem").nth(2).drag_to(first, target_position={"x": 40, "y": 4})
    expect(region.get_by_role("link")).to_have_text([re.compile(name) for name in ("fig", "date", "plum")])
    page.wait_for_function(
        "async path => (await (await fetch(path)).json()).items.map(label => label.name).join() === 'fig,date,plum'",
        arg=f"/api/v1/projects/{project_id}/labels",
    )


def test_labels__rename_is_undone_and_the_filter_goes_along(page: Page, api: httpx.Client, labeled_id: int) -> None:
    name = next(iter(label_counts(api, labeled_id)))
    page.goto(f"/projects/{labeled_id}?label={name}")
    choose(page, name, "Name and colour")
    dialog = page.get_by_role("dialog", name=f"Label {name}")
    dialog.get_by_label("Label name").fill("twig")
    dialog.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("label=twig"))
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page).to_have_url(re.compile(f"label={name}"))
    assert name in label_counts(api, labeled_id)


def test_labels__deleting_offers_to_merge(page: Page, api: httpx.Client, labeled_id: int) -> None:
    before = label_counts(api, labeled_id)
    name = next(name for name, count in before.items() if count > 0)
    add_label(api, labeled_id, "keeper")
    page.goto(f"/projects/{labeled_id}?label={name}")
    choose(page, name, "Delete label…")
    deletion = page.get_by_role("dialog", name=f"Delete the label {name}")
    expect(deletion).to_contain_text(f"its objects ({before[name]})")
    deletion.get_by_role("button", name="Merge it into another label").click()
    merge = page.get_by_role("dialog", name=f"Merge {name}")
    merge.get_by_role("button", name="Into").click()
    page.get_by_role("option", name="keeper").click()
    merge.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("region", name="Notifications")).to_contain_text("keeper")
    expect(page).not_to_have_url(re.compile("label="))
    assert label_counts(api, labeled_id)["keeper"] == before[name]
    assert name not in label_counts(api, labeled_id)


def choose(page: Page, label: str, action: str) -> None:
    page.get_by_role("region", name="Labels").get_by_role("link", name=label).hover()
    page.get_by_role("button", name=f"Actions for the label {label}").click()
    page.get_by_role("menuitem", name=action).click()
