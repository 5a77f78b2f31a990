"""The pages for people who write programs: tokens with an end, and a model's API page, tried in the browser."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.db.enums import CheckpointKind
from app.http import TOKEN_HEADER
from tests.e2e.conftest import Server
from tests.e2e.predicting import plant_predicting_model
from tests.e2e.projects import make_project
from tests.exported import exported_random_model
from tests.scenes import draw_scene

PHONE = (390, 844)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
def test_tokens__are_given_an_end_and_count_requests(
    size: tuple[int, int], open_page: Callable[..., Page], server: Server
) -> None:
    page = open_page(size=size)
    page.goto("/account/tokens")
    name = f"camera {size[0]}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_text("predict only", exact=True).locator("visible=true").first.click()
    page.get_by_label("Expires", exact=True).click()
    page.get_by_role("option", name="in 30 days").click()
    page.get_by_role("button", name="Make token").click()
    token = page.get_by_role("region", name="New token").locator("code").inner_text()
    answer = httpx.get(f"{server.url}/api/v1/me", headers={TOKEN_HEADER: token}, trust_env=False)
    assert answer.status_code == 403  # it may predict only
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/uses" in request.url else None)
    page.reload()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("predict only")
    expect(row).to_contain_text("just now")
    expect(row).to_contain_text("1")
    expect(row.get_by_role("link", name=f"requests with {name}")).to_be_visible()
    assert asked == [f"{server.url}/api/v1/tokens/uses?limit=1000"]  # one for all rows
    row.get_by_role("button", name=f"Revoke {name}").click()
    asking = page.get_by_role("dialog", name=f"Revoke the token “{name}”?")
    asking.get_by_role("button", name="Cancel").click()
    row.get_by_role("button", name=f"Revoke {name}").click()
    asking.get_by_role("button", name="Revoke", exact=True).click()
    expect(row).to_have_count(0)


def test_api_page__shows_the_answer_to_an_image_of_ones_own(
    open_page: Callable[..., Page], server: Server, api: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exports = dict.fromkeys(CheckpointKind, exported_random_model(tmp_path_factory, seed=0))
    model_id = plant_predicting_model(server, make_project(api, "Tried"), exports, name="random ü")
    page = open_page()
    page.goto(f"/models/{model_id}/api")
    for query in ("mask=polygons|rle|png|none", "min_score=0..100", "format=json|masks", "speed=slow|medium|fast"):
        expect(page.get_by_text(query)).to_be_visible()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Choose an image").click()
    image = {"name": "leaf.jpg", "mimeType": "image/jpeg", "buffer": draw_scene(7).jpeg()}
    choosing.value.set_files(image)  # type: ignore[arg-type]
    answer = page.get_by_role("status").filter(has_text="leaf.jpg")
    expect(answer).to_contain_text("status 200")
    assert answer.locator("code").inner_text().startswith("[")


def test_api_page__covers_nothing_on_a_phone(
    open_page: Callable[..., Page], server: Server, api: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exports = dict.fromkeys(CheckpointKind, exported_random_model(tmp_path_factory, seed=0))
    model_id = plant_predicting_model(server, make_project(api, "Read on a phone"), exports, name="random ü")
    page = open_page(size=PHONE)
    page.goto(f"/models/{model_id}/api")
    code = page.locator("pre").first.bounding_box()
    copy = page.get_by_role("button", name="Copy").first.bounding_box()
    assert code is not None
    assert copy is not None
    assert code["x"] + code["width"] <= copy["x"]
    for name, text in (
        page.get_by_role("table")
        .first.locator("tr")
        .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.getBoundingClientRect().y))")
    ):
        assert name < text
