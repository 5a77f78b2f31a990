"""What every path owes a client beside its own methods: HEAD wherever GET is, OPTIONS, and an honest `Allow`."""

import anyio
import anyio.lowlevel
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ROUTED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def allowed_methods(scope: Scope) -> list[str]:
    """The methods that a request's path answers; none where nothing is."""
    allowed = [method for method in _ROUTED if _answers(scope, method)]
    if "GET" in allowed and "HEAD" not in allowed:
        allowed.insert(1, "HEAD")
    return [*allowed, "OPTIONS"] if allowed else []


class HeadMiddleware:
    """Answers HEAD with what GET would say in its headers, and leaves out the body.

    A stream, such as server-sent events, would go on for as long as somebody listens: it is ended with its headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or _answers(scope, "HEAD"):
            return await self.app(scope, receive, send)

        async def send_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                if "content-length" not in Headers(raw=message["headers"]):
                    answering.cancel()
            elif message.get("more_body"):
                answering.cancel()
            await anyio.lowlevel.checkpoint()  # where the cancelling takes hold; what makes the stream may never wait

        with anyio.CancelScope() as answering:
            await self.app(dict(scope, method="GET"), receive, send_headers)
        return None


def _answers(scope: Scope, method: str) -> bool:
    asked = dict(scope, method=method)
    return any(route.matches(asked)[0] is Match.FULL for route in scope["app"].routes)
