"""How every command is made, so that all of them behave alike."""

import json
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]


def new_cli(summary: str) -> typer.Typer:
    """A command, or a group of them. Exceptions go on to `app.cli.main`, which has one line for each expected one."""
    return typer.Typer(help=summary, add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False)


def say_json(value: Any) -> None:
    typer.echo(json.dumps(value))
