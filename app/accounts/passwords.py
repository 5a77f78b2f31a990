"""Passwords, hashed with Argon2id."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Unprocessable

MIN_LENGTH = 10
MAX_LENGTH = 1000  # hashing a book would keep a processor busy

# The first choice of the OWASP Password Storage Cheat Sheet that fits beside a loaded model on a small box:
# 19 MiB, 2 passes. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_at_once = threading.BoundedSemaphore(4)  # so that many sign-ins at a time hold 76 MiB and no more

# Of no password: compared with when there is no such account, so that the answer takes as long as for a wrong password.
_NOBODYS_HASH = _hasher.hash("nobody's password")


def hash_password(password: str) -> str:
    """Hash a new password.

    Raises:
        Unprocessable: Too short or too long.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Unprocessable(f"password: {len(password)} characters; it should have {MIN_LENGTH}-{MAX_LENGTH}")
    with _at_once:
        return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; None stands for an account that does not exist."""
    try:
        with _at_once:
            matches = _hasher.verify(_NOBODYS_HASH if password_hash is None else password_hash, password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None
