"""`python -m worker.weights_command`: what `maskwright weights` starts, since torchvision knows where weights are."""

import argparse
import json
import sys
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app.db.enums import ModelSize
from app.settings import get_settings
from worker import weights
from worker.weights import WEIGHT_FILES, DamagedWeights, FileState

FAILED = 1


def main() -> int:
    arguments = _parse(sys.argv[1:])
    folder = get_settings().resolved_weights_dir
    if arguments.verb == "list":
        rows = [_describe(size, folder) for size in ModelSize]
        is_fine = True
    else:
        rows = [_fetch(size, folder) for size in arguments.sizes or list(ModelSize)]
        is_fine = all(row["state"] == FileState.OK for row in rows)
    if arguments.json:
        sys.stdout.write(json.dumps(rows) + "\n")
    else:
        sys.stdout.writelines(f"{row['size']:<7} {row['state']:<8} {row['words']}\n" for row in rows)
    return 0 if is_fine else FAILED


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["list", "fetch"])
    parser.add_argument("sizes", nargs="*", type=ModelSize)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _describe(size: ModelSize, folder: Path) -> dict[str, Any]:
    file = WEIGHT_FILES[size]
    state, words = weights.look_for_weights(size, weights_dir=folder)
    if state is not FileState.OK:
        words += f": maskwright weights fetch {size}, or put {file.url} there"
    return {
        "size": size.value,
        "state": state.value,
        "words": words,
        "file": str(folder / file.name),
        "holds": file.holds,
        "url": file.url,
    }


def _fetch(size: ModelSize, folder: Path) -> dict[str, Any]:
    """Download a size's file where it is not there as published; a failure is told in its row."""
    described = _describe(size, folder)
    if described["state"] == FileState.OK:
        return described
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task(WEIGHT_FILES[size].name, total=None)
        try:
            weights.fetch_weights(
                size,
                weights_dir=folder,
                on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        except (OSError, HTTPException, DamagedWeights) as error:
            file = WEIGHT_FILES[size]
            return {**described, "words": f"{file.name} could not be downloaded: {error}; put {file.url} into {folder}"}
    return _describe(size, folder)


if __name__ == "__main__":
    sys.exit(main())
