"""Secrets that are handed out once and stored as SHA-256: API tokens and the secrets of browser sessions."""

import base64
import hashlib
import secrets

TOKEN_BYTES = 16
TOKEN_LENGTH = 26  # of [0-9a-v], as the hosted service's tokens look: 128 bits in base32hex


def new_token() -> str:
    return base64.b32hexencode(secrets.token_bytes(TOKEN_BYTES)).decode().rstrip("=").lower()


def new_session_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 in hex. A fast hash is right here: the secrets are random, so there is nothing to guess from a list."""
    return hashlib.sha256(secret.encode()).hexdigest()
