"""Secrets that people carry: API tokens and session secrets. The database keeps only their hashes."""

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 16  # 128 random bits are 26 characters of base32


def make_token() -> str:
    """An API token: 26 characters of [0-9a-v], as the hosted service's are."""
    return base64.b32hexencode(secrets.token_bytes(TOKEN_BYTES)).decode().rstrip("=").lower()


def make_session_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 as hex: enough for random secrets, which nobody can guess from a list."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(session_secret: str, *, signing_key: bytes) -> str:
    """What a page of this session sends with every change; another site cannot know it."""
    return hmac.new(signing_key, session_secret.encode(), hashlib.sha256).hexdigest()
