"""A model's findings, and what people do about them, over REST."""

from typing import Annotated

from fastapi import Query

from app.application import new_router
from app.db.enums import FindingKind
from app.deps import ModelLabelerAccess, ReadSessionDep, SessionDep
from app.fixes import findings, service
from app.fixes.schemas import FindingSchema, FixBody, Fixes, FixSchema
from app.http import PageQuery, PathId, errors
from app.paging import Page
from app.statistics.endpoints import ChoiceDep, TablesDep
from app.statistics.loading import load

router = new_router("/api/v1", tags=["fixes"], responses=errors(401, 403, 404, 409, 422))

Decided = Annotated[bool | None, Query(description="Only those that somebody has decided on, or only the others.")]


@router.get("/models/{model_id}/findings")
def list_findings(
    _: ModelLabelerAccess,
    choice: ChoiceDep,
    tables: TablesDep,
    page: PageQuery,
    session: ReadSessionDep,
    kind: FindingKind | None = None,
    decided: Decided = None,
) -> Page[FindingSchema]:
    """Where the model and the labels disagree, what is likeliest a wrong label first."""
    loaded = load(session, choice, tables=tables)
    return findings.list_findings(session, loaded, kind=kind, decided=decided, page=page)


@router.get("/models/{model_id}/fixes")
def list_fixes(_: ModelLabelerAccess, model_id: PathId, page: PageQuery, session: ReadSessionDep) -> Fixes:
    """What was decided on the model's findings, the newest first, and how much there is of each."""
    return service.list_fixes(session, model_id, page)


@router.post("/models/{model_id}/fixes")
def decide(access: ModelLabelerAccess, model_id: PathId, body: FixBody, session: SessionDep) -> FixSchema:
    """Keep that a finding was accepted, fixed by hand or dismissed; a later decision takes the place of an earlier."""
    return service.decide(session, access, model_id, body)
