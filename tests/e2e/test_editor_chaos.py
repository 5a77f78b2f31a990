"""The editor against crashes: benchmarks/chaos.py does the same for as many rounds as one likes."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.chaos import Blow, Chaos, mortal_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROUNDS = 10
SEED = 20


def test_committed_edits__survive_dying_tabs_servers_and_networks(browser: Browser, tmp_path: Path) -> None:
    with mortal_server(tmp_path) as server:
        chaos = Chaos(browser, server, SEED)
        outcome = chaos.run(ROUNDS)
        chaos.close()
    assert outcome.lost == []
    assert outcome.edits >= ROUNDS
    assert set(outcome.blows) == set(Blow)
