"""What every endpoint shares: errors as JSON, addresses with or without a slash at the end, lists in pages."""

import base64
import json
import logging
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError, Unprocessable

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 1000
DEFAULT_PAGE_SIZE = 100
MAX_SHOWN_INPUT = 100  # characters of a wrong value that its error repeats

Item = TypeVar("Item")


class ErrorAnswer(BaseModel):
    """What went wrong, with what, and what to do."""

    error: str


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next_cursor` asks for what follows, null at the end; `total` counts the whole list."""

    items: list[Item]
    next_cursor: str | None
    total: int


class PageParams:
    """How many items to give, and after which."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
    ) -> None:
        self.limit = limit
        self.after: list[Any] | None = None if cursor is None else decode_cursor(cursor)

    @property
    def after_id(self) -> int:
        """The id after which a list that is sorted by id goes on; 0 at its beginning."""
        match self.after:
            case None:
                return 0
            case [int(last_id)]:
                return last_id
            case _:
                raise Unprocessable("the cursor belongs to another list; leave it out to begin")


PageQuery = Annotated[PageParams, Depends()]


def encode_cursor(*last_key: str | int | float | None) -> str:
    """Make a cursor of the sort key of a page's last item."""
    return base64.urlsafe_b64encode(json.dumps(last_key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    """Read the sort key out of a cursor.

    Raises:
        Unprocessable: It is not one that this server gave.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise Unprocessable(f"cursor {cursor!r:.60} is not one that this server gave; leave it out to begin") from error
    if not isinstance(key, list):
        raise Unprocessable(f"cursor {cursor!r:.60} is not one that this server gave; leave it out to begin")
    return key


def errors(*kinds: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that may raise these."""
    return {kind.status_code: {"model": ErrorAnswer, "description": (kind.__doc__ or kind.__name__)} for kind in kinds}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure as `{"error": …}` with its status, without a stack trace."""

    @app.exception_handler(AppError)
    def _app_error(_: Request, error: AppError) -> JSONResponse:
        return JSONResponse({"error": error.message}, error.status_code, headers=error.headers)

    @app.exception_handler(HTTPException)
    def _http_error(request: Request, error: HTTPException) -> JSONResponse:
        match error.status_code:
            case 404:
                message = f"there is nothing at {request.url.path}"
            case 405:
                message = f"{request.method} is not possible at {request.url.path}"
            case _:
                message = str(error.detail)
        return JSONResponse({"error": message}, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def _validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"error": "; ".join(_sentence(part) for part in error.errors())}, 422)

    @app.exception_handler(Exception)
    def _crash(request: Request, error: Exception) -> JSONResponse:
        # The server logs the exception itself; the answer must not tell what is inside.
        return JSONResponse(
            {"error": f"the server failed at {request.method} {request.url.path}; its log says why"}, 500
        )


def _sentence(part: Any) -> str:
    place = ".".join(str(step) for step in part["loc"] if step not in ("body", "query", "path"))
    shown = repr(part.get("input"))[:MAX_SHOWN_INPUT]
    return f"{place or 'the body'}: {part['msg']}" + ("" if part["type"] == "missing" else f", not {shown}")


class TrailingSlashMiddleware:
    """Lets every path be called with a slash at its end: a redirect would lose the body of a POST."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/" and scope["path"].endswith("/"):
            scope = dict(scope, path=scope["path"].rstrip("/") or "/")
            if scope.get("raw_path"):
                scope["raw_path"] = scope["raw_path"].rstrip(b"/") or b"/"
        await self._app(scope, receive, send)
