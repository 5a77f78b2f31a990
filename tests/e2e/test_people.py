"""Accounts: made by an administrator, opened by their person, closed and opened again."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browsing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL = "ben.okafor@example.com"
OWN_PASSWORD = "battery staple horse"


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
    expect(ben.get_by_role("heading", name="Projects")).to_be_visible()
    ben.get_by_role("button", name="Account of Ben Okafor").click()
    expect(ben.get_by_role("menuitem", name="People")).to_have_count(0)
    ben.get_by_role("menuitem", name="Name and password").click()
    ben.get_by_label("Present password").fill("another password")
    ben.get_by_label("New password").fill(OWN_PASSWORD)
    ben.get_by_role("button", name="Save").click()
    expect(ben.get_by_role("alert")).to_contain_text("not your present password")
    browsing.forgive("403")
    ben.get_by_label("Present password").fill(first)
    ben.get_by_role("button", name="Save").click()
    expect(ben.get_by_role("dialog")).to_have_count(0)

    ben.goto("/people")
    expect(ben.get_by_role("alert")).to_contain_text("This needs an administrator")
    browsing.forgive("403")

    choose(page, "Close the account")
    page.get_by_role("dialog").get_by_role("button", name="Close the account").click()
    expect(row).to_contain_text("Closed")
    sign_in(ben, OWN_PASSWORD)
    expect(ben.get_by_role("alert")).to_contain_text("No account with the e-mail")
    browsing.forgive("401")

    choose(page, "Open the account again")
    expect(row).not_to_contain_text("Closed")
    sign_in(ben, password_given(page))
    expect(ben.get_by_role("heading", name="Projects")).to_be_visible()


def choose(page: Page, item: str) -> None:
    page.get_by_role("button", name="What to do with Ben Okafor").click()
    page.get_by_role("menuitem", name=item).click()


def password_given(page: Page) -> str:
    code = page.get_by_role("region", name=f"Password of {EMAIL}").locator("code")
    expect(code).to_be_visible()
    return code.inner_text()


def sign_in(page: Page, password: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
