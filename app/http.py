"""What every HTTP request meets: errors as JSON, paths with and without a trailing slash.

A bundle's server runs this file too, so it knows neither the database nor the settings.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError
from app.inference.errors import ImageRefused, ImageTooLarge
from app.masks.errors import InvalidMask
from app.methods import allowed_methods
from app.paging import DEFAULT_LIMIT, MAX_LIMIT, PageParams

SESSION_COOKIE = "maskwright_session"
TOKEN_HEADER = "X-Auth-token"
CSRF_HEADER = "X-CSRF-Token"

MAX_ID = 2**63 - 1  # what both databases can compare with
PathId = Annotated[int, Path(ge=1, le=MAX_ID)]
RowId = Annotated[int, Field(ge=1, le=MAX_ID)]

_SHOWN_PROBLEMS = 5
_logger = logging.getLogger(__name__)


class ErrorBody(BaseModel):
    error: str


class RequestBody(BaseModel):
    """Parent of what callers send: a misspelt field or a NaN is refused instead of ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def get_page_params(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT, cursor: Annotated[str | None, Query()] = None
) -> PageParams:
    return PageParams(limit=limit, cursor=cursor)


PageQuery = Annotated[PageParams, Depends(get_page_params)]


def errors(*status_codes: int) -> dict[int | str, dict[str, Any]]:
    """For an endpoint's `responses=`: the statuses that it answers with `{"error": …}`."""
    return {code: {"description": _MEANINGS[code], "content": _ERROR_CONTENT} for code in status_codes}


_ERROR_CONTENT = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}}}
_MEANINGS = {
    400: "What was sent cannot be read",
    401: "No token or session, or a wrong one",
    403: "Not allowed with this role or token",
    404: "Does not exist, or may not be seen",
    408: "The rest of what was sent did not come",
    409: "Not possible in the present state",
    412: "Someone else saved meanwhile",
    413: "Too large",
    415: "A type that is not understood",
    422: "What was sent breaks a rule",
    428: "If-Match is missing",
    429: "Too many attempts",
    503: "Busy: try again after Retry-After seconds",
    507: "The disk or bucket is full",
}

API_ERRORS = errors(401, 403, 404, 422)


def add_error_handlers(app: FastAPI) -> None:
    """Turn whatever is raised for a caller's fault into its status and `{"error": …}`."""
    app.add_exception_handler(AppError, _answer_app_error)
    app.add_exception_handler(RequestValidationError, _answer_validation_error)
    app.add_exception_handler(HTTPException, answer_http_exception)
    # The pure cores know no HTTP. Services turn these into words of their own where they can say which item it was.
    app.add_exception_handler(InvalidMask, _answer_invalid_mask)
    app.add_exception_handler(ImageRefused, _answer_refused_image)


def error_response(status_code: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status_code, headers=headers)


def answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            message = f"there is nothing at {request.url.path}: see /api/docs for every path"
        case 405:
            return _answer_wrong_method(request)
        case _:
            message = str(error.detail)
    return error_response(error.status_code, message, error.headers)


def _answer_wrong_method(request: Request) -> Response:
    # What is raised knows the methods of one route; a path may have several.
    allow = {"Allow": ", ".join(allowed_methods(request.scope))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    message = f"{request.url.path} does not answer {request.method}, only {allow['Allow']}: see /api/docs"
    return error_response(405, message, allow)


def _answer_app_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return error_response(error.status_code, error.message, error.headers)


def _answer_invalid_mask(_request: Request, error: Exception) -> JSONResponse:
    return error_response(422, str(error))


def _answer_refused_image(_request: Request, error: Exception) -> JSONResponse:
    return error_response(413 if isinstance(error, ImageTooLarge) else 400, str(error))


def _answer_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(problem["loc"][0] == "path" for problem in problems):
        return error_response(404, f"there is nothing at {request.url.path}")
    words = [_problem_words(problem) for problem in problems[:_SHOWN_PROBLEMS]]
    if len(problems) > _SHOWN_PROBLEMS:
        words.append(f"and {len(problems) - _SHOWN_PROBLEMS} more problems")
    return error_response(422, "; ".join(words))


def _problem_words(problem: dict[str, Any]) -> str:
    if problem["type"] == "json_invalid":
        return f"body: not JSON ({problem['ctx']['error']} at character {problem['loc'][1]})"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{_field_name(problem['loc'])}: {message[:1].lower()}{message[1:]}"


def _field_name(location: Sequence[str | int]) -> str:
    """`("body", "items", 2, "label")` as `items[2].label`."""
    name = ""
    for part in location[1:]:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name or str(location[0])


class FaultMiddleware:
    """Logs our own faults once and answers 500 without saying how the server looks inside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:  # the boundary of the process
            fault = secrets.token_hex(4)
            _logger.exception("fault %s at %s %s", fault, scope["method"], scope["path"])
            if started:
                raise
            response = error_response(500, f"a fault of the server, not yours: its log tells more under {fault}")
            await response(scope, receive, send)
        return None


class TrailingSlashMiddleware:
    """Lets every path answer with and without a trailing slash: a redirect would lose a POST's body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The raw path tells a slash that separates from one that is part of a name (%2F).
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope.get("raw_path", b"/").endswith(b"/"):
            scope = dict(scope, path=scope["path"].rstrip("/") or "/")
            scope["raw_path"] = scope.get("raw_path", b"").rstrip(b"/") or b"/"
        await self.app(scope, receive, send)
