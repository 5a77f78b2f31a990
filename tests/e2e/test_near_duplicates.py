"""The page of near-duplicates: what shows nearly the same, and bringing a divided group together."""

import io
from collections.abc import Callable

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.projects import make_project
from tests.e2e.test_pages import PHONE, serious_violations, widths_beyond
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def project_id(api: httpx.Client) -> int:
    """Three scenes, the first also at half its size and marked for validation."""
    project_id = make_project(api, "Twins")
    copy = io.BytesIO()
    Image.fromarray(draw_scene(1).rgb).resize((240, 180)).save(copy, "JPEG", quality=70)
    files = {f"scene-{seed}.jpg": draw_scene(seed).jpeg() for seed in (1, 2, 3)} | {"copy.jpg": copy.getvalue()}
    form = [("files", (name, data, "image/jpeg")) for name, data in files.items()]
    answer = api.post(f"/api/v1/projects/{project_id}/images", files=form).json()
    ids = {item["name"]: item["id"] for item in answer["items"]}
    marked = {"image_ids": [ids["copy.jpg"]], "validation": True}
    assert api.put(f"/api/v1/projects/{project_id}/validation", json=marked).is_success
    return project_id


def test_near_duplicates__are_brought_together(page: Page, api: httpx.Client, project_id: int) -> None:
    page.goto(f"/projects/{project_id}/near-duplicates")
    group = page.get_by_role("listitem", name="2 images that show nearly the same")
    expect(group).to_have_count(1)
    expect(group.get_by_role("img")).to_have_count(2)
    expect(group).to_contain_text("copy.jpg")
    page.get_by_role("radio", name="On both sides of the split").click()
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?across=1")
    group.get_by_role("button", name="Take all for training").click()
    expect(page.get_by_text("No group is on both sides of the split.")).to_be_visible()
    assert api.get(f"/api/v1/projects/{project_id}/near-duplicates").json()["groups_across"] == 0


@pytest.mark.parametrize("is_dark", [False, True])
def test_near_duplicates__page_is_accessible_and_fits_a_phone(
    open_page: Callable[..., Page], project_id: int, is_dark: bool
) -> None:
    page = open_page(size=PHONE, is_dark=is_dark)
    page.goto(f"/projects/{project_id}/near-duplicates")
    expect(page.get_by_role("listitem", name="2 images that show nearly the same")).to_be_visible()
    assert serious_violations(page) == []
    assert widths_beyond(page) == []
