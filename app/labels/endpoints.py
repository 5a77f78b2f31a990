"""Labels and instances over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.application import new_router
from app.deps import ImageLabelerAccess, LabelerAccess, ReadSessionDep, SessionDep
from app.downloads import attachment
from app.errors import Unprocessable
from app.form_files import ReceivedFile, form_schema, receive_form_files
from app.http import MAX_ID, PageQuery, PathId, errors
from app.labels import background, exporting, importing, instances, outlines, revisions, service
from app.labels.formats.table import READERS, WRITERS
from app.labels.importing import AUTO, ImportMode
from app.labels.instances import SavedInstances
from app.labels.revisions import Saving
from app.labels.schemas import (
    BackgroundBody,
    BackgroundSummary,
    DeletedLabel,
    ExportReport,
    ImportReport,
    InstanceChangesBody,
    InstancesBody,
    InstancesSchema,
    LabelChangesBody,
    LabelFormatList,
    LabelSchema,
    MergeBody,
    NewLabelBody,
    OutlineList,
    RevisionSchema,
    SavedChanges,
)
from app.paging import Page, cut_page
from app.settings import get_settings

router = new_router("/api/v1", tags=["labels"])

ExportFormat = Annotated[str, Query(alias="format", description=" or ".join(WRITERS))]
IfMatchHeader = Annotated[str | None, Header(alias="If-Match", description="The ETag that the change began from")]


@router.get("/projects/{project_id}/labels")
def list_labels(access: LabelerAccess, page: PageQuery, session: ReadSessionDep) -> Page[LabelSchema]:
    """List a project's labels with their counts."""
    labels = service.list_labels(session, access.project_id)
    after = page.after(int, int)
    following = [label for label in labels if after is None or (label.position, label.id) > after]
    shown, next_cursor = cut_page(following, page, key=lambda label: (label.position, label.id))
    return Page(items=shown, next_cursor=next_cursor, total=len(labels))


@router.post("/projects/{project_id}/labels", status_code=201, responses=errors(409))
def create_label(access: LabelerAccess, body: NewLabelBody, session: SessionDep) -> LabelSchema:
    """Make a label."""
    return service.create_label(session, access, name=body.name, color=body.color)


@router.patch("/projects/{project_id}/labels/{label_id}", responses=errors(409))
def change_label(access: LabelerAccess, label_id: PathId, body: LabelChangesBody, session: SessionDep) -> LabelSchema:
    """Rename, recolour or move a label."""
    return service.change_label(session, access, label_id, body)


@router.delete("/projects/{project_id}/labels/{label_id}")
def delete_label(access: LabelerAccess, label_id: PathId, session: SessionDep) -> DeletedLabel:
    """Delete a label with every instance that has it, and say how many went."""
    return service.delete_label(session, access, label_id)


@router.post("/projects/{project_id}/labels/{label_id}/merge")
def merge_label(access: LabelerAccess, label_id: PathId, body: MergeBody, session: SessionDep) -> LabelSchema:
    """Give a label's instances to another one, and delete it."""
    return service.merge_label(session, access, label_id, into_id=body.into)


async def received_label_files(request: Request, _access: LabelerAccess) -> AsyncIterator[list[ReceivedFile]]:
    """The files of the form; who may not import is refused before any byte is read."""
    async with receive_form_files(request) as files:
        yield files


@router.post("/projects/{project_id}/labels/import", responses=errors(413, 415, 507), openapi_extra=form_schema("file"))
def import_labels(
    access: LabelerAccess,
    files: Annotated[list[ReceivedFile], Depends(received_label_files)],
    file_format: Annotated[str, Query(alias="format", description=f"{AUTO}, {', '.join(READERS)}")] = AUTO,
    mode: ImportMode = ImportMode.MERGE,
    dry_run: Annotated[bool, Query(description="Only tell what would happen")] = False,  # noqa: FBT002
) -> ImportReport:
    """Import label files, or zips of them. Images are found by name, or by its last part where that is unique."""
    return importing.import_labels(
        access,
        files,
        file_format=file_format,
        mode=mode,
        dry_run=dry_run,
        max_file_bytes=get_settings().max_upload_bytes,
    )


@router.get("/projects/{project_id}/labels/formats")
def list_formats(_access: LabelerAccess) -> LabelFormatList:
    """List the formats of label files, and what each cannot hold."""
    return LabelFormatList(items=exporting.list_formats())


