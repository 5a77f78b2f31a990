"""How requests are read, headers that tell browsers what our pages may do, and what may be called from elsewhere."""

import re
from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# uvicorn's faster one loses the body of a request that offers HTTP/2, as Java's HttpClient does with each.
HTTP_PARSER: Literal["h11"] = "h11"

OPEN_PATHS = re.compile(r"/api/(predict/|image/|images/|project$)")  # the calls of the hosted service's clients

# Nothing comes from elsewhere and no script stands in a page. React sets style attributes, hence 'unsafe-inline' there.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class SecurityHeadersMiddleware:
    """Gives every answer these headers; an endpoint that sets one itself keeps its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, add_headers)


class CompatCorsMiddleware:
    """Lets pages from anywhere, a file on disk too (origin `null`), call these by a token in the header; no cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open_to_all = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST", "DELETE"],
            allow_headers=["*"],  # a page's own extra headers do no harm: without the token nothing is answered
            expose_headers=["Retry-After"],
            max_age=24 * 3600,
            allow_private_network=True,  # Chrome asks before a public page may call a server of the house
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] == "http" and OPEN_PATHS.match(scope["path"])
        await (self.open_to_all if is_open else self.app)(scope, receive, send)
