"""Graphs that are kept ready to run: the same answers, and no more files than allowed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.inference.compiled import CompiledGraphs
from app.inference.predictor import Predictor
from tests.inference.conftest import random_image


def _with_other_weights(whole: bytes) -> bytes:
    middle = len(whole) // 2
    return whole[:middle] + bytes(100_000) + whole[middle + 100_000 :]


def test_compiled__a_second_load_finds_them_and_answers_the_same(exported: Path, tmp_path: Path) -> None:
    kept = CompiledGraphs(tmp_path)
    image = random_image(seed=0, height=70, width=90)
    by_load, files = [], []
    for _ in range(2):
        predictor = Predictor.load(exported, compiled_graphs=kept)
        predictor.warm_up()
        by_load.append([(one.score, one.mask.tobytes()) for one in predictor.predict_all(image)])
        files.append({path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")})
        assert len(files[-1]) == 4  # two graphs with their hashes
    assert files[0] == files[1]
    assert by_load[0] == by_load[1]
    uncompiled = Predictor.load(exported).predict_all(image)
    assert by_load[0] == [(one.score, one.mask.tobytes()) for one in uncompiled]


@pytest.mark.parametrize("damaged", [lambda whole: whole[:1000], _with_other_weights], ids=["cut short", "rotten"])
def test_compiled__a_damaged_file_is_made_again(
    exported: Path, tmp_path: Path, damaged: Callable[[bytes], bytes]
) -> None:
    kept = CompiledGraphs(tmp_path)
    image = random_image(seed=0, height=70, width=90)
    whole = [one.score for one in Predictor.load(exported, compiled_graphs=kept).predict_all(image)]
    for path in tmp_path.rglob("*.blob"):
        path.chmod(0o600)
        path.write_bytes(damaged(path.read_bytes()))
    assert [one.score for one in Predictor.load(exported, compiled_graphs=kept).predict_all(image)] == whole


def test_compiled__a_file_whose_maker_was_killed_is_made_again(exported: Path, tmp_path: Path) -> None:
    kept = CompiledGraphs(tmp_path)
    Predictor.load(exported, compiled_graphs=kept)
    for path in tmp_path.rglob("*.sha256"):
        path.unlink()
    Predictor.load(exported, compiled_graphs=kept)
    assert len(list(tmp_path.rglob("*.sha256"))) == 2


def test_compiled__a_damaged_hash_is_made_again(exported: Path, tmp_path: Path) -> None:
    kept = CompiledGraphs(tmp_path)
    Predictor.load(exported, compiled_graphs=kept)
    hashes = {path: path.read_bytes() for path in tmp_path.rglob("*.sha256")}
    for path in hashes:
        path.write_bytes(b"\xff" * 64)
    Predictor.load(exported, compiled_graphs=kept)
    assert all(len(path.read_text()) == len(hashes[path]) for path in hashes)


def test_compiled__a_model_is_loaded_although_nothing_can_be_kept(exported: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    Predictor.load(exported, compiled_graphs=CompiledGraphs(in_the_way))

    kept = CompiledGraphs(tmp_path / "graphs")
    Predictor.load(exported, compiled_graphs=kept)
    for path in kept.directory.rglob("*.blob"):
        path.unlink()
        path.with_suffix(".sha256").unlink()
        path.with_suffix(".sha256").mkdir()
    Predictor.load(exported, compiled_graphs=kept)


def test_compiled__the_oldest_are_deleted_beyond_the_bound(tmp_path: Path) -> None:
    for age in range(4):
        path = tmp_path / f"{age}.blob"
        path.write_bytes(b"x" * 10)
        os.utime(path, (1000 - age, 1000 - age))
    CompiledGraphs(tmp_path, max_bytes=25).prune()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.blob", "1.blob"]
