"""How much of what was drawn in the editor is lost when tabs, servers and networks die: `--rounds 100`.

Exits with 1 where anything committed is missing, or anything deleted came back.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.chaos import Chaos, Outcome, mortal_server
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, EXPECT_MS

ROUNDS_OF_AN_IMAGE = 25  # more objects than a few dozen are clicked by accident


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("chromium is not on this machine: apt-get install chromium")
    expect.set_options(timeout=EXPECT_MS)
    total = Outcome()
    with tempfile.TemporaryDirectory(prefix="maskwright-chaos-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        with mortal_server(Path(folder)) as server:
            left = options.rounds
            for number in range(-(-options.rounds // ROUNDS_OF_AN_IMAGE)):
                chaos = Chaos(browser, server, options.seed + number)
                _add(total, chaos.run(min(left, ROUNDS_OF_AN_IMAGE)))
                chaos.close()
                left -= ROUNDS_OF_AN_IMAGE
                print(
                    f"{options.rounds - max(left, 0)} rounds, {total.edits} edits, {len(total.lost)} lost", flush=True
                )
        browser.close()
    _report(total)
    return 1 if total.lost else 0


def _add(total: Outcome, one: Outcome) -> None:
    total.edits += one.edits
    total.lost += one.lost
    total.settle_s += one.settle_s
    for blow, count in one.blows.items():
        total.blows[blow] = total.blows.get(blow, 0) + count


def _report(total: Outcome) -> None:
    for blow, count in sorted(total.blows.items()):
        print(f"{count:5} × {blow}")
    print(f"edits {total.edits}, lost {len(total.lost)}")
    print(f"at the server again after {statistics.median(total.settle_s):.1f} s, at most {max(total.settle_s):.1f} s")
    for words in total.lost:
        print(words)


if __name__ == "__main__":
    sys.exit(main())
