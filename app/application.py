"""What the server and a bundle's server are made with: routers whose routes are built once, when they are imported.

`include_router` builds each of them a second time at an application's first request, half a second for all of ours.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.params import Depends
from starlette.types import Lifespan

from app.http import API_ERRORS, ErrorBody


def new_router(
    prefix: str = "",
    *,
    tags: list[str | Enum] | None = None,
    responses: dict[int | str, dict[str, Any]] = API_ERRORS,
    dependencies: list[Depends] | None = None,
    include_in_schema: bool = True,
) -> APIRouter:
    """A router; its operations are named after their functions, so that a generated client reads well.

    Args:
        responses: What all of its routes may answer beside a success.
    """
    return APIRouter(
        prefix=prefix,
        tags=tags,
        responses=responses,
        dependencies=dependencies,
        include_in_schema=include_in_schema,
        generate_unique_id_function=lambda route: route.name,
    )


class Application(FastAPI):
    """Answers what its routers say, and describes it at `/api/openapi.json`."""

    def __init__(
        self, routers: Iterable[APIRouter], *, title: str, description: str, lifespan: Lifespan[Any] | None = None
    ) -> None:
        super().__init__(
            title=title,
            description=description,
            openapi_url="/api/openapi.json",
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            lifespan=lifespan,
            routes=[route for router in routers for route in router.routes],
        )

    def openapi(self) -> dict[str, Any]:
        description = super().openapi()
        # `errors` refers to it: as the model of each error of each route, it would be built a thousand times.
        description["components"]["schemas"].setdefault(ErrorBody.__name__, ErrorBody.model_json_schema())
        return description
