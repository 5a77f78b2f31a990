"""The pages for people who write programs: tokens with an end, and a model's API page, tried in the browser."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.cli.demo_scenes import draw_scene
from app.http import TOKEN_HEADER
from tests.e2e.conftest import Server
from tests.e2e.projects import import_labels, make_project, train, upload_scenes

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
    page.reload()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("predict only")
    expect(row).to_contain_text("just now")
    expect(row).to_contain_text("1")
    row.get_by_role("button", name=f"Revoke {name}").click()
    expect(row).to_have_count(0)


def test_api_page__shows_the_answer_to_an_image_of_ones_own(open_page: Callable[..., Page], api: httpx.Client) -> None:
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in (1, 2, 3, 4)}
    project_id = make_project(api, "Tried")
    upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, scenes)
    model_id = train(api, project_id, name="short ü", image_size=64, max_steps=1)
    page = open_page()
    page.goto(f"/models/{model_id}/api")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Choose an image").click()
    image = {"name": "leaf.jpg", "mimeType": "image/jpeg", "buffer": draw_scene(7).jpeg()}
    choosing.value.set_files(image)  # type: ignore[arg-type]
    answer = page.get_by_role("status").filter(has_text="leaf.jpg")
    expect(answer).to_contain_text("status 200")
    assert answer.locator("code").inner_text().startswith("[")
