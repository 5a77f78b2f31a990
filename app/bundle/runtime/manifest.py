"""manifest.json: what a bundle is, and the hash of every other file in it.

It is read before anything that it vouches for is imported, so this module needs nothing but Python itself.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = "maskwright-bundle"
FORMAT_VERSION = 1
MANIFEST_FILE = "manifest.json"
MODEL_FOLDER = "model"
PAGE_FOLDER = "page"
GOLDEN_FILE = "golden/expected.json"
SERVER_FOLDER = "server"
_FRESH_COPY = "unpack the bundle again, or download it anew"


class BundleRefused(Exception):
    """The bundle cannot be served here; the text is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A bundle's description.

    checkpoint, speed and precision are the words of the server that made it; files holds the SHA-256 of each file by
    its path below the bundle's folder.
    """

    project_id: int
    project_name: str
    model_id: int | None
    model_name: str
    checkpoint: str
    speed: str
    precision: str
    made_by: str
    made_at: str
    files: Mapping[str, str]

    def below(self, folder: str) -> list[str]:
        """The paths of the files in a folder of the bundle."""
        return [path for path in self.files if path.startswith(f"{folder}/")]


def manifest_to_json(manifest: Manifest) -> dict[str, Any]:
    return {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(manifest)}


def read_manifest(folder: Path) -> Manifest:
    """Read what a bundle says about itself.

    Raises:
        BundleRefused: There is no manifest, or it is damaged or of a format that this program does not read.
    """
    path = folder / MANIFEST_FILE
    try:
        document = json.loads(path.read_bytes())
        if document.pop("format") != FORMAT:
            raise BundleRefused(f"{path} is no manifest of a bundle: {_FRESH_COPY}")
        version = document.pop("format_version")
        if version != FORMAT_VERSION:
            raise BundleRefused(
                f"the bundle has format version {version} and its server reads {FORMAT_VERSION}: files of two bundles "
                f"are mixed in {folder}; unpack one of them into an empty folder"
            )
        return Manifest(**document)
    except FileNotFoundError as error:
        raise BundleRefused(f"{path} is missing: {_FRESH_COPY}") from error
    except OSError as error:
        raise BundleRefused(f"{path} cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleRefused(f"{path} is damaged ({error!r:.80}): {_FRESH_COPY}") from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its hash.

    Raises:
        BundleRefused: One is missing, cannot be read, or is not as it was made.
    """
    for name, wanted in manifest.files.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise BundleRefused(f"{name} is missing: {_FRESH_COPY}") from error
        except OSError as error:
            raise BundleRefused(f"{name} cannot be read ({error.strerror})") from error
        if found != wanted:
            raise BundleRefused(f"{name} is damaged or was changed (its SHA-256 is not the manifest's): {_FRESH_COPY}")
