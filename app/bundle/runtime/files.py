"""The page and the model's own files, for browsers that predict themselves."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import FileResponse

from app.bundle.runtime.manifest import MODEL_FOLDER, PAGE_FOLDER, Manifest
from app.inference.model_meta import META_FILE

INDEX = f"{PAGE_FOLDER}/index.html"
# Told here and not by the machine's own tables: browsers run neither modules nor WebAssembly of another type.
_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_PAGE_HEADERS = {
    # WebAssembly is compiled in the page, and its threads need a page that shares nothing with others.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; "
        "style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-cache",  # the next bundle at this address has other files of the same names
}


def add_files(app: FastAPI, folder: Path, manifest: Manifest, *, check_token: Callable[..., None]) -> None:
    """Give each file an address: the page's at `/`, the model's below `/model/`.

    The graphs are for those who may ask: with them anybody could predict without the token.
    """
    for path in manifest.below(PAGE_FOLDER):
        _add(app, path.removeprefix(PAGE_FOLDER), folder, path, manifest)
    _add(app, "/", folder, INDEX, manifest)
    for path in manifest.below(MODEL_FOLDER):
        is_graph = path != f"{MODEL_FOLDER}/{META_FILE}"
        _add(app, f"/{path}", folder, path, manifest, dependencies=[Depends(check_token)] if is_graph else [])


def _add(app: FastAPI, address: str, folder: Path, path: str, manifest: Manifest, **options: Any) -> None:
    etag = f'"{manifest.files[path]}"'
    headers = {**_PAGE_HEADERS, "ETag": etag}
    media_type = _MEDIA_TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")

    def send(request: Request) -> Response:
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return FileResponse(folder / path, media_type=media_type, headers=headers)

    app.add_api_route(address, send, methods=["GET"], include_in_schema=False, **options)
