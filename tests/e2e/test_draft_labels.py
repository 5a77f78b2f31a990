"""Draft labels in the editor and the gallery: accepted, rejected, taken back, by keys and by buttons."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server
from tests.e2e.drafted import SOURCE, plant_drafts
from tests.e2e.projects import import_labels, make_project, stored_instances, upload_scenes
from tests.e2e.test_pages import serious_violations
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABELED_SEED = 1  # its labels are those of all scenes
DRAFTED_SEEDS = (3, 4)


@dataclass(frozen=True)
class Drafted:
    """A project with drafts on two of its three images; of each image the ids of its drafts, the best score first."""

    project_id: int
    drafts: dict[int, list[str]]

    @property
    def review(self) -> str:
        return f"/projects/{self.project_id}/label?drafts=1&sort=uncertainty"


@pytest.fixture
def drafted(server: Server, api: httpx.Client, request: pytest.FixtureRequest) -> Drafted:
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in (LABELED_SEED, *DRAFTED_SEEDS)}
    project_id = make_project(api, request.node.name)
    image_ids = upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, {f"scene-{LABELED_SEED}.jpg": scenes[f"scene-{LABELED_SEED}.jpg"]})
    plant_drafts(server, dict(zip(image_ids[1:], DRAFTED_SEEDS, strict=True)))
    return Drafted(project_id, {image_id: open_drafts(api, image_id) for image_id in image_ids[1:]})


def open_drafts(api: httpx.Client, image_id: int) -> list[str]:
    return [item["id"] for item in api.get(f"/api/v1/images/{image_id}/drafts").json()["items"]]


def draft_counts(api: httpx.Client, drafted: Drafted) -> tuple[int, int]:
    counts = api.get(f"/api/v1/projects/{drafted.project_id}/drafts").json()
    return counts["drafts"], counts["images"]


def panel_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Drafts of fruit")


def open_review(page: Page, drafted: Drafted) -> int:
    """Begin with the first image; gives its id."""
    page.goto(drafted.review)
    expect(panel_of(page)).to_be_visible()
    address = re.search(r"/label/(\d+)", page.url)
    assert address is not None
    return int(address[1])


def expect_open(page: Page, count: int) -> None:
    expect(page.get_by_test_id("drafts").locator("g > g")).to_have_count(count)


def expect_saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def test_draft__becomes_an_object_of_its_id_and_by_undo_a_draft_again(
    page: Page, api: httpx.Client, drafted: Drafted
) -> None:
    image_id = open_review(page, drafted)
    drafts = drafted.drafts[image_id]
    expect_open(page, len(drafts))
    page.keyboard.press("y")
    expect_open(page, len(drafts) - 1)
    expect_saved(page)
    (accepted,) = stored_instances(api, image_id)
    assert (accepted.instance_id, accepted.source) == (drafts[0], SOURCE)
    assert open_drafts(api, image_id) == drafts[1:]

    page.keyboard.press("Control+z")
    expect_open(page, len(drafts))
    expect_saved(page)
    assert stored_instances(api, image_id) == []
    assert open_drafts(api, image_id) == drafts


def test_draft__that_was_accepted_and_deleted_is_rejected(page: Page, api: httpx.Client, drafted: Drafted) -> None:
    image_id = open_review(page, drafted)
    drafts = drafted.drafts[image_id]
    page.keyboard.press("y")
    page.keyboard.press(".")  # the one object there is
    with page.expect_response("**/drafts/reject"):
        page.keyboard.press("Delete")
    expect_saved(page)
    expect_open(page, len(drafts) - 1)
    page.reload()
    expect(panel_of(page)).to_be_visible()
    expect_open(page, len(drafts) - 1)
    assert open_drafts(api, image_id) == drafts[1:]


def test_draft__is_rejected_and_taken_back(page: Page, api: httpx.Client, drafted: Drafted) -> None:
    image_id = open_review(page, drafted)
    drafts = drafted.drafts[image_id]
    page.keyboard.press("k")
    page.keyboard.press("k")  # the second best
    with page.expect_response("**/drafts/reject"):
        page.keyboard.press("d")
    expect_open(page, len(drafts) - 1)
    assert open_drafts(api, image_id) == [drafts[0], *drafts[2:]]
    with page.expect_response("**/drafts/restore"):
        page.get_by_role("button", name="Undo", exact=True).last.click()
    expect_open(page, len(drafts))
    assert open_drafts(api, image_id) == drafts
    assert stored_instances(api, image_id) == []


def test_drafts__are_accepted_from_a_score_on_and_the_rest_rejected(
    page: Page, api: httpx.Client, drafted: Drafted
) -> None:
    image_id = open_review(page, drafted)
    drafts = drafted.drafts[image_id]
    panel = panel_of(page)
    least = panel.get_by_role("textbox", name="Least score to accept")
    least.fill("70")
    least.press("Enter")
    panel.get_by_role("button", name="Accept 3 drafts with a score of 70 % or more").click()
    expect(panel.get_by_role("listitem")).to_have_count(len(drafts) - 3)
    with page.expect_response("**/drafts/reject"):
        panel.get_by_role("button", name="Reject all").click()
    decided = page.get_by_role("region", name="Draft labels")
    expect(decided).to_contain_text("All drafts of this image are decided on.")
    expect_saved(page)
    assert {one.instance_id for one in stored_instances(api, image_id)} == set(drafts[:3])

    decided.get_by_role("button", name="Next image with drafts").click()
    (other,) = drafted.drafts.keys() - {image_id}
    expect(page).to_have_url(re.compile(f"/label/{other}"))
    expect_open(page, len(drafted.drafts[other]))
    page.keyboard.press("Shift+U")
    expect(page.get_by_text("No other of these images has drafts.")).to_be_visible()


def test_drafts__are_found_in_the_gallery_and_decided_on_there(page: Page, api: httpx.Client, drafted: Drafted) -> None:
    first, second = drafted.drafts
    page.goto(f"/projects/{drafted.project_id}")
    tile = page.locator(f"[data-image-id='{first}']")
    expect(tile).to_contain_text(f"{len(drafted.drafts[first])} drafts")
    page.goto(f"/projects/{drafted.project_id}?drafts=1")
    expect(page.get_by_text("2 images")).to_be_visible()
    tile.click()
    choose(page, "Accept drafts…")
    page.get_by_role("dialog").get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_text(f"{len(drafted.drafts[first])} drafts accepted")).to_be_visible()
    assert {one.instance_id for one in stored_instances(api, first)} == set(drafted.drafts[first])
    expect(page.get_by_text("1 image", exact=True)).to_be_visible()

    page.locator(f"[data-image-id='{second}']").click()
    choose(page, "Reject drafts")
    expect(page.get_by_text("No image matches")).to_be_visible()
    assert draft_counts(api, drafted) == (0, 0)
    assert stored_instances(api, second) == []
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(f"[data-image-id='{second}']")).to_be_visible()
    assert open_drafts(api, second) == drafted.drafts[second]


def test_drafts__are_accessible_and_have_their_keys_in_the_table(
    open_page: Callable[..., Page], drafted: Drafted
) -> None:
    for is_dark in (False, True):
        page = open_page(is_dark=is_dark)
        open_review(page, drafted)
        page.keyboard.press("k")
        assert serious_violations(page) == []
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("button", name="Accept the model's draft")).to_be_visible()


def choose(page: Page, item: str) -> None:
    bar = page.get_by_role("toolbar", name="Actions for the selected images")
    bar.get_by_role("button", name="Draft labels").click()
    page.get_by_role("menuitem", name=item).click()
