import subprocess
import sys

OFFER = """
import logging
from types import SimpleNamespace
from uvicorn.protocols.http.h11_impl import H11Protocol
from app.logging import configure_logging

configure_logging()
logger = logging.getLogger("uvicorn.error")
connection = SimpleNamespace(logger=logger, _should_upgrade_to_ws=lambda: False)
H11Protocol._unsupported_upgrade_warning(connection)
logger.warning("something else")
"""


def test_log__has_no_lines_for_each_request_that_offers_http_2() -> None:
    done = subprocess.run([sys.executable, "-c", OFFER], capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    assert line.endswith("WARNING uvicorn.error: something else")
