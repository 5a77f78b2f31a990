"""From a model's errors to a retraining: findings are walked along in the editor, decided on, and counted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Server
from tests.e2e.planted import plant_model
from tests.e2e.projects import import_labels, make_project, stored_instances, upload_scenes
from tests.e2e.test_pages import serious_violations
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENES = 5


@dataclass(frozen=True)
class Planted:
    project_id: int
    model_id: int

    @property
    def path(self) -> str:
        return f"/api/v1/models/{self.model_id}"


@pytest.fixture
def planted(server: Server, api: httpx.Client, request: pytest.FixtureRequest) -> Planted:
    """A project with a model whose predictions have mistakes."""
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in range(1, SCENES + 1)}
    project_id = make_project(api, request.node.name)
    image_ids = upload_scenes(api, project_id, scenes)
    import_labels(api, project_id, scenes)
    planted = Planted(project_id, plant_model(server, project_id, image_ids, name="fruit", seed=3))
    low = {"optimized": False, "all": 0.2}  # so that much is imagined
    assert api.put(f"{planted.path}/thresholds", json=low).is_success
    return planted


def findings(api: httpx.Client, planted: Planted) -> list[dict[str, Any]]:
    query = {"ground_truth": "today", "decided": False, "limit": 200}
    found: list[dict[str, Any]] = api.get(f"{planted.path}/findings", params=query).json()["items"]
    return found


def review_card(page: Page, planted: Planted) -> Locator:
    page.goto(f"/models/{planted.model_id}/review")
    card = page.get_by_role("region", name="Review errors")
    expect(card).to_be_visible()
    return card


def test_errors__are_accepted_and_dismissed_and_lead_to_a_retraining(
    page: Page, api: httpx.Client, planted: Planted
) -> None:
    wanted = findings(api, planted)
    place = next(place for place, one in enumerate(wanted) if one["kind"] == "imagined")
    imagined, after = wanted[place], wanted[(place + 1) % len(wanted)]
    card = review_card(page, planted)
    expect(card).to_contain_text(f"1 of {len(wanted)}")
    for _ in range(place):
        card.get_by_role("button", name="Next error").click()
    expect(page).to_have_url(re.compile(f"/label/{imagined['image_id']}.*finding={re.escape(imagined['key'])}"))
    # of the image before, the card may be there a moment longer than its address
    expect(card).to_contain_text(f"{place + 1} of {len(wanted)}")
    expect(page.get_by_test_id("ghost")).to_be_visible()
    before = len(stored_instances(api, imagined["image_id"]))

    page.keyboard.press("y")
    expect(card).to_contain_text("1 accepted, 0 fixed, 0 dismissed")
    expect(page).to_have_url(re.compile(f"finding={re.escape(after['key'])}"))
    added = stored_instances(api, imagined["image_id"])[before:]
    assert [(one.class_name, one.source) for one in added] == [(imagined["suggested_label"], "model:fruit")]
    (fix,) = api.get(f"{planted.path}/fixes").json()["items"]
    assert fix["finding"] == imagined["key"]
    assert fix["revision"] == api.get(f"/api/v1/images/{imagined['image_id']}").json()["revision"]

    card.get_by_role("button", name="Label is right").click()
    expect(card).to_contain_text("1 accepted, 0 fixed, 1 dismissed")
    assert {one["key"] for one in findings(api, planted)}.isdisjoint({imagined["key"], after["key"]})

    card.get_by_role("link", name="Retrain with 1 fix").click()
    dialog = page.get_by_role("dialog", name="Train model")
    expect(dialog).to_be_visible()
    expect(page).to_have_url(re.compile(f"/projects/{planted.project_id}/train.from={planted.model_id}"))
    expect(dialog).to_contain_text("fruit")


def test_errors__are_stepped_over_in_haste_on_a_slow_machine(page: Page, api: httpx.Client, planted: Planted) -> None:
    total = len(findings(api, planted))
    card = review_card(page, planted)
    expect(card).to_contain_text(f"1 of {total}")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    for _ in range(total // 2):
        card.get_by_role("button", name="Next error").click()
    expect(card).to_contain_text(f"{total // 2 + 1} of {total}")


def test_error__is_fixed_by_hand_only_when_something_changed(page: Page, api: httpx.Client, planted: Planted) -> None:
    card = review_card(page, planted)
    first = findings(api, planted)[0]
    expect(card).to_contain_text("1 of")
    page.keyboard.press("k")
    expect(page.get_by_text("Nothing was changed since this error came up")).to_be_visible()
    page.get_by_test_id("canvas").focus()
    if first["instance_id"] is None:
        page.keyboard.press(".")
    page.keyboard.press("Delete")
    page.keyboard.press("k")
    expect(card).to_contain_text("0 accepted, 1 fixed, 0 dismissed")
    (fix,) = api.get(f"{planted.path}/fixes").json()["items"]
    history = api.get(f"/api/v1/images/{first['image_id']}/revisions").json()["items"]
    assert (fix["action"], fix["revision"]) == ("fixed", history[0]["revision"])
    assert history[0]["deleted"] == 1


def test_review__is_accessible(open_page: Callable[..., Page], planted: Planted) -> None:
    for is_dark in (False, True):
        page = open_page(is_dark=is_dark)
        expect(review_card(page, planted)).to_be_visible()
        assert serious_violations(page) == []
