"""Where a program on this machine finds the server."""

from app.settings import Settings


def connect_host(settings: Settings) -> str:
    """HOST, or loopback where the server listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)


def base_url(settings: Settings) -> str:
    host = connect_host(settings)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
