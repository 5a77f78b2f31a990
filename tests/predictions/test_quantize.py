"""The program that makes a model compute in INT8."""

import os
import subprocess
import sys
from pathlib import Path

from app.inference.model_meta import META_FILE

PATIENCE_SECONDS = 120


def test_quantize__ends_with_the_server_that_started_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / META_FILE)  # what it reads first: nobody ever writes it
    command = [sys.executable, "-m", "app.predictions.quantize", *[str(tmp_path)] * 3]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.close()  # as the system does for one that was killed
        try:
            assert process.wait(PATIENCE_SECONDS) == 1
        finally:
            process.kill()
