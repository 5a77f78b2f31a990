"""What lies in a bundle: the model, the server's code, the page, and the files that a person reads or runs."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.bundle import packages
from app.bundle.golden import GoldenImage
from app.bundle.pr_curve import pr_curve_svg
from app.bundle.runtime.manifest import (
    GOLDEN_FILE,
    MANIFEST_FILE,
    MODEL_FOLDER,
    PAGE_FOLDER,
    SERVER_FOLDER,
    Manifest,
    manifest_to_json,
)
from app.bundle.zip_files import BundledFile, file_chunks, json_file, text_file, write_zip
from app.db.base import utc_now
from app.db.enums import CheckpointKind, Speed
from app.errors import Conflict
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE, ModelMeta, meta_to_json
from app.predictions.service import Target
from app.statistics.schemas import PrecisionRecallCurve

APP = Path(__file__).resolve().parents[1]
ROOT = APP.parent
PAGE = ROOT / "static" / "build" / "bundle"
PAGE_PACKAGES = "packages.json"  # of the page's folder: what is built into it
# The two cores as they are, the bundle's server, and what the server shares with this one.
SHIPPED = (
    "__init__.py",
    "application.py",
    "errors.py",
    "headers.py",
    "http.py",
    "logging.py",
    "methods.py",
    "paging.py",
    "bundle/__init__.py",
    "bundle/runtime",
    "db/__init__.py",
    "db/enums.py",
    "images/__init__.py",
    "images/fetch_url.py",
    "images/image_input.py",
    "inference",
    "masks",
    "predictions/__init__.py",
    "predictions/exchange.py",
    "predictions/gate.py",
    "url_allowance.py",
    "zip_damage.py",
)
COPIED_TEXTS = (".dockerignore", "Dockerfile", "LICENSE.txt", "Readme.md", "maskwright-model.service", "model-card.md")
SAMPLES = ("curl.sh", "predict.py", "page.html", "Predict.java", "Predict.cs")
SCRIPTS = ("run.sh", "fetch-wheels")
MIN_PYTHON = (3, 11)

_texts = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "files"), undefined=StrictUndefined, keep_trailing_newline=True
)
_texts.filters["in_cell"] = lambda text: " ".join(text.split()).replace("|", "\\|")  # of a table in Markdown


@dataclass(frozen=True, slots=True)
class BundleContent:
    """What is particular to one bundle.

    folder is the name of the one folder that its zip has; graphs is where those of the model lie here.
    """

    folder: str
    graphs: Path
    meta: ModelMeta
    project_id: int
    project_name: str
    speed: Speed
    target: Target
    card: Mapping[str, Any]
    curves: Mapping[str, PrecisionRecallCurve]
    golden: Sequence[GoldenImage]


def require_page() -> None:
    """Refuse while the page that a bundle's server shows is not built.

    Raises:
        Conflict: As said.
    """
    if not (PAGE / PAGE_PACKAGES).is_file():
        raise Conflict("the bundle's page is not built on this server: whoever runs it builds it with make setup")


def write_bundle(content: BundleContent) -> Iterator[bytes]:
    """Write the zip piece by piece."""
    made_at = utc_now()
    return write_zip(
        content.folder,
        _files(content, made_at),
        made_at=made_at,
        last=lambda hashes: _manifest(content, hashes, made_at),
    )


def shipped_modules() -> dict[str, Path]:
    """The server's code: where each file lies here, by its path in the bundle."""
    found: dict[str, Path] = {}
    for name in SHIPPED:
        path = APP / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found[f"{SERVER_FOLDER}/app/{file.relative_to(APP).as_posix()}"] = file
    return found


def _files(content: BundleContent, made_at: datetime) -> Iterator[BundledFile]:
    yield from _for_people(content)
    yield from _model_files(content)
    yield from _golden_files(content.golden)
    for path, file in shipped_modules().items():
        yield BundledFile(path, [file.read_bytes()])
    for file in sorted(path for path in PAGE.rglob("*") if path.is_file()):
        yield BundledFile(f"{PAGE_FOLDER}/{file.relative_to(PAGE).as_posix()}", file_chunks(file))
    needed = packages.needed_packages()
    yield text_file("requirements.txt", packages.requirements_txt(needed))
    built_in = packages.page_packages(PAGE / PAGE_PACKAGES)
    bill = packages.bill_of_materials(
        needed, built_in, name=content.folder, model=content.meta.model_name, made_at=made_at
    )
    yield json_file("sbom.cdx.json", bill)


def _for_people(content: BundleContent) -> Iterator[BundledFile]:
    values = _values(content)
    for name in COPIED_TEXTS:
        yield text_file(name, _render(name, values))
    for name in SAMPLES:
        yield text_file(f"samples/{name}", _render(f"samples/{name}", values))
    for name in SCRIPTS:
        yield text_file(name, _render(name, values), is_executable=True)
    yield BundledFile("LICENSE-Apache-2.0.txt", [(ROOT / "LICENSE").read_bytes()])
    yield json_file("model-card.json", content.card)
    yield text_file("pr-curve.svg", pr_curve_svg(content.curves, content.meta.score_thresholds))
    yield text_file("labels.txt", "".join(f"{name}\n" for name in content.meta.class_names))


def _render(name: str, values: Mapping[str, Any]) -> str:
    return _texts.get_template(f"{name}.j2").render(values)


def _values(content: BundleContent) -> dict[str, Any]:
    """What the texts say; those that go into code are percent-encoded or plain."""
    ending = "/last" if content.meta.checkpoint == CheckpointKind.LAST else ""
    return {
        "name": content.meta.model_name,
        "project_name": content.project_name,
        "folder": content.folder,
        # Docker takes separators one by one, and none at the ends.
        "image": re.sub(r"[^a-z0-9]+", "-", content.folder.lower()).strip("-"),
        "labels": content.meta.class_names,
        "endpoint": f"/api/predict/{content.project_id}/{quote(content.meta.model_name, safe='')}{ending}",
        "speed": content.speed.value,
        "golden": len(content.golden),
        "card": content.card,
        "min_python": MIN_PYTHON,
        "server_python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def _model_files(content: BundleContent) -> Iterator[BundledFile]:
    yield json_file(f"{MODEL_FOLDER}/{META_FILE}", meta_to_json(content.meta))
    for name in (DETECTOR_FILE, MASK_HEAD_FILE):
        yield BundledFile(f"{MODEL_FOLDER}/{name}", file_chunks(content.graphs / name), is_compressed=False)


def _golden_files(golden: Sequence[GoldenImage]) -> Iterator[BundledFile]:
    for image in golden:
        yield BundledFile(image.path, [image.content], is_compressed=False)
    if golden:
        answers = [{"file": image.path, "answer": image.answer} for image in golden]
        yield json_file(GOLDEN_FILE, {"query": "mask=rle", "images": answers})


def _manifest(content: BundleContent, hashes: Mapping[str, str], made_at: datetime) -> BundledFile:
    manifest = Manifest(
        project_id=content.project_id,
        project_name=content.project_name,
        model_id=content.meta.model_id,
        model_name=content.meta.model_name,
        checkpoint=content.meta.checkpoint,
        speed=content.speed.value,
        precision=content.target.precision.value,
        made_by=f"maskwright {packages.maskwright_version()}",
        made_at=made_at.isoformat(timespec="seconds"),
        files=dict(hashes),
    )
    return json_file(MANIFEST_FILE, manifest_to_json(manifest))
