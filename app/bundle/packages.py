"""The packages that a bundle's server needs, at the versions that are installed here: pins, and a bill of materials."""

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

# What the shipped modules import themselves; what these need is found from their own metadata.
DIRECT = (
    "fastapi",
    "httpx",
    "numpy",
    "opencv-python-headless",
    "openvino",
    "pillow",
    "pycocotools",
    "pydantic",
    "uvicorn",
)
_LICENCE_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST_LICENCE_NAME = 80  # characters: some packages put the whole text into this field


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a registry; licence is an SPDX expression, a name in words, or unknown."""

    name: str
    version: str
    licence: str | None
    is_expression: bool
    needs: tuple[str, ...]
    registry: str = "pypi"

    @property
    def purl(self) -> str:
        return f"pkg:{self.registry}/{quote(self.name)}@{self.version}"


@cache
def needed_packages() -> tuple[Package, ...]:
    """DIRECT and all that they need in turn, by name."""
    found: dict[str, Package] = {}
    waiting = list(DIRECT)
    while waiting:
        name = _canonical(waiting.pop())
        if name not in found:
            found[name] = _read(name)
            waiting.extend(found[name].needs)
    return tuple(found[name] for name in sorted(found))


def page_packages(listing: Path) -> tuple[Package, ...]:
    """What is built into the page, as its build lists it (frontend/bundledPackages.ts)."""
    listed = json.loads(listing.read_bytes())
    return tuple(
        Package(one["name"], one["version"], one["license"], one["license"] is not None, needs=(), registry="npm")
        for one in listed
    )


def requirements_txt(packages: Iterable[Package]) -> str:
    lines = (f"{package.name}=={package.version}" for package in packages)
    return (
        "# What the server of this bundle was tested with; ./run.sh installs it into .venv.\n" + "\n".join(lines) + "\n"
    )


def bill_of_materials(
    packages: Sequence[Package], built_in: Sequence[Package], *, name: str, model: str, made_at: datetime
) -> dict[str, Any]:
    """Software bill of materials in CycloneDX 1.6; the files' own hashes are in the manifest.

    Args:
        packages: What the server runs with.
        built_in: What the page has in it.
    Source: https://cyclonedx.org/docs/1.6/json/
    """
    purls = {package.name: package.purl for package in packages}
    depends = [
        {"ref": package.purl, "dependsOn": sorted(purls[need] for need in package.needs)} for package in packages
    ]
    of_model = {"type": "machine-learning-model", "bom-ref": "model", "name": model}
    own = {"type": "application", "bom-ref": "maskwright", "name": "maskwright", "version": maskwright_version()}
    own_needs = sorted([*(purls[_canonical(direct)] for direct in DIRECT), *(package.purl for package in built_in)])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid4().urn,
        "version": 1,
        "metadata": {
            "timestamp": made_at.isoformat(timespec="seconds"),
            "component": {"type": "application", "bom-ref": "bundle", "name": name},
        },
        "components": [of_model, own, *(_component(package) for package in (*packages, *built_in))],
        "dependencies": [
            {"ref": "bundle", "dependsOn": ["maskwright", "model"]},
            {"ref": "maskwright", "dependsOn": own_needs},
            *depends,
        ],
    }


def maskwright_version() -> str:
    return metadata.version("maskwright")


def _component(package: Package) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
    }
    if package.licence is not None:
        licence = {"expression": package.licence} if package.is_expression else {"license": {"name": package.licence}}
        component["licenses"] = [licence]
    return component


def _read(name: str) -> Package:
    from packaging.requirements import Requirement  # its grammar takes time, which a start need not wait for

    distribution = metadata.distribution(name)
    parsed = [Requirement(text) for text in distribution.requires or ()]
    needs = {_canonical(one.name) for one in parsed if one.marker is None or one.marker.evaluate({"extra": ""})}
    about: Mapping[str, Any] = distribution.metadata.json
    expression = about.get("license_expression")
    licence = expression or _licence_in_words(about)
    return Package(name, distribution.version, licence, expression is not None, tuple(sorted(needs)))


def _licence_in_words(about: Mapping[str, Any]) -> str | None:
    classifiers = about.get("classifier", [])
    named = [one.removeprefix(_LICENCE_CLASSIFIER) for one in classifiers if one.startswith(_LICENCE_CLASSIFIER)]
    stated = about.get("license", "").strip()
    return ", ".join(named) or (stated if 0 < len(stated) <= _LONGEST_LICENCE_NAME else None)


def _canonical(name: str) -> str:
    """Source: https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()
