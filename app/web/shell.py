"""What the pages are made of: the manifest of the built UI and the templates that name its files."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
MANIFEST = STATIC / "build" / ".vite" / "manifest.json"
BUILD_URL = "/static/build/"

_templates = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True, slots=True)
class Assets:
    """URLs of the files that a page loads."""

    script: str
    style_sheets: tuple[str, ...]
    preloaded: tuple[str, ...]


def find_assets(entry: str) -> Assets | None:
    """The built files of a Vite entry; None when the UI is not built."""
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read_assets(entry, changed)


def render(template: str, **values: object) -> str:
    return _templates.get_template(template).render(**values)


@lru_cache(maxsize=8)
def _read_assets(entry: str, _changed: int) -> Assets | None:
    manifest = json.loads(MANIFEST.read_text())
    if entry not in manifest:
        return None
    *imports, built = _with_imports(manifest, entry)
    style_sheets = [sheet for chunk in (*imports, built) for sheet in chunk.get("css", [])]
    return Assets(
        script=BUILD_URL + built["file"],
        style_sheets=tuple(BUILD_URL + sheet for sheet in style_sheets),
        preloaded=tuple(BUILD_URL + chunk["file"] for chunk in imports),
    )


def _with_imports(manifest: dict[str, dict[str, Any]], entry: str) -> list[dict[str, Any]]:
    """What a chunk imports, and what that imports, each once and before what needs it; the chunk itself comes last.

    Source: https://vite.dev/guide/backend-integration
    """
    ordered: list[dict[str, Any]] = []
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for imported in manifest[name].get("imports", []):
            add(imported)
        ordered.append(manifest[name])

    add(entry)
    return ordered
