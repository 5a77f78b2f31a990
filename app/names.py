"""Names that people give to what others then look for on pages."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

MAX_NAME_CHARACTERS = 100


def _check_shown(name: str) -> str:
    """Refuse a name that cannot be shown, or that nobody would see."""
    categories = [unicodedata.category(character) for character in name]
    if "Cc" in categories or "Cs" in categories:
        raise ValueError("it holds characters that cannot be shown")
    if name and all(category.startswith(("C", "Z")) for category in categories):
        raise ValueError("it holds no character that can be seen")
    return name


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_CHARACTERS),
    AfterValidator(_check_shown),
]
OptionalName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME_CHARACTERS), AfterValidator(_check_shown)
]
