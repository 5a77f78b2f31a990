"""Accounts: made by an administrator, opened by their person, closed and opened again."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browsing, Server
from tests.e2e.test_pages import serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL = "ben.okafor@example.com"
OWN_PASSWORD = "battery staple horse"
NEXT_PASSWORD = "horse staple battery"


def test_account__is_made_used_closed_and_opened_again(page: Page, browsing: Browsing) -> None:
    page.goto("/projects")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="People").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Name", exact=True).fill("Ben Okafor")
    page.get_by_role("button", name="Make account").click()
    first = password_given(page)
    row = page.get_by_role("row", name="Ben Okafor")
    expect(row).to_contain_text(EMAIL)

    ben = browsing.open_page(is_signed_in=False)
    sign_in(ben, first)
    choose_password(ben, first, OWN_PASSWORD)
    expect(ben.get_by_role("heading", name="Projects")).to_be_visible()
    ben.get_by_role("button", name="Account of Ben Okafor").click()
    expect(ben.get_by_role("menuitem", name="People")).to_have_count(0)
    ben.get_by_role("menuitem", name="Name and password").click()
    ben.get_by_label("Present password").fill("another password")
    ben.get_by_label("New password").fill(NEXT_PASSWORD)
    ben.get_by_role("button", name="Save").click()
    expect(ben.get_by_role("alert")).to_contain_text("not your present password")
    browsing.forgive("403")
    ben.get_by_label("Present password").fill(OWN_PASSWORD)
    ben.get_by_role("button", name="Save").click()
    expect(ben.get_by_role("dialog")).to_have_count(0)

    ben.goto("/people")
    expect(ben.get_by_role("alert")).to_contain_text("This needs an administrator")
    browsing.forgive("403")

    choose(page, "Close the account…")
    page.get_by_role("dialog").get_by_role("button", name="Close the account").click()
    expect(row).to_contain_text("Closed")
    sign_in(ben, NEXT_PASSWORD)
    expect(ben.get_by_role("alert")).to_contain_text("No account with the e-mail")
    browsing.forgive("401")

    choose(page, "Open the account again")
    expect(row).not_to_contain_text("Closed")
    second = password_given(page)
    sign_in(ben, second)
    choose_password(ben, second, OWN_PASSWORD)
    expect(ben.get_by_role("heading", name="Projects")).to_be_visible()


def test_people__are_found_by_a_part_of_their_name(page: Page, api: httpx.Client) -> None:
    for name in ("Frida Lindqvist", "Gerd Muster"):
        body = {"email": f"{name.split()[0]}@example.com", "name": name, "password": "a given password"}
        assert api.post("/api/v1/users", json=body).is_success
    page.goto("/people")
    rows = page.get_by_role("table", name="People").locator("tbody tr")
    search = page.get_by_role("searchbox", name="Find a person")
    search.fill("LINDQ")
    expect(rows).to_contain_text(["Frida Lindqvist"])
    search.fill("Lindqvist of nowhere")
    expect(page.get_by_text("Nobody's name or email contains “Lindqvist of nowhere”.")).to_be_visible()
    search.press("Escape")
    expect(rows.filter(has_text="Gerd Muster")).to_be_visible()


def test_passwords__of_several_new_accounts_stay_until_one_leaves(page: Page) -> None:
    page.goto("/people")
    emails = ["dora@example.com", "emil@example.com"]
    for email in emails:
        page.get_by_label("Email").fill(email)
        page.get_by_label("Email").press("Enter")
        expect(page.get_by_label("Email")).to_have_value("")
    given = {email: page.get_by_role("region", name=f"Password of {email}").locator("code") for email in emails}
    first = given[emails[0]].inner_text()
    assert first != given[emails[1]].inner_text()

    page.get_by_role("button", name=f"What to do with {emails[0]}").click()
    page.get_by_role("menuitem", name="Give a new password").click()
    page.get_by_role("dialog").get_by_role("button", name="Give a new password").click()
    expect(given[emails[0]]).not_to_have_text(first)
    expect(given[emails[1]]).to_be_visible()


def test_given_password__another_is_chosen_before_anything_else(
    api: httpx.Client, open_page: Callable[..., Page], browsing: Browsing
) -> None:
    given = {"email": "cleo@example.com", "password": "a given password"}
    assert api.post("/api/v1/users", json=given).is_success
    page = open_page(size=(390, 844), is_signed_in=False)
    sign_in(page, given["password"], email=given["email"])
    dialog = page.get_by_role("dialog", name="Choose your own password")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.click(5, 5)
    page.goto("/account/tokens")
    expect(dialog.get_by_label("Present password")).to_be_focused()
    expect(dialog.get_by_role("button", name="Close")).to_have_count(0)
    assert "\n".join(serious_violations(page)) == ""
    choose_password(page, given["password"], given["password"])
    expect(dialog.get_by_role("alert")).to_contain_text("choose another")
    browsing.forgive("422")
    dialog.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="New here?")).to_be_visible()

    sign_in(page, given["password"], email=given["email"])
    choose_password(page, given["password"], OWN_PASSWORD)
    expect(dialog).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def test_printed_password__another_may_be_chosen_later(
    api: httpx.Client, server: Server, open_page: Callable[..., Page]
) -> None:
    printed = "a printed password"
    assert api.post("/api/v1/users", json={"email": "demo@example.com", "password": printed}).is_success
    with closing(sqlite3.connect(Path(server.environment["MASKWRIGHT_DATA_DIR"]) / "maskwright.db")) as database:
        database.execute("UPDATE users SET password_origin = 'printed' WHERE email = 'demo@example.com'")
        database.commit()
    page = open_page(is_signed_in=False)
    sign_in(page, printed, email="demo@example.com")
    page.get_by_role("dialog", name="Choose your own password").get_by_role("button", name="Later").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.reload()  # as another tab of this day
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def choose(page: Page, item: str) -> None:
    page.get_by_role("button", name="What to do with Ben Okafor").click()
    page.get_by_role("menuitem", name=item).click()


def password_given(page: Page) -> str:
    code = page.get_by_role("region", name=f"Password of {EMAIL}").locator("code")
    expect(code).to_be_visible()
    return code.inner_text()


def choose_password(page: Page, present: str, new: str) -> None:
    dialog = page.get_by_role("dialog", name="Choose your own password")
    dialog.get_by_label("Present password").fill(present)
    dialog.get_by_label("New password").fill(new)
    dialog.get_by_role("button", name="Choose it").click()


def sign_in(page: Page, password: str, *, email: str = EMAIL) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
