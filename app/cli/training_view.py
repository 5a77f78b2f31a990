"""A training as it goes on, told in the terminal: a bar there, a line now and then where output goes to a file."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

PLAIN_REPORT_SECONDS = 10.0  # between two lines where no terminal shows a bar

console = Console(highlight=False)


def say(words: str) -> None:
    """One line, however narrow the terminal; brackets in names are no markup."""
    console.print(words, soft_wrap=True, markup=False)


def show_training(name: str, models: Iterable[dict[str, Any]], *, read_log: Callable[[], list[str]]) -> dict[str, Any]:
    """Tell of a training until its models end: its log as it grows, its progress and its best mAP.

    Args:
        models: The model in JSON, again and again.
        read_log: Gives all lines of the model's log.
    Returns:
        The last of the models.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeRemainingColumn())
    reported, seen = time.monotonic(), 0
    model: dict[str, Any] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Training {name}", total=1.0, state="")
        for model in models:
            log = read_log()
            for line in log[seen:]:
                say(f"  {line}")
            seen = len(log)
            progress.update(task, completed=model["progress"], state=_state(model))
            if not console.is_terminal and time.monotonic() - reported > PLAIN_REPORT_SECONDS:
                reported = time.monotonic()
                say(f"  {model['progress']:.0%}, {model['elapsed_s']:.0f} s, {_state(model)}")
    return model


def _state(model: dict[str, Any]) -> str:
    best = model["best"]
    status = str(model["status"])
    if best is None or best["map"] is None:
        return status
    return f"{status}, best mAP {best['map']:.3f}, AP50 {best['ap50']:.3f}"
