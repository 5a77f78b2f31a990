"""One line for each event, to standard error, from our code, uvicorn and Celery alike."""

import logging.config
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# Also what uvicorn is given as log_config; its own would add handlers beside ours.
LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # A page asks for hundreds of thumbnails; /metrics counts requests.
        "uvicorn.access": {"level": "WARNING"},
        "alembic": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}


def configure_logging() -> None:
    logging.config.dictConfig(LOG_CONFIG)
