"""Signing in, the way into everything."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import EMAIL, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_sign_in__goes_on_where_one_wanted_to_be(open_page: Callable[..., Page]) -> None:
    page = open_page(is_signed_in=False)
    page.goto("/account/tokens")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/account/tokens$"))
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()
