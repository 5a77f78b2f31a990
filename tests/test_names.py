"""Names of projects, labels, tokens and people."""

import pytest
from pydantic import TypeAdapter, ValidationError

from app.names import MAX_NAME_CHARACTERS, Name, OptionalName

NAME: TypeAdapter[str] = TypeAdapter(Name)
OPTIONAL: TypeAdapter[str] = TypeAdapter(OptionalName)


@pytest.mark.parametrize("name", ["Fig", "תפוז", "👩‍🌾 fields", "fig\u200b", "x" * MAX_NAME_CHARACTERS])
def test_name__of_any_script_stays_as_it_is(name: str) -> None:
    assert NAME.validate_python(f" {name} ") == OPTIONAL.validate_python(f" {name} ") == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("\u200b\u200b", "no character that can be seen"),
        ("\u202e \u2069", "no character that can be seen"),
        ("fig\x00", "cannot be shown"),
        ("fig\nleaf", "cannot be shown"),
        ("x" * (MAX_NAME_CHARACTERS + 1), "at most 100"),
    ],
)
def test_name__that_nobody_could_find_is_refused(name: str, why: str) -> None:
    for adapter in (NAME, OPTIONAL):
        with pytest.raises(ValidationError, match=why):
            adapter.validate_python(name)


def test_name__may_be_empty_of_a_person_alone() -> None:
    assert OPTIONAL.validate_python("  ") == ""
    with pytest.raises(ValidationError, match="at least 1"):
        NAME.validate_python("  ")
