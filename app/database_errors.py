"""What a caller hears when the database is full, away, has lost what a row refers to, or has no such text."""

import logging

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.db.engine import holds_zero, is_away, is_disk_full, refers_to_nothing
from app.http import error_response

DATABASE_RETRY_SECONDS = 2  # a restart of PostgreSQL takes about that
_logger = logging.getLogger(__name__)


def add_database_error_handler(app: FastAPI) -> None:
    app.add_exception_handler(DBAPIError, _answer_database_error)


def _answer_database_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    if is_disk_full(error):
        return error_response(507, "the database's disk is full: nothing of this was kept; tell who runs the server")
    if is_away(error):
        _logger.warning("the database is away: %s", error.orig)
        wait = {"Retry-After": str(DATABASE_RETRY_SECONDS)}
        return error_response(503, "the database does not answer: nothing of this was kept; try again", wait)
    if refers_to_nothing(error):
        _logger.warning("a row refers to what is gone: %s", error.orig)
        return error_response(
            409, "what this belongs to was deleted meanwhile: nothing of this was kept; load it anew, then try again"
        )
    if holds_zero(error):
        return error_response(422, "a text of this request holds the character U+0000: send it without")
    raise error
