"""A model that really predicts, for the pages that show what is found: random weights, exported, with thresholds.

Run as a program in the environment of a server, because rows are written past its REST API:
`python -m tests.e2e.predicting PROJECT_ID NAME BEST_FOLDER LAST_FOLDER` prints the model's id.
"""

import subprocess
import sys
from pathlib import Path

from app.db.enums import CheckpointKind
from tests.e2e.conftest import Server
from tests.trained import store_trained_model

REPOSITORY = Path(__file__).parents[2]


def plant_predicting_model(server: Server, project_id: int, exports: dict[CheckpointKind, Path], *, name: str) -> int:
    """Let the project have a ready model of these exported checkpoints; gives its id."""
    folders = [str(exports[kind]) for kind in CheckpointKind]
    command = [sys.executable, "-m", "tests.e2e.predicting", str(project_id), name, *folders]
    done = subprocess.run(command, capture_output=True, text=True, env=server.environment, cwd=REPOSITORY, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


if __name__ == "__main__":
    project, model_name, *folders = sys.argv[1:]
    exported = {kind: Path(folder) for kind, folder in zip(CheckpointKind, folders, strict=True)}
    sys.stdout.write(str(store_trained_model(int(project), name=model_name, exports=exported)))
