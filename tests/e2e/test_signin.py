"""Signing in, the way into everything."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import EMAIL, PASSWORD, Browsing

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_sign_in__goes_on_where_one_wanted_to_be(open_page: Callable[..., Page]) -> None:
    page = open_page(is_signed_in=False)
    page.goto("/account/tokens")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/account/tokens$"))
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()


def test_sign_in__a_wrong_password_is_said_and_the_address_kept(browsing: Browsing) -> None:
    page = browsing.open_page(is_signed_in=False)
    page.goto("/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_label("Email")).to_have_value(EMAIL)
    browsing.forgive("/api/v1/session")
