"""Refusing keys of a query that nothing reads: a misspelt `min_score` would change the answer without a word."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Cookie, Header, Path
from fastapi.routing import APIRoute

from app.errors import Unprocessable


def refuse_unknown_keys(request: Request) -> None:
    """Let a request pass whose query has only keys of its endpoint."""
    if not request.query_params:
        return
    known = _known_keys(request.scope["route"])
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        shown = ", ".join(repr(key[:50]) for key in unknown[:5])
        raise Unprocessable(f"query: {shown} is not known; give {', '.join(sorted(known))}")


OnlyKnownKeys = Annotated[None, Depends(refuse_unknown_keys)]


def _known_keys(route: APIRoute) -> set[str]:
    """The keys of the endpoint and of all that it depends on."""
    return {
        field.alias
        for field in get_flat_params(route.dependant)
        if not isinstance(field.field_info, Path | Header | Cookie)
    }