@router.get("/projects/{project_id}/labels/export", response_class=StreamingResponse)
def export_labels(access: LabelerAccess, file_format: ExportFormat = "coco") -> StreamingResponse:
    """Download the labels of all images."""
    writer = exporting.choose_writer(file_format)
    return StreamingResponse(
        exporting.export_labels(access.project_id, writer),
        media_type="application/zip" if writer.IS_ARCHIVE else "application/json",
        headers=attachment(exporting.name_export(access.project_id, writer)),
    )


@router.get("/projects/{project_id}/labels/export/report")
def report_losses(access: LabelerAccess, file_format: ExportFormat = "coco") -> ExportReport:
    """Say what a format would lose, before it is downloaded."""
    return exporting.report_losses(access.project_id, exporting.choose_writer(file_format))


@router.get("/projects/{project_id}/outlines", response_model=OutlineList)
def list_outlines(
    access: LabelerAccess,
    image_ids: Annotated[list[str], Query(description="Ids of images, separated by commas")],
    session: ReadSessionDep,
) -> Response:
    """Simplified outlines of what images hold, to be drawn on their thumbnails."""
    return _json({"items": outlines.list_outlines(session, access.project_id, _ids(image_ids))})


@router.put("/projects/{project_id}/background", responses=errors(409))
def set_background(access: LabelerAccess, body: BackgroundBody, session: SessionDep) -> BackgroundSummary:
    """Say that nothing is to be labeled on images, or take that back: they are labeled, and teach the background."""
    return background.set_background(session, access, body.image_ids, background=body.background)


@router.get("/images/{image_id}/instances", response_model=InstancesSchema)
def read_instances(_access: ImageLabelerAccess, image_id: PathId, session: ReadSessionDep) -> Response:
    """All instances of an image; the ETag is what a change sends as If-Match."""
    saved = instances.read_instances(session, image_id)
    return _answer(saved, {"revision": saved.revision, "items": saved.items})


@router.put("/images/{image_id}/instances", response_model=InstancesSchema, responses=errors(412, 428))
def replace_instances(
    access: ImageLabelerAccess,
    image_id: PathId,
    body: InstancesBody,
    session: SessionDep,
    if_match: IfMatchHeader = None,
) -> Response:
    """Store these instances in place of all that the image has. Repeating it is harmless."""
    saved = instances.replace_instances(
        session, image_id, body.items, instances.parse_if_match(if_match), saving=Saving(access.user_id)
    )
    return _answer(saved, {"revision": saved.revision, "items": saved.items})


@router.patch("/images/{image_id}/instances", response_model=SavedChanges, responses=errors(412, 428))
def change_instances(
    access: ImageLabelerAccess,
    image_id: PathId,
    body: InstanceChangesBody,
    session: SessionDep,
    if_match: IfMatchHeader = None,
) -> Response:
    """Write some instances and delete others. Repeating it is harmless."""
    saved = instances.change_instances(
        session,
        image_id,
        upsert=body.upsert,
        delete=body.delete,
        if_match=instances.parse_if_match(if_match),
        saving=Saving(access.user_id),
    )
    return _answer(saved, {"revision": saved.revision, "upserted": saved.items})


@router.get("/images/{image_id}/revisions")
def list_revisions(
    _access: ImageLabelerAccess, image_id: PathId, page: PageQuery, session: ReadSessionDep
) -> Page[RevisionSchema]:
    """The saves of an image, newest first: who changed how many objects, and when."""
    items, next_cursor, total = revisions.list_revisions(session, image_id, page)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/images/{image_id}/revisions/{revision}", response_model=InstancesSchema)
def read_revision(
    _access: ImageLabelerAccess,
    image_id: PathId,
    revision: Annotated[int, Path(ge=0, le=MAX_ID)],
    session: ReadSessionDep,
) -> Response:
    """All instances of an image as they were at a revision. To restore them, save them as they are given here."""
    past = instances.read_past_instances(session, image_id, revision)
    return _json({"revision": past.revision, "items": past.items})


def _answer(saved: SavedInstances, content: dict[str, Any]) -> Response:
    return _json(content, ETag=f'"{saved.revision}"')


def _json(content: Any, **headers: str) -> Response:
    """Write what was checked before as it is: pydantic would look at every coordinate again."""
    return Response(orjson.dumps(content), media_type="application/json", headers=headers)


def _ids(lists: list[str]) -> list[int]:
    texts = [text.strip() for part in lists for text in part.split(",") if text.strip()]
    if len(texts) > outlines.MAX_IMAGES:
        raise Unprocessable(f"image_ids: {len(texts)} ids; give at most {outlines.MAX_IMAGES} at once")
    for text in texts:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Unprocessable(f"image_ids: {text[:50]!r} is no id of an image")
    return [int(text) for text in texts]
