"""The pages: one shell for every address of the web application, which then draws the page in the browser."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.application import new_router
from app.http import answer_http_exception
from app.web.shell import STATIC, find_assets, render

APP_ENTRY = "src/main.tsx"
DOCS_ENTRY = "src/docs.ts"
HASHED_NAMES = "build/assets/"  # Vite puts a hash of its content into each name there

router = new_router(include_in_schema=False)


@router.get("/")
@router.get("/sign-in")
@router.get("/help")
@router.get("/account")
@router.get("/account/{rest:path}")
@router.get("/projects")
@router.get("/projects/{rest:path}")
@router.get("/models/{rest:path}")
@router.get("/batches/{rest:path}")
@router.get("/queue")
@router.get("/people")
def show_page() -> HTMLResponse:
    return _page("app.html", APP_ENTRY)


@router.get("/api/docs")
def show_api_docs() -> HTMLResponse:
    return _page("docs.html", DOCS_ENTRY)


@router.get("/favicon.ico")
def show_icon() -> RedirectResponse:
    return RedirectResponse("/static/favicon.svg", status_code=308)


def answer_not_found(request: Request, error: Exception) -> Response:
    """Answer a wrong address with a page to a browser that wants to show one, with JSON to everybody else."""
    is_of_pages = not request.url.path.startswith(("/api/", "/static/"))
    if is_of_pages and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return _page("app.html", APP_ENTRY, status_code=404)
    return answer_http_exception(request, error)


def _page(template: str, entry: str, *, status_code: int = 200) -> HTMLResponse:
    headers = {"Cache-Control": "no-cache"}  # it names the hashed files, so it must always be the present one
    assets = find_assets(entry)
    if assets is None:
        return HTMLResponse(render("not_built.html"), status_code=503, headers=headers)
    html = render(template, asset_js=assets.script, asset_css=assets.style_sheets, asset_preload=assets.preloaded)
    return HTMLResponse(html, status_code=status_code, headers=headers)


class CachedStaticFiles(StaticFiles):
    """Files that a browser keeps for ever when their name says what is in them, and asks about otherwise."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_hashed = path.startswith(HASHED_NAMES)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return response
