"""The decoders that docs/rle.md gives, taken from the page and run on the vectors that our own code is tested with."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.masks.instance import Rle
from app.masks.rle import decode_rle, encode_mask, rle_from_uncompressed
from tests.docs.fences import code_blocks, page
from tests.masks.raster_vectors import VECTORS_FILE, rows_to_mask

HERE = Path(__file__).parent
PAGE = page("rle.md")
MAX_PIXELS = 12_000_000  # of a vector; the one above it takes the samples' simple loops seconds
RUN_SECONDS = 120  # of a compiler on a busy machine
# A project for whichever .NET is here; its compiler takes every file of the folder.
PROJECT = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>
<TargetFramework>net{major}.0</TargetFramework><Nullable>disable</Nullable></PropertyGroup></Project>"""


def _vectors() -> list[Rle]:
    vectors = json.loads(VECTORS_FILE.read_text())
    found = [vector["rle"] for vector in vectors["polygons"] + vectors["outlines"]] + vectors["counts"]
    rles = [Rle(tuple(each["size"]), each["counts"]) for each in found]
    return [rle for rle in rles if rle.size[0] * rle.size[1] <= MAX_PIXELS]


RLES = _vectors()
WANTED = [hashlib.sha256(decode_rle(rle).tobytes()).hexdigest() for rle in RLES]


def sample(language: str) -> str:
    (code,) = code_blocks(PAGE, language)
    return code


def test_vectors__have_long_runs_negative_differences_and_every_kind_of_character() -> None:
    characters = {character for rle in RLES for character in rle.counts}
    assert len(RLES) > 100
    assert max(rle.size[0] * rle.size[1] for rle in RLES) == MAX_PIXELS
    assert min(characters) == "0"
    assert max(characters) > "`"
    assert {"\\", "O"} <= characters


def test_example__is_the_mask_that_is_drawn() -> None:
    (drawn,) = code_blocks(PAGE, "text")
    (written,) = code_blocks(PAGE, "json")
    rle = encode_mask(rows_to_mask(drawn))
    assert json.loads(written) == {"size": list(rle.size), "counts": rle.counts}


def test_table__is_what_we_write() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|.*\| `+(.+?)`+ \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    for runs, counts in rows:
        numbers = [int(run) for run in runs.split(",")]
        assert rle_from_uncompressed((1, sum(numbers)), numbers).counts == counts


def test_python__decodes_as_we_do() -> None:
    names: dict[str, Any] = {}
    exec(compile(sample("python"), "docs/rle.md", "exec"), names)
    for rle in RLES:
        mask = names["decode_rle"]({"size": list(rle.size), "counts": rle.counts})
        np.testing.assert_array_equal(mask, decode_rle(rle))


def test_javascript__decodes_as_we_do(tmp_path: Path) -> None:
    program = tmp_path / "rle.mjs"
    program.write_text((HERE / "rle_check.mjs").read_text() + sample("javascript"))
    assert _digests("node", str(program)) == WANTED


def test_java__decodes_as_we_do(tmp_path: Path) -> None:
    program = tmp_path / "RleCheck.java"
    program.write_text((HERE / "RleCheck.java").read_text() + sample("java"))
    assert _digests("java", str(program)) == WANTED


def test_csharp__decodes_as_we_do(tmp_path: Path) -> None:
    (tmp_path / "RleCheck.cs").write_text((HERE / "RleCheck.cs").read_text() + sample("csharp"))
    if shutil.which("mcs") and shutil.which("mono"):
        _output("mcs", "-out:rle.exe", "RleCheck.cs", cwd=tmp_path)
        assert _digests("mono", "rle.exe", cwd=tmp_path) == WANTED
        return
    major = _output("dotnet", "--version").partition(".")[0]
    (tmp_path / "rle.csproj").write_text(PROJECT.format(major=major))
    _output("dotnet", "build", "-o", "built", cwd=tmp_path)
    assert _digests("dotnet", "built/rle.dll", cwd=tmp_path) == WANTED


def _digests(*command: str, cwd: Path = HERE) -> list[str]:
    lines = "".join(f"{rle.size[0]} {rle.size[1]} {rle.counts}\n" for rle in RLES)
    return _output(*command, cwd=cwd, given=lines).split()


def _output(*command: str, cwd: Path = HERE, given: str = "") -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine, so the page's sample for it was not run")
    done = subprocess.run(
        command, cwd=cwd, input=given, capture_output=True, text=True, check=False, timeout=RUN_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
