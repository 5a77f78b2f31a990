"""Waiting for what the server says, when the page shows it first."""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from playwright.sync_api import Page

LOOK_MS = 100
LONGEST_S = 30.0

SaidT = TypeVar("SaidT")


def wait_until(
    page: Page, read: Callable[[], SaidT], is_wanted: Callable[[SaidT], bool], *, longest_s: float = LONGEST_S
) -> SaidT:
    """Read again and again while the page goes on; gives what was wanted, or what was read last."""
    ends_at = monotonic() + longest_s
    while not is_wanted(said := read()) and monotonic() < ends_at:
        page.wait_for_timeout(LOOK_MS)
    return said
