"""The list of projects as a person uses it: finding, copying, archiving, settings, taking one to another server."""

import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.cli.demo_scenes import Scene
from tests.e2e.conftest import Browsing
from tests.e2e.projects import import_labels, make_project, upload_scenes
from tests.e2e.waiting import wait_until
from tests.scenes import draw_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def scene() -> Scene:
    return draw_scene(1)


@pytest.fixture
def name(api: httpx.Client, scene: Scene) -> str:
    """A project with a labeled image, by a name that no other has."""
    name = f"Fruit {uuid.uuid4().hex[:8]}"
    project_id = make_project(api, name)
    upload_scenes(api, project_id, {"scene.jpg": scene})
    import_labels(api, project_id, {"scene.jpg": scene})
    return name


def cards(page: Page) -> Locator:
    return page.get_by_role("list", name="Projects").get_by_role("listitem")


def choose(page: Page, project: str, action: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^Actions for {re.escape(project)} \(\d+\)$")).click()
    page.get_by_role("menuitem", name=re.compile(f"^{action}")).click()


def found(api: httpx.Client, name: str, **query: str) -> list[dict[str, Any]]:
    items = api.get("/api/v1/projects", params={"q": name, **query}).json()["items"]
    return [dict(item) for item in items]


def test_list__search_view_and_order_are_in_the_address(page: Page, api: httpx.Client) -> None:
    part = uuid.uuid4().hex[:8]
    for name in (f"B {part}", f"A {part}", "another"):
        make_project(api, name)
    page.goto("/projects")
    page.get_by_role("searchbox", name="Find a project").fill(part)
    expect(cards(page)).to_have_text([re.compile(f"A {part}"), re.compile(f"B {part}")])
    page.get_by_role("button", name="Sorted by").click()
    page.get_by_role("menuitem", name="Name, Z to A").click()
    expect(cards(page)).to_have_text([re.compile(f"B {part}"), re.compile(f"A {part}")])
    expect(page).to_have_url(re.compile(f"q={part}&sort=-name"))
    page.reload()
    expect(cards(page)).to_have_text([re.compile(f"B {part}"), re.compile(f"A {part}")])
    page.get_by_role("searchbox", name="Find a project").fill(f"{part}{part}")
    expect(page.get_by_text(f"No project's name contains “{part}{part}”.")).to_be_visible()


def test_new_project__is_made_once_by_a_double_click(page: Page, api: httpx.Client) -> None:
    name = f"Twice {uuid.uuid4().hex[:8]}"
    page.goto("/projects")
    page.get_by_role("button", name="New project").click()
    page.get_by_role("textbox", name="Name").fill(name)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    project_page: list[Route] = []
    page.route(re.compile("GalleryPage.*js$"), lambda route: project_page.append(route))
    create = page.get_by_role("button", name="Create project")
    create.dblclick()
    assert len(wait_until(page, lambda: found(api, name), lambda projects: len(projects) > 0)) == 1
    wait_until(page, lambda: project_page, lambda held: len(held) > 0)
    expect(create).to_be_disabled()
    project_page[0].continue_()
    expect(page).to_have_url(re.compile(r"/projects/\d+$"))
    assert len(found(api, name)) == 1


def test_new_project__is_made_once_by_enter_and_leaves_whoever_cancelled_where_they_are(
    page: Page, api: httpx.Client
) -> None:
    name = f"Enter {uuid.uuid4().hex[:8]}"
    held: list[Route] = []
    page.goto("/projects")
    page.route(
        re.compile("/api/v1/projects$"),
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="New project").click()
    field = page.get_by_role("textbox", name="Name")
    field.fill(name)
    for _ in range(3):
        field.press("Enter")
    wait_until(page, lambda: len(held), lambda count: count > 0)
    page.get_by_role("button", name="Cancel", exact=True).click()
    held[0].continue_()
    expect(cards(page).filter(has_text=name)).to_be_visible()
    expect(page).to_have_url(re.compile("/projects$"))
    assert (len(held), len(found(api, name))) == (1, 1)


def test_archive__moves_a_project_away_and_back(page: Page, api: httpx.Client, name: str) -> None:
    page.goto(f"/projects?q={name}")
    choose(page, name, "Archive")
    expect(cards(page)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(cards(page)).to_have_count(1)
    choose(page, name, "Archive")
    expect(cards(page)).to_have_count(0)
    page.get_by_role("radio", name="Archived").click()
    expect(page).to_have_url(re.compile("archived=true"))
    choose(page, name, "Bring back")
    expect(cards(page)).to_have_count(0)
    assert [project["archived_at"] for project in found(api, name)] == [None]


def test_copy__is_made_under_another_name_and_opened(page: Page, api: httpx.Client, name: str) -> None:
    page.goto(f"/projects?q={name}")
    choose(page, name, "Copy")
    dialog = page.get_by_role("dialog", name=f"Copy {name}")
    expect(dialog.get_by_label("Project name")).to_have_value(f"{name} (copy)")
    dialog.get_by_label("Project name").fill(f"{name} again")
    dialog.get_by_role("button", name="Copy project").click()
    expect(cards(page)).to_have_count(2)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("listbox", name="Images").get_by_role("option")).to_contain_text(["scene.jpg"])
    counts = [project["labeled_count"] for project in found(api, name)]
    assert counts == [1, 1]


def test_settings__location_is_switched_from_the_card_and_the_bar(page: Page, api: httpx.Client, name: str) -> None:
    page.goto(f"/projects?q={name}")
    choose(page, name, "Settings…")
    switch = page.get_by_role("switch", name="Remove the location")
    with page.expect_response(re.compile(r"/projects/\d+$")):
        switch.check(force=True)
    expect(switch).to_be_checked()
    assert found(api, name)[0]["strip_location"] is True
    page.keyboard.press("Escape")
    page.get_by_role("link", name=re.compile(name)).click()
    page.get_by_role("button", name="This project").click()
    page.get_by_role("menuitem", name="Settings…").click()
    expect(page).to_have_url(re.compile(r"/projects/\d+/settings"))
    expect(switch).to_be_checked()


def test_archive_file__goes_out_and_comes_back(page: Page, api: httpx.Client, name: str, tmp_path: Path) -> None:
    page.goto(f"/projects?q={name}")
    choose(page, name, "Download as archive")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name="Download").click()
    archive = tmp_path / "fruit.zip"
    download.value.save_as(archive)
    page.keyboard.press("Escape")
    original = found(api, name)[0]
    choose_archive(page, archive)
    page.get_by_role("dialog", name="Import an archive").get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("listbox", name="Images").get_by_role("option")).to_contain_text(["scene.jpg"])
    (imported,) = [project for project in found(api, name) if project["id"] != original["id"]]
    assert label_counts(imported) == label_counts(original)


