"""Members of a project on a slow network, and what people of each role see of its pages."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Browsing, Server
from tests.e2e.planted import plant_model
from tests.e2e.projects import import_labels, make_project, upload_scenes
from tests.e2e.waiting import wait_until
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GIVEN_PASSWORD = "a password that was given"
OWN_PASSWORD = "a password of one's own"


@dataclass(frozen=True)
class Team:
    """A project, and people with an account by the role that they are meant to have in it."""

    project_id: int
    emails: dict[str, str]

    @property
    def path(self) -> str:
        return f"/projects/{self.project_id}/members"


@pytest.fixture
def team(api: httpx.Client) -> Team:
    part = uuid.uuid4().hex[:8]
    emails = {role: f"{role}.{part}@example.com" for role in ("admin", "labeler")}
    for email in emails.values():
        assert api.post("/api/v1/users", json={"email": email, "password": GIVEN_PASSWORD}).is_success
    return Team(make_project(api, f"Team {part}"), emails)


def let_in(api: httpx.Client, team: Team, role: str) -> None:
    body = {"email": team.emails[role], "role": role.capitalize()}
    assert api.post(f"/api/v1{team.path}", json=body).is_success


def open_as(browsing: Browsing, email: str) -> Page:
    """A page of somebody who has chosen a password of their own."""
    page = browsing.open_page(is_signed_in=False)
    asked = page.context.request
    me = asked.post("/api/v1/session", data={"email": email, "password": GIVEN_PASSWORD}).json()
    own = {"current_password": GIVEN_PASSWORD, "password": OWN_PASSWORD}
    assert asked.patch("/api/v1/me", data=own, headers={"X-CSRF-Token": me["csrf_token"]}).ok
    return page


def held_posts(page: Page) -> list[Route]:
    """The page's requests to add a member, which wait until they are let go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile(r"/api/v1/projects/\d+/members"), hold)
    return held


def test_form__is_sent_once_by_enter_and_keeps_what_is_typed_meanwhile(page: Page, team: Team) -> None:
    page.goto(team.path)
    held = held_posts(page)
    field = page.get_by_label("Email")
    field.fill(team.emails["labeler"])
    for _ in range(3):
        field.press("Enter")
    wait_until(page, lambda: len(held), lambda count: count > 0)
    field.fill(team.emails["admin"])
    held[0].continue_()
    expect(page.get_by_role("row", name=team.emails["labeler"])).to_be_visible()
    expect(field).to_have_value(team.emails["admin"])
    assert len(held) == 1
    field.press("Enter")
    wait_until(page, lambda: len(held), lambda count: count > 1)
    held[1].continue_()
    expect(page.get_by_role("row", name=team.emails["admin"])).to_be_visible()
    expect(field).to_have_value("")


def test_role__of_an_owner_is_not_for_an_admin_to_change(browsing: Browsing, api: httpx.Client, team: Team) -> None:
    let_in(api, team, "admin")
    let_in(api, team, "labeler")
    page = open_as(browsing, team.emails["admin"])
    page.goto(team.path)
    owner = page.get_by_role("row").filter(has_text="Owner")
    expect(owner).to_have_count(1)
    expect(owner.get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name=f"Role of {team.emails['labeler']}").click()
    expect(page.get_by_role("option")).to_have_text(["Admin", "Developer", "Labeler"])
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Role of {team.emails['admin']}").click()
    page.get_by_role("option", name="Labeler").click()
    expect(page.get_by_role("button", name="Role of")).to_have_count(0)
    expect(page.get_by_label("Email")).to_have_count(0)


def test_member__removed_in_another_tab_leaves_the_list_with_a_word(
    page: Page, browsing: Browsing, api: httpx.Client, team: Team
) -> None:
    let_in(api, team, "labeler")
    page.goto(team.path)
    email = team.emails["labeler"]
    remove = page.get_by_role("button", name=f"Remove {email} from the project")
    expect(remove).to_be_visible()
    [member] = [item for item in api.get(f"/api/v1{team.path}").json()["items"] if item["email"] == email]
    assert api.delete(f"/api/v1{team.path}/{member['user_id']}").is_success
    remove.click()
    expect(page.get_by_role("row", name=email)).to_have_count(0)
    expect(page.get_by_text("has no member")).to_be_visible()
    browsing.forgive("404")


def test_labeler__is_offered_no_training(
    browsing: Browsing, api: httpx.Client, team: Team, open_page: Callable[..., Page]
) -> None:
    let_in(api, team, "labeler")
    labeler, owner = open_as(browsing, team.emails["labeler"]), open_page()
    for page, count in ((owner, 1), (labeler, 0)):
        page.goto(f"/projects/{team.project_id}/models")
        expect(page.get_by_role("heading", name="Trained models")).to_be_visible()
        expect(page.get_by_role("main").get_by_role("link", name="Train model")).to_have_count(count)
    labeler.goto(f"/projects/{team.project_id}/train")
    dialog = labeler.get_by_role("dialog", name="Train model")
    expect(dialog).to_contain_text("Labelers do not train")
    expect(dialog.get_by_label("Model name")).to_have_count(0)


def test_labeler__is_offered_no_use_of_a_model_and_no_order_of_trainings(
    browsing: Browsing, api: httpx.Client, server: Server, team: Team, open_page: Callable[..., Page]
) -> None:
    let_in(api, team, "labeler")
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in (1, 2)}
    image_ids = upload_scenes(api, team.project_id, scenes)
    import_labels(api, team.project_id, scenes)
    model_id = plant_model(server, team.project_id, image_ids, name="fruit")
    labeler, owner = open_as(browsing, team.emails["labeler"]), open_page()
    waiting = [queue_training(api, team.project_id, name) for name in ("first", "second", "third")]
    for page, may in ((owner, True), (labeler, False)):
        page.goto("/queue")
        expect(page.get_by_role("region", name="Waiting").get_by_role("link", name="third")).to_be_visible()
        expect(page.get_by_text("Drag to change the order")).to_have_count(int(may))
        page.goto(f"/models/{model_id}/statistics")
        expect(page.get_by_role("heading", name="fruit")).to_be_visible()
        expect(page.get_by_role("link", name="Learning curves")).to_be_visible()
        expect(page.get_by_role("button", name="Download model")).to_have_count(int(may))
        expect(page.get_by_role("link", name="Make a new prediction")).to_have_count(int(may))
    for model in waiting:
        assert api.post(f"/api/v1/models/{model}/cancel").is_success


def queue_training(api: httpx.Client, project_id: int, name: str) -> int:
    answer = api.post(f"/api/v1/projects/{project_id}/models", json={"name": name, "image_size": 64})
    assert answer.is_success, answer.text
    return int(answer.json()["id"])
