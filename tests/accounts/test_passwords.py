"""Passwords."""

import runpy

import pytest
from argon2 import PasswordHasher, extract_parameters

from app.accounts import passwords
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


def test_nobodys_hash__costs_as_much_as_a_persons_and_nothing_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert extract_parameters(passwords._NOBODYS_HASH) == extract_parameters(hash_password("correct horse"))

    def refuse(*_arguments: object, **_options: object) -> str:
        raise AssertionError("a password is hashed at the start")

    monkeypatch.setattr(PasswordHasher, "hash", refuse)
    runpy.run_path(passwords.__file__)


def test_is_password__computes_for_nobody_too(monkeypatch: pytest.MonkeyPatch) -> None:
    verify, seen = PasswordHasher.verify, []

    def noting(hasher: PasswordHasher, stored: str, password: str) -> bool:
        seen.append(stored)
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", noting)
    assert not is_password("correct horse", None)
    assert [extract_parameters(stored) for stored in seen] == [extract_parameters(hash_password("correct horse"))]
