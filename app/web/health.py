"""Whether the server lives, and whether it can reach what it needs."""

from collections.abc import Callable

import obstore.exceptions
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from app.application import new_router
from app.db.schema_version import require_current
from app.errors import AppError
from app.storage.blobs import get_blob_store

OK = "ok"
_UNREACHABLE = (AppError, SQLAlchemyError, OSError, obstore.exceptions.BaseError)

router = new_router(tags=["health"], responses={})


class Alive(BaseModel):
    status: str


class Readiness(BaseModel):
    """Each part: `ok`, or what is wrong with it."""

    database: str
    storage: str
    broker: str


@router.get("/healthz")
def is_alive() -> Alive:
    """The process answers; nothing else is looked at."""
    return Alive(status="ok")


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
def is_ready() -> JSONResponse:
    """Database, storage and broker can be reached."""
    parts = {
        "database": state_of(require_current),
        "storage": state_of(reach_storage),
        "broker": state_of(reach_broker),
    }
    failed = [f"{name}: {state}" for name, state in parts.items() if state != OK]
    if failed:
        return JSONResponse({"error": "; ".join(failed), **parts}, status_code=503)
    return JSONResponse(parts)


def state_of(reach: Callable[[], object]) -> str:
    """OK, or in one line why something cannot be reached."""
    try:
        reach()
    except _UNREACHABLE as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return OK


def reach_storage() -> None:
    get_blob_store().exists("readyz")


def reach_broker() -> None:
    from app.jobs.broker import reach  # with Celery, which a start need not wait for

    reach()
