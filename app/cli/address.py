"""Where a program on this machine finds the server."""


def connect_host(host: str) -> str:
    """The address that the server listens at, or loopback where it listens at all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def base_url(host: str, port: int) -> str:
    address = connect_host(host)
    return f"http://{f'[{address}]' if ':' in address else address}:{port}"
