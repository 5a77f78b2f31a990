"""Passwords: argon2id with the library's current defaults."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Unprocessable

MIN_LENGTH = 10
MAX_LENGTH = 1000  # hashing a novel would be a way to keep the server busy

_hasher = PasswordHasher()
# Compared against when there is no such person, so that the time of an answer does not tell who has an account.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Hash a new password.

    Raises:
        Unprocessable: It is too short or too long.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Unprocessable(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters, not {len(password)}")
    return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; takes as long for a person that there is not."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
