"""One line for each event, to standard error, from our code, uvicorn and Celery alike."""

import logging
import logging.config
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _WithoutOffers(logging.Filter):
    """Leaves out that a client offers another protocol, as Java's HttpClient offers HTTP/2 with each request.

    It is answered all the same. uvicorn would say so each time, and advise to install a library for WebSockets.
    """

    WORDS = ("Unsupported upgrade request.", "No supported WebSocket library detected.")

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(self.WORDS)


# Also what uvicorn is given as log_config; its own would add handlers beside ours.
LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": FORMAT}},
    "filters": {"without_offers": {"()": _WithoutOffers}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # A page asks for hundreds of thumbnails; /metrics counts requests.
        "uvicorn.access": {"level": "WARNING"},
        "uvicorn.error": {"filters": ["without_offers"]},
        "alembic": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}


def configure_logging() -> None:
    logging.config.dictConfig(LOG_CONFIG)
