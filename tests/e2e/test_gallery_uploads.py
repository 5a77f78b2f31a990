"""Uploading as a person does it: files, folders and zips, a connection that breaks off, a page that is loaded anew."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Dialog, Page, Request, Route, expect

from tests.e2e.conftest import Browsing
from tests.e2e.projects import make_project
from tests.e2e.test_gallery import image_names, tile, tiles
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def large_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of three pieces: noise, which no coding makes small."""
    path = tmp_path_factory.mktemp("large") / "large.png"
    noise = np.random.default_rng(0).integers(0, 256, (2400, 2600, 3), dtype=np.uint8)
    cv2.imwrite(str(path), noise, [cv2.IMWRITE_PNG_COMPRESSION, 0])
    return path


class SentPieces:
    """What a page sent of its uploads."""

    def __init__(self) -> None:
        self.created = 0
        self.offsets: list[int] = []

    def note(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/uploads"):
            self.created += 1
        elif request.method == "PATCH":
            self.offsets.append(int(request.headers["upload-offset"]))


@contextmanager
def pieces_broken_off(page: Page, *, after: int) -> Iterator[SentPieces]:
    """Let so many pieces through and no more, until the block ends; what is sent later is noted too."""
    sent = SentPieces()
    page.on("request", sent.note)

    def piece(route: Route) -> None:
        if route.request.method == "PATCH" and len(sent.offsets) > after:
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/*", piece)
    yield sent
    page.unroute("**/uploads/*", piece)


def choose(page: Page, way: str, path: Path) -> None:
    """Upload by one of the button's ways."""
    page.get_by_role("button", name="Ways to upload").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name=re.compile(f"^{way}")).click()
    chooser.value.set_files(path)


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


def test_upload__of_a_folder_keeps_its_folders_and_of_a_zip_tells_what_is_there_twice(
    page: Page, api: httpx.Client, tmp_path: Path
) -> None:
    project_id = make_project(api, "Folders")
    for name, seed in {"figs/ripe/a.jpg": 1, "figs/b.jpg": 2, "nuts/c.jpg": 3}.items():
        path = tmp_path / "fruit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw_scene(seed).jpeg())
    page.goto(f"/projects/{project_id}")
    choose(page, "Folder", tmp_path / "fruit")
    expect(page.get_by_role("link", name="figs 2")).to_be_visible()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("same.jpg", draw_scene(3).jpeg())
        file.writestr("new.jpg", draw_scene(4).jpeg())
    (tmp_path / "more.zip").write_bytes(archive.getvalue())
    choose(page, "Zip file", tmp_path / "more.zip")
    row = page.get_by_role("region", name="Uploads").get_by_role("listitem").filter(has_text="more.zip")
    expect(row).to_contain_text("2 images")
    expect(row).to_contain_text("same.jpg: same content as fruit/nuts/c.jpg")
    page.get_by_role("link", name="figs 2").click()
    expect(tiles(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"folder=fruit%2Ffigs"))
    names = ["fruit/figs/b.jpg", "fruit/figs/ripe/a.jpg"]
    assert image_names(api, project_id, folder="fruit/figs") == names


def test_upload__goes_on_by_itself_when_the_connection_is_back(
    browsing: Browsing, page: Page, api: httpx.Client, large_image: Path
) -> None:
    project_id = make_project(api, "Broken off")
    page.goto(f"/projects/{project_id}")
    with pieces_broken_off(page, after=1) as sent:
        choose(page, "Images", large_image)
        row = page.get_by_role("region", name="Uploads").get_by_role("listitem").filter(has_text=large_image.name)
        expect(row).to_contain_text("Waiting for the connection")
        assert image_names(api, project_id) == []
    expect(tile(page, large_image.name)).to_be_visible()
    assert sent.created == 1
    assert max(sent.offsets) > min(sent.offsets) == 0
    assert image_names(api, project_id) == [large_image.name]
    browsing.forgive("ERR_")


def test_upload__goes_on_after_a_reload_when_the_same_file_is_chosen_again(
    browsing: Browsing, page: Page, api: httpx.Client, large_image: Path
) -> None:
    project_id = make_project(api, "Reloaded")
    page.goto(f"/projects/{project_id}")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    with pieces_broken_off(page, after=1) as sent:
        choose(page, "Images", large_image)
        expect(page.get_by_text("Waiting for the connection")).to_be_visible()
        page.reload()
    assert asked == ["beforeunload"]
    notice = page.get_by_role("region", name="Unfinished uploads")
    expect(notice).to_contain_text(re.compile(rf"{large_image.name}: \d+ % of 18\.\d MB has arrived"))
    choose(page, "Images", large_image)
    expect(tile(page, large_image.name)).to_be_visible()
    expect(notice).to_have_count(0)
    assert sent.created == 1
    browsing.forgive("ERR_")


def test_upload__that_is_cancelled_leaves_nothing(
    browsing: Browsing, page: Page, api: httpx.Client, large_image: Path
) -> None:
    project_id = make_project(api, "Cancelled")
    page.goto(f"/projects/{project_id}")
    with pieces_broken_off(page, after=1):
        choose(page, "Images", large_image)
        expect(page.get_by_text("Waiting for the connection")).to_be_visible()
        assert api.get(f"/api/v1/projects/{project_id}/uploads").json()["total"] == 1
        with page.expect_response(lambda response: response.request.method == "DELETE"):
            page.get_by_role("button", name=f"Cancel {large_image.name}").click()
        expect(page.get_by_role("listitem").filter(has_text=large_image.name)).to_contain_text("Cancelled")
    assert api.get(f"/api/v1/projects/{project_id}/uploads").json()["total"] == 0
    page.get_by_role("button", name=f"Try {large_image.name} again").click()
    expect(tile(page, large_image.name)).to_be_visible()
    browsing.forgive("ERR_")
