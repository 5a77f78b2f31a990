"""What the downloads of a model have in common over HTTP."""

from typing import Any

ZIP_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


def attachment(file_name: str) -> dict[str, str]:
    """Headers of a file that is made anew each time."""
    return {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
