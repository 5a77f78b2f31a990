"""A trained model with all its files, for the pages that give it away.

Run as a program in the environment of a server, because rows are written past its REST API:
`python -m tests.e2e.carried PROJECT_ID EXPORT_FOLDER` prints the model's id.
"""

import subprocess
import sys
from pathlib import Path

from app.db.enums import CheckpointKind
from tests.bundle.conftest import store_model
from tests.e2e.conftest import Server

REPOSITORY = Path(__file__).parents[2]


def carry_model(server: Server, project_id: int, export: Path) -> int:
    """Let the project have a ready model whose checkpoints both are this export; gives its id."""
    command = [sys.executable, "-m", "tests.e2e.carried", str(project_id), str(export)]
    done = subprocess.run(command, capture_output=True, text=True, env=server.environment, cwd=REPOSITORY, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


if __name__ == "__main__":
    project, folder = sys.argv[1:]
    sys.stdout.write(str(store_model(int(project), dict.fromkeys(CheckpointKind, Path(folder)))))
