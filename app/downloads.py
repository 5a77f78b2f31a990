"""What a downloaded file is called, and the headers that say so: one rule for all that is made for a download."""

import re
import unicodedata
from typing import Any
from urllib.parse import quote, unquote

ZIP_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}

PART_BYTES = 80  # of UTF-8: two names and what else there is stay below 255, the most that Linux takes
_KEPT_PUNCTUATION = "._+=%"
# No file of Windows can be called so, whatever comes after a first dot.
# Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_ENCODED_NAME = re.compile(r"filename\*=UTF-8''([^;\s]+)")
_PLAIN_NAME = re.compile(r'filename="([^"]+)"')  # all that an earlier Maskwright sends


def file_name(*parts: str, suffix: str) -> str:
    """A name that Linux, macOS and Windows take: letters of any script stay, other characters are hyphens.

    Args:
        parts: As people named them, such as a project and a model, and then what the file is; empty ones are left out.
        suffix: With its dot.
    """
    stem = "-".join(filter(None, map(_name_part, parts)))
    return _DEVICES.sub(r"\1_", stem + suffix, count=1) if _DEVICES.match(stem) else stem + suffix


def ascii_name(name: str) -> str:
    """A name for those who know no other letters, and no sign that a shell or a service's file would read."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-.")


def attachment(name: str) -> dict[str, str]:
    """Headers of a file that is made anew each time.

    Source: RFC 6266, appendix D: the plain name first, for those who do not know the encoded one.
    """
    disposition = f"attachment; filename=\"{ascii_name(name)}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition, "Cache-Control": "no-store"}


def name_of_attachment(disposition: str) -> str | None:
    """The file's name in a server's Content-Disposition: never a path, whatever the server says."""
    found = _ENCODED_NAME.search(disposition) or _PLAIN_NAME.search(disposition)
    if found is None:
        return None
    stem, dot, ending = unquote(found[1]).rpartition(".")
    return file_name(stem, suffix=dot + _name_part(ending))


def _name_part(name: str) -> str:
    kept = "".join(c if _is_kept(c) else "-" for c in unicodedata.normalize("NFC", name))
    cut = kept.encode()[:PART_BYTES].decode(errors="ignore")
    return re.sub("-+", "-", cut).strip("-.")


def _is_kept(character: str) -> bool:
    """Letters, marks, digits and signs such as emoji; of ASCII only what no shell reads."""
    if character.isascii():
        return character.isalnum() or character in _KEPT_PUNCTUATION
    return unicodedata.category(character)[0] in "LMNS"
