"""`maskwright worker`"""

import os
import sys
from importlib.util import find_spec

from app.cli.typer_app import new_cli
from app.errors import AppError

cli = new_cli("Train models that wait in the queue, one at a time, until SIGTERM.")


class TorchMissing(AppError):
    """Training needs what the extra `worker` installs."""

    def __init__(self) -> None:
        super().__init__("training needs torch, which is not installed here: pip install 'maskwright[worker]'")


@cli.command()
def run() -> None:
    require_torch()
    # The same process goes on as the worker: signals of whoever started this command reach it.
    os.execv(sys.executable, [sys.executable, "-m", "worker"])


def require_torch() -> None:
    """Refuse to start a worker that cannot train.

    Raises:
        TorchMissing: Says how to get it.
    """
    if find_spec("torch") is None:
        raise TorchMissing
