"""Passwords, hashed with Argon2id."""

import threading
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from app.errors import Unprocessable

MIN_LENGTH = 10
MAX_LENGTH = 1000  # hashing a book would keep a processor busy

# The first choice of the OWASP Password Storage Cheat Sheet that fits beside a loaded model on a small box:
# 19 MiB, 2 passes. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_at_once = threading.BoundedSemaphore(4)  # so that many sign-ins at a time hold 76 MiB and no more


def _zeros(length: int) -> str:
    """So many bytes in the base64 of such hashes, which has no padding."""
    return b64encode(bytes(length)).decode().rstrip("=")


# Of no password at all: compared with when there is no such account, so that the answer takes as long as for a wrong
# password. Only the numbers in it cost time, so it is put together instead of being hashed at each start.
_NOBODYS_HASH = (
    f"$argon2id$v={ARGON2_VERSION}$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${_zeros(_hasher.salt_len)}${_zeros(_hasher.hash_len)}"
)


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