def test_archive_file__that_is_none_is_refused_in_place(page: Page, browsing: Browsing, tmp_path: Path) -> None:
    archive = tmp_path / "holiday.zip"
    archive.write_bytes(b"no zip")
    page.goto("/projects")
    choose_archive(page, archive)
    dialog = page.get_by_role("dialog", name="Import an archive")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("it is no whole zip file")
    expect(dialog).to_contain_text("holiday.zip")
    browsing.forgive("422")


def test_archive_file__that_is_being_sent_is_stopped_by_escape_and_kept(page: Page, tmp_path: Path) -> None:
    archive = tmp_path / "fruit.zip"
    archive.write_bytes(b"no zip")
    held: list[Route] = []
    page.goto("/projects")
    page.route("**/api/v1/projects/archive", lambda route: held.append(route))
    choose_archive(page, archive)
    dialog = page.get_by_role("dialog", name="Import an archive")
    send = dialog.get_by_role("button", name="Import", exact=True)
    send.click()
    wait_until(page, lambda: len(held), lambda count: count > 0)
    page.keyboard.press("Escape")
    expect(send).to_be_enabled()
    expect(dialog).to_contain_text("fruit.zip")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def choose_archive(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Import an archive").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose the archive").click()
    chooser.value.set_files(path)


def label_counts(project: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(label["label"], label["color"], label["count"]) for label in project["label_counts"]]
