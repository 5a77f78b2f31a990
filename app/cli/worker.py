"""`maskwright worker`"""

import os
import sys
from importlib.util import find_spec
from typing import NoReturn

from app.cli.typer_app import new_cli
from app.errors import AppError

cli = new_cli("A worker alone: it trains what the queue holds, one model at a time, and predicts on many images.")


class WorkerNotInstalled(AppError):
    pass


@cli.command()
def run() -> None:
    require_torch()
    run_worker()


def run_worker() -> NoReturn:
    """Become the worker, a program of its own: nothing of the command line stays in its memory."""
    os.execv(sys.executable, worker_command())


def worker_command() -> list[str]:
    return [sys.executable, "-m", "worker"]


def require_torch() -> None:
    """Refuse to start a worker that cannot train.

    Raises:
        WorkerNotInstalled: Says how to get what is missing.
    """
    if find_spec("torch") is None:
        raise WorkerNotInstalled("a worker needs torch: pip install 'maskwright[worker]'")
