"""Where commands get a password from: standard input, or a person at a terminal."""

import sys

import typer


def read_password(*, from_stdin: bool) -> str:
    """Read a password, without the line break at its end.

    Raises:
        typer.BadParameter: Nobody could be asked.
    """
    if from_stdin:
        return sys.stdin.read().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask for the password: use --password-stdin")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
