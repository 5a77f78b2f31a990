"""Passwords."""

import pytest

from app.accounts.passwords import hash_password, is_password
from app.errors import Unprocessable


def test_hash_password__is_salted_and_recognised() -> None:
    first, second = hash_password("correct horse"), hash_password("correct horse")
    assert first != second
    assert first.startswith("$argon2id$")
    assert is_password("correct horse", first)
    assert not is_password("correct hors", first)


@pytest.mark.parametrize("password", ["", "123456789", "x" * 1001])
def test_hash_password__refuses_lengths(password: str) -> None:
    with pytest.raises(Unprocessable, match="10-1000"):
        hash_password(password)


@pytest.mark.parametrize("stored", [None, "", "no hash"])
def test_is_password__of_no_account_is_never_right(stored: str | None) -> None:
    assert not is_password("nobody's password", stored)
