"""Packages for a machine without internet: fetched with their hashes, installed only as they were fetched."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.bundle.build import MIN_PYTHON, _render

WHEEL = "tiny_package-1.0-py3-none-any.whl"
ABOUT = "tiny_package-1.0.dist-info"

pytestmark = pytest.mark.slow


def write_wheel(path: Path, content: str) -> None:
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny_package.py", content)
        wheel.writestr(f"{ABOUT}/METADATA", "Metadata-Version: 2.1\nName: tiny-package\nVersion: 1.0\n")
        wheel.writestr(f"{ABOUT}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{ABOUT}/RECORD", f"tiny_package.py,,\n{ABOUT}/METADATA,,\n{ABOUT}/WHEEL,,\n{ABOUT}/RECORD,,\n")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The scripts of a bundle that needs one package, which an index has."""
    folder, index = tmp_path / "bundle", tmp_path / "index"
    index.mkdir()
    (folder / "server").mkdir(parents=True)
    write_wheel(index / WHEEL, "")
    (folder / "requirements.txt").write_text("tiny-package==1.0\n")
    for name in ("run.sh", "fetch-wheels"):
        (folder / name).write_text(_render(name, {"min_python": MIN_PYTHON}))
        (folder / name).chmod(0o755)
    return folder


def run(script: Path) -> subprocess.CompletedProcess[str]:
    own = {"PYTHON": sys.executable, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(script.parents[1] / "index")}
    return subprocess.run([str(script)], env=os.environ | own, capture_output=True, text=True, check=False)


def test_fetch_wheels__then_run_sh_takes_only_what_was_fetched(bundle: Path) -> None:
    fetched = run(bundle / "fetch-wheels")
    assert (fetched.returncode, "wheels/ has 1 files" in fetched.stdout) == (0, True), fetched.stderr
    sha256 = hashlib.sha256((bundle / "wheels" / WHEEL).read_bytes()).hexdigest()
    assert (bundle / "wheels" / "requirements.txt").read_text() == f"tiny_package==1.0 --hash=sha256:{sha256}\n"

    write_wheel(bundle / "wheels" / WHEEL, "exchanged = True")
    refused = run(bundle / "run.sh")
    assert "the packages could not be installed: wheels/ lacks some, or some are damaged" in refused.stderr
    assert "HASHES" in refused.stderr
    assert not (bundle / ".venv" / "installed.txt").exists()

    (bundle / "wheels" / WHEEL).write_bytes((bundle.parent / "index" / WHEEL).read_bytes())
    run(bundle / "run.sh")
    assert (bundle / ".venv" / "installed.txt").exists()
