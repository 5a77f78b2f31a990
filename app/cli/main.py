"""The command `maskwright`. A command's module is imported when it is called, so that help and the others stay quick.

Each command is a module of this package with a `cli` made by `app.cli.typer_app.new_cli`.
"""

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module, metadata
from keyword import iskeyword

from app.cli.quick_import import import_quickly

COMMANDS = {
    "up": "Server and worker on this machine",
    "serve": "The server alone",
    "worker": "A worker alone, which trains what the queue holds",
    "demo": "The whole main job on generated images: upload, label, train, predict",
    "migrate": "Bring the database to the tables of this version",
    "admin": "Make an administrator, or give one a new password",
    "token": "Make an API token for a person",
    "import": "Read label files into a project, or make a project of an archive",
    "export": "Write a project's labels, or all of it, into a file",
    "train": "Train a model on this machine's database, with or without the server",
    "predict": "Find the objects in a folder of images with a trained model of a server",
    "bundle": "Write a model and a server for it into a zip, for a machine without Maskwright",
    "weights": "List or download the pretrained weights that trainings start from",
    "doctor": "Say what is missing on this machine, and how to get it",
}
FAILED, WRONG_USE = 1, 2


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit status: 0, 1 failed, 2 wrong use."""
    match list(arguments):
        case ["--help" | "-h" | "help"]:
            sys.stdout.write(_help())
            return 0
        case ["--version"]:
            sys.stdout.write(f"maskwright {metadata.version('maskwright')}\n")
            return 0
        case []:
            sys.stderr.write(_help())
            return WRONG_USE
        case [name, *rest] if name in COMMANDS:
            return _run_command(name, rest)
    sys.stderr.write(f"maskwright: there is no command {arguments[0]!r}{_suggestion(arguments[0])}\n")
    return WRONG_USE


def module_of(name: str) -> str:
    """The module of a command; one that is a word of Python has a line after it."""
    return f"app.cli.{name}_" if iskeyword(name) else f"app.cli.{name}"


def _run_command(name: str, arguments: list[str]) -> int:
    try:
        import_quickly(module_of(name)).cli(arguments, prog_name=f"maskwright {name}")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except Exception as error:
        # The words for a failure know SQLAlchemy and pydantic, which help does without.
        words = import_module("app.cli.failures").in_words(error)
        if words is None:
            raise
        sys.stderr.write(f"maskwright {name}: {words}\n")
        return FAILED
    return 0


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: maskwright COMMAND [OPTIONS]",
            "",
            "Maskwright: instance segmentation on your own machine.",
            "",
            *lines,
            "",
            "maskwright COMMAND --help says more. Settings are environment variables MASKWRIGHT_… or a file .env;",
            "docs/settings.md describes each.",
            "",
        ]
    )


def _suggestion(name: str) -> str:
    close = get_close_matches(name, COMMANDS, n=1)
    return f", perhaps you mean {close[0]}" if close else "; see maskwright --help"


if __name__ == "__main__":
    main()
