"""What lies in the zip, and when there is none."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.bundle import build
from app.bundle.runtime.manifest import MANIFEST_FILE, read_manifest
from app.db.enums import CheckpointKind, Role, Speed
from app.inference.model_meta import read_meta
from tests.bundle.conftest import MODEL_NAME, Made, read_json
from tests.conftest import Person
from tests.trained import CLASS_NAMES, OPTIMIZED, store_trained_model

MAX_BESIDE_MODEL_MB = 60
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_bundle__holds_what_its_readme_promises(made: Made) -> None:
    bundle = made.bundle()
    assert bundle.name == "my-model-u-best-slow"
    wanted = {
        *("Readme.md", "run.sh", "fetch-wheels", "Dockerfile", "maskwright-model.service", "requirements.txt"),
        *("labels.txt", "LICENSE.txt", "LICENSE-Apache-2.0.txt", "model-card.md", "model-card.json", "pr-curve.svg"),
        *("manifest.json", "sbom.cdx.json", "model", "golden", "server", "page", "samples", ".dockerignore"),
    }
    assert {path.name for path in bundle.iterdir()} == wanted
    assert {path.name for path in (bundle / "samples").iterdir()} == set(build.SAMPLES)
    assert (bundle / "labels.txt").read_text().split() == CLASS_NAMES
    for script in ("run.sh", "fetch-wheels"):
        assert (bundle / script).stat().st_mode & 0o111
    beside = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file() and path.suffix != ".onnx")
    assert beside < MAX_BESIDE_MODEL_MB * 1e6


def test_bundle__manifest_has_the_hash_of_every_other_file(made: Made) -> None:
    bundle = made.bundle()
    found = {
        path.relative_to(bundle).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in bundle.rglob("*")
        if path.is_file() and path.suffix != ".pyc"  # of other tests that started it
    }
    del found[MANIFEST_FILE]
    manifest = read_manifest(bundle)
    assert manifest.files == found
    assert (manifest.model_name, manifest.checkpoint, manifest.speed) == (MODEL_NAME, "best", "slow")


def test_bundle__each_checkpoint_and_speed_has_thresholds_of_its_own(made: Made) -> None:
    slow = read_meta(made.bundle() / "model")
    assert slow.score_thresholds == OPTIMIZED
    last = read_manifest(made.bundle(CheckpointKind.LAST))
    assert (last.checkpoint, last.model_name) == ("last", MODEL_NAME)
    assert (
        f"/api/predict/{last.project_id}/my%20model%20%C3%BC/last"
        in (made.bundle(CheckpointKind.LAST) / "Readme.md").read_text()
    )


def test_bundle__card_says_what_the_model_is_worth(made: Made) -> None:
    bundle = made.bundle()
    card = read_json(bundle / "model-card.json")
    assert card["model"]["project"]["name"] == "Fruit | nuts"
    assert [card["data"]["objects"][row["label"]]["validation"] for row in card["labels"]] == [
        row["count"] for row in card["labels"]
    ]
    assert [row["threshold"] for row in card["labels"]] == [OPTIMIZED[name] for name in CLASS_NAMES]
    assert card["figures"]["map"] > 0.1
    assert card["figures"]["map"] == pytest.approx(sum(row["ap"] for row in card["labels"]) / len(CLASS_NAMES))
    words = (bundle / "model-card.md").read_text()
    assert f"| {card['figures']['map']:.3f} | {card['figures']['ap50']:.3f} |" in words
    assert "Fruit \\| nuts [" in words
    assert f"{card['speed']['latency_ms']:.0f} ms from pixels to objects, 1.00 of slow's" in words
    picture = ElementTree.parse(bundle / "pr-curve.svg").getroot()
    assert len(picture.findall("{*}polyline")) == len(CLASS_NAMES)


def test_bundle__bill_of_materials_names_every_requirement(made: Made) -> None:
    bundle = made.bundle()
    pinned = [line for line in (bundle / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    bill = read_json(bundle / "sbom.cdx.json")
    libraries = [one for one in bill["components"] if one["type"] == "library"]
    installed = [one for one in libraries if one["purl"].startswith("pkg:pypi/")]
    assert sorted(pinned) == sorted(f"{one['name']}=={one['version']}" for one in installed)
    assert {"fastapi", "openvino", "numpy", "pycocotools"} <= {one["name"] for one in installed}
    built_in = {one["purl"].split("@")[0] for one in libraries if one not in installed}
    # The last one is in the page's worker, which is built apart.
    assert {"pkg:npm/react", "pkg:npm/%40internationalized/number", "pkg:npm/onnxruntime-web"} <= built_in
    assert {f"{one['name']}@{one['version']}" for one in read_json(bundle / "page" / "packages.json")} == {
        f"{one['name']}@{one['version']}" for one in libraries if one not in installed
    }
    known = {one["bom-ref"] for one in bill["components"]} | {"bundle"}
    assert {ref for one in bill["dependencies"] for ref in (one["ref"], *one["dependsOn"])} <= known
    assert all(one["licenses"] for one in libraries)


def test_bundle__server_imports_nothing_that_it_does_not_hold(made: Made) -> None:
    """Neither modules of ours that were left out, nor packages that requirements.txt does not name."""
    code = (
        "import sys; import app.bundle.runtime.serving, app.bundle.runtime.selftest\n"
        "ours = [m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'app' and m.__file__]\n"
        "print([f for f in ours if not f.startswith(sys.argv[1])], sorted(sys.modules))"
    )
    server = str(made.bundle() / "server")
    done = subprocess.run(
        [sys.executable, "-c", code, server],
        env={"PYTHONPATH": server, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("[] [")
    for name in ("sqlalchemy", "pydantic_settings", "obstore", "celery", "jinja2", "torch", "app.settings"):
        assert f"'{name}'" not in done.stdout


def test_bundle__without_golden_images(made: Made) -> None:
    """They are pictures of the project's: whoever gives a bundle away can leave them out."""
    names = (made.folder / "without-golden.txt").read_text().splitlines()
    assert "my-model-u-best-slow/model/detector.onnx" in names
    assert not [name for name in names if "/golden/" in name]


@ON_SQLITE
def test_bundle__is_refused_in_words(
    make_member: Callable[[Role], Person], project_id: int, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    developer = make_member(Role.DEVELOPER)
    model_id = store_trained_model(project_id, name="m")
    path = f"/api/v1/models/{model_id}/bundle"
    not_made = developer.get(f"{path}?speed={Speed.FAST}")
    assert f"POST /api/v1/models/{model_id}/speeds/fast" in not_made.json()["error"]
    assert not_made.status_code == 409
    assert developer.get(f"{path}?speed=warp").status_code == 422
    assert developer.get(f"{path}?checkpoint=worst").status_code == 422
    assert developer.get("/api/v1/models/999/bundle").status_code == 404
    monkeypatch.setattr(build, "PAGE", page / "nowhere")
    unbuilt = developer.get(path)
    assert unbuilt.status_code == 409
    assert "make setup" in unbuilt.json()["error"]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page in place of the built one."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>")
    (folder / build.PAGE_PACKAGES).write_text("[]")
    monkeypatch.setattr(build, "PAGE", folder)
    return folder
