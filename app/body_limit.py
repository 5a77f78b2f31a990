"""How large a request's body may be: more for those who say who they are, and for what goes to disk."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http import SESSION_COOKIE, TOKEN_HEADER, error_response
from app.settings import get_settings

# A body that is neither a form nor a part of a resumable upload is held in memory as a whole; an uncompressed image of
# 80 megapixels fits. Forms and parts go to disk and may be as large as MAX_UPLOAD_MB.
MAX_MEMORY_BODY_BYTES = 256 * 1024 * 1024
MAX_ANONYMOUS_BODY_BYTES = 1024 * 1024  # a sign-in is small; nobody else may fill the disk
STREAMED_TYPES = ("multipart/form-data", "application/offset+octet-stream")


class BodyLimitMiddleware:
    """Refuses a body that is larger than its kind may be, before it fills memory or disk."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        refusal, limit = _body_limit(headers)
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            return await error_response(refusal.status_code, refusal.detail)(scope, receive, send)
        received = 0

        async def count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise refusal
            return message

        return await self.app(scope, count, send)


def _body_limit(headers: Headers) -> tuple[HTTPException, int]:
    """How large the body may be, and what is said of a larger one."""
    if not headers.get(TOKEN_HEADER) and SESSION_COOKIE not in headers.get("cookie", ""):
        return HTTPException(401, "sign in first, or send your API token in the header X-Auth-token"), (
            MAX_ANONYMOUS_BODY_BYTES
        )
    settings = get_settings()
    limit = settings.max_upload_bytes
    if headers.get("content-type", "").startswith(STREAMED_TYPES):
        words = f"the upload is larger than {settings.max_upload_mb} MB: send less at once (or raise MAX_UPLOAD_MB)"
    else:
        limit = min(limit, MAX_MEMORY_BODY_BYTES)
        words = f"the body is larger than {limit // 1024 // 1024} MB"
    return HTTPException(413, words), limit
