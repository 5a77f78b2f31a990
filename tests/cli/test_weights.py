import json
from pathlib import Path

import pytest

from app.cli.main import WRONG_USE, run
from tests.conftest import use_settings


@pytest.mark.slow
def test_weights_list__tells_each_size_and_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "resnet18-f37072fd.pth").write_bytes(b"half of a file")

    status = run(["weights", "list", "--json"])

    rows = {row["size"]: row for row in json.loads(capfd.readouterr().out)}
    assert status == 0
    assert {size: row["state"] for size, row in rows.items()} == {
        "small": "damaged",
        "medium": "missing",
        "large": "missing",
    }
    assert "maskwright weights fetch medium" in rows["medium"]["words"]
    assert rows["small"]["url"].startswith("https://download.pytorch.org/")


def test_weights_fetch__a_size_that_is_none_is_wrong_use(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["weights", "fetch", "huge"]) == WRONG_USE
    assert "huge" in capfd.readouterr().err
