"""`maskwright weights`"""

import subprocess
import sys
from typing import Annotated

import typer

from app.cli.typer_app import AsJson, new_cli
from app.cli.worker import require_torch
from app.db.enums import ModelSize

cli = new_cli("Pretrained weights that trainings start from: what is here, and getting what is not.")


@cli.command("list")
def list_weights(*, as_json: AsJson = False) -> None:
    """Each size's file: ok, missing or damaged, and where to get it."""
    _run("list", [], as_json=as_json)


@cli.command()
def fetch(
    sizes: Annotated[list[ModelSize] | None, typer.Argument(help="All sizes if left out.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Download into WEIGHTS_DIR; a broken download is gone on with."""
    _run("fetch", sizes or [], as_json=as_json)


def _run(verb: str, sizes: list[ModelSize], *, as_json: bool) -> None:
    require_torch()
    command = [sys.executable, "-m", "worker.weights_command", verb, *(size.value for size in sizes)]
    done = subprocess.run([*command, "--json"] if as_json else command)
    if done.returncode != 0:
        raise typer.Exit(1)
