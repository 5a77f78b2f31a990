"""Labeling time as an owner looks at it: the days are typed."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.projects import make_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_days__are_typed_and_taken_back(page: Page, api: httpx.Client) -> None:
    page.goto(f"/projects/{make_project(api, 'Days')}/time")
    first, last = page.get_by_label("From", exact=True), page.get_by_label("To", exact=True)
    for field, keys in ((first, "01312026"), (last, "02282026")):
        field.focus()
        for key in keys:
            page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"time\?from=2026-01-31&to=2026-02-28$"))
    first.fill("")
    last.focus()
    expect(page).to_have_url(re.compile(r"time\?to=2026-02-28$"))
    page.reload()
    expect(last).to_have_value("2026-02-28")
