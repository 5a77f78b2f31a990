"""The main job by the Python client alone: the program that docs/api-clients.md shows, with a real worker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.fences import code_blocks, page
from tests.e2e.conftest import Server
from tests.e2e.projects import label_document
from tests.scenes import draw_scene

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def test_client__does_the_main_job_as_documented(server: Server, tmp_path: Path) -> None:
    scenes = {f"scene-{seed}.jpg": draw_scene(seed) for seed in (1, 2, 3, 4)}
    (tmp_path / "images").mkdir()
    for name, scene in scenes.items():
        (tmp_path / "images" / name).write_bytes(scene.jpeg())
    (tmp_path / "new.jpg").write_bytes(draw_scene(5).jpeg())
    (tmp_path / "labels.json").write_text(label_document(scenes))
    program = code_blocks(page("api-clients.md"), "python")[0]
    for shown, real in {
        "http://127.0.0.1:8000": server.url,
        "your token": server.token,
        "train_minutes=5": "image_size=64, max_steps=1",
        'found in maskwright.predict(project_id, model.name, Path("new.jpg"))': (
            'found in maskwright.predict(project_id, model.name, Path("new.jpg"), min_score=0)'
        ),
    }.items():
        assert shown in program
        program = program.replace(shown, real)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "clients" / "python")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "4 images, 0 refused"
    assert lines[1].startswith("4 images labeled with")
    assert lines[2].startswith("first is ready: mAP 0.")
