"""Names of images as senders write them, made into the ones that we keep: folders with `/`, nothing that leads out."""

import re
import unicodedata

MAX_NAME_CHARACTERS = 500

_DRIVE = re.compile(r"[A-Za-z]:/")
_BESIDE_FILES = {".ds_store", "thumbs.db", "desktop.ini"}


class BadName(ValueError):
    """A name that no image can have; its text says why."""


def clean_name(sent: str) -> str:
    """Give the name that an image is kept under: `/` between folders, composed Unicode, no empty or `.` parts.

    Raises:
        BadName: It is empty, too long, absolute, leads out of its folder, or holds control characters.
    """
    name = unicodedata.normalize("NFC", sent.replace("\\", "/"))
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise BadName("its name holds characters that cannot be shown; rename it")
    if name.startswith("/") or _DRIVE.match(name):
        raise BadName("its name is an absolute path; only names within a folder are taken")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise BadName("its name leads out of its folder (..); rename it")
    name = "/".join(parts)
    if not name:
        raise BadName("it has no name")
    if len(name) > MAX_NAME_CHARACTERS:
        raise BadName(f"its name has {len(name)} characters, at most {MAX_NAME_CHARACTERS} are possible; shorten it")
    return name


def lies_beside_files(name: str) -> bool:
    """Whether it is one of the files that macOS and Windows add to folders, which nobody means to upload."""
    parts = name.lower().split("/")
    return "__macosx" in parts or parts[-1].startswith("._") or parts[-1] in _BESIDE_FILES


def clean_folder(sent: str) -> str:
    """A folder's name as it stands in images' names; "" for the one above all."""
    return unicodedata.normalize("NFC", sent.replace("\\", "/")).strip("/")


def folder_of(name: str) -> str:
    """A name up to its last slash; "" for what lies in no folder."""
    return name.rpartition("/")[0]


def last_part(name: str) -> str:
    """A name without its folders."""
    return name.rpartition("/")[2]
