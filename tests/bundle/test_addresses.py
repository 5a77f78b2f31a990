"""The socket of a bundle's server, before there is a server."""

import socket

import pytest

from app.bundle.runtime.addresses import list_addresses, open_socket
from app.bundle.runtime.manifest import BundleRefused
from tests.services import free_port


def test_open_socket__of_two_that_start_at_once_the_second_is_refused() -> None:
    """Both still load their models then: the one that holds the port has no server yet."""
    port = free_port()
    with open_socket("127.0.0.1", port), pytest.raises(BundleRefused, match=f"port {port} at 127.0.0.1 is taken"):
        open_socket("127.0.0.1", port)


def test_open_socket__who_connects_waits_for_the_server() -> None:
    port = free_port()
    with open_socket("127.0.0.1", port), socket.create_connection(("127.0.0.1", port), timeout=5) as waiting:
        assert waiting.getpeername() == ("127.0.0.1", port)


def test_list_addresses__everywhere_is_first_of_all_here() -> None:
    here, *elsewhere = list_addresses("0.0.0.0", 8000)
    assert here == "http://127.0.0.1:8000"
    assert not [address for address in elsewhere if "//127." in address or "0.0.0.0" in address]
    assert list_addresses("::1", 8000) == ["http://[::1]:8000"]
