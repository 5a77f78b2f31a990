"""`maskwright import`"""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.projects import Token, Url, open_projects
from app.cli.typer_app import AsJson, new_cli, say_json
from app.labels.formats.table import READERS
from app.labels.importing import AUTO, ImportMode

SHOWN = 20  # problems and missing images; --json has more
FORMATS = (AUTO, *READERS)

cli = new_cli("Read label files into a project, or make a project of an archive.")


@cli.command()
def run(
    *,
    project: Annotated[
        int | None, typer.Argument(help="The project's id, the number in brackets after its name.")
    ] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="Label files, or zips of them.")
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A whole project, as export --format archive wrote it."),
    ] = None,
    file_format: Annotated[str, typer.Option("--format", help=", ".join(FORMATS))] = AUTO,
    mode: Annotated[
        ImportMode, typer.Option(help="Whether objects that images have stay, or make room for the files'.")
    ] = ImportMode.MERGE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    owner: Annotated[
        str | None, typer.Option(help="E-mail of the archive's owner here; left out, the first administrator.")
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Read label files into a project, or make a project of an archive.

    Exit status 1 also says that the objects of some image were refused; those of the others are imported.
    """
    if file_format not in FORMATS:
        raise typer.BadParameter(f"--format {file_format}: give {', '.join(FORMATS)}")
    if archive is not None:
        if project is not None or dry_run:
            raise typer.BadParameter("--archive makes a project of its own: leave out PROJECT, FILES and --dry-run")
        answer = open_projects(url, token).import_project(archive, owner=owner)
    elif project is None or not files:
        raise typer.BadParameter("give PROJECT and FILES to import labels, or --archive")
    else:
        answer = open_projects(url, token).import_labels(
            project, files, file_format=file_format, mode=mode, dry_run=dry_run
        )
    if as_json:
        say_json(answer)
    elif archive is not None:
        _say_project(answer)
    else:
        _say_report(answer, is_dry_run=dry_run)
    if answer.get("images_refused"):
        raise typer.Exit(1)


def _say_project(project: dict[str, Any]) -> None:
    typer.echo(
        f"{project['name']} ({project['id']}): {project['image_count']:,} images, {project['labeled_count']:,} of them "
        f"labeled, {project['model_count']} models"
    )


def _say_report(report: dict[str, Any], *, is_dry_run: bool) -> None:
    would_be = "would be " if is_dry_run else ""
    typer.echo(
        f"{report['format']}: {report['instances_imported']:,} objects {would_be}imported, "
        f"{report['instances_skipped']:,} left out, {report['instances_replaced']:,} {would_be}replaced; "
        f"{report['images_matched']:,} images found, {report['images_refused']:,} refused"
    )
    if report["labels_created"]:
        typer.echo(f"New labels: {', '.join(report['labels_created'])}")
    lines = [f"not in the project: {name}" for name in report["images_missing"]]
    for problem in report["problems"]:
        lines.append(": ".join(part for part in (problem["image"], problem["entry"], problem["error"]) if part))
    for line in lines[:SHOWN]:
        typer.echo(f"  {line}")
    if len(lines) > SHOWN:
        typer.echo(f"  and {len(lines) - SHOWN} more; --json shows them")
