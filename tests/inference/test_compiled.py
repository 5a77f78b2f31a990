"""Graphs that are kept ready to run: the same answers, and no more files than allowed."""

import os
from pathlib import Path

import numpy as np

from app.inference.compiled import CompiledGraphs
from app.inference.predictor import Predictor
from tests.inference.conftest import random_image


def test_compiled__a_second_load_finds_them_and_answers_the_same(exported: Path, tmp_path: Path) -> None:
    kept = CompiledGraphs(tmp_path)
    image = random_image(seed=0, height=70, width=90)
    by_load = []
    for _ in range(2):
        predictor = Predictor.load(exported, compiled_graphs=kept)
        predictor.warm_up()
        by_load.append([(one.score, one.mask.tobytes()) for one in predictor.predict_all(image)])
        files = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
        assert len(files) == 2
    assert by_load[0] == by_load[1]
    uncompiled = Predictor.load(exported).predict_all(image)
    assert by_load[0] == [(one.score, one.mask.tobytes()) for one in uncompiled]


def test_compiled__a_damaged_file_is_made_again(exported: Path, tmp_path: Path) -> None:
    kept = CompiledGraphs(tmp_path)
    image = np.zeros((40, 40, 3), dtype=np.uint8)
    whole = [one.score for one in Predictor.load(exported, compiled_graphs=kept).predict_all(image)]
    for path in tmp_path.iterdir():
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:1000])
    assert [one.score for one in Predictor.load(exported, compiled_graphs=kept).predict_all(image)] == whole


def test_compiled__the_oldest_are_deleted_beyond_the_bound(tmp_path: Path) -> None:
    for age in range(4):
        path = tmp_path / f"{age}.blob"
        path.write_bytes(b"x" * 10)
        os.utime(path, (1000 - age, 1000 - age))
    CompiledGraphs(tmp_path, max_bytes=25).prune()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.blob", "1.blob"]
