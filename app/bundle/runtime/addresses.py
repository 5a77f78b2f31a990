"""Where the server can be reached: its own socket, and the addresses that others type."""

import errno
import fcntl
import socket
import struct

from app.bundle.runtime.manifest import BundleRefused

_EVERYWHERE = ("0.0.0.0", "::")
_SIOCGIFADDR = 0x8915  # linux/sockios.h: the IPv4 address of a network interface
_NAME_BYTES = 16  # IFNAMSIZ of linux/if.h; the address follows in a sockaddr_in, behind its family and port
_LOOPBACK = "127."


def open_socket(host: str, port: int) -> socket.socket:
    """Take the port before the model is loaded; whoever connects waits until it is.

    Raises:
        BundleRefused: The port is taken, or the machine has no such address.
    """
    try:
        family, _kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # It listens at once: a port that is only bound lets another program bind to it too, and turns callers away.
        return socket.create_server(address, family=family, dualstack_ipv6=family == socket.AF_INET6)
    except (OSError, UnicodeError) as error:
        raise BundleRefused(_in_words(error, host, port)) from error


def list_addresses(host: str, port: int) -> list[str]:
    """The URLs at which a server that listens at this host is reached, this machine's own first."""
    if host not in _EVERYWHERE:
        return [_url(host, port)]
    return [_url("127.0.0.1", port), *(_url(address, port) for address in _network_addresses())]


def _in_words(error: Exception, host: str, port: int) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} at {host} is taken by another program: choose another with --port"
        case errno.EACCES:
            return f"port {port} is kept for the system's administrator: choose one from 1024 on with --port"
        case _:
            return f"this machine cannot listen at {host}: give one of its own addresses to --host, or 0.0.0.0 for all"


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _network_addresses() -> list[str]:
    """The IPv4 addresses of this machine's networks. Asking needs no network, unlike looking up its own name."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _index, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, _SIOCGIFADDR, struct.pack("256s", name.encode()[: _NAME_BYTES - 1]))
            except OSError:  # an interface without an IPv4 address
                continue
            found.append(socket.inet_ntoa(answer[_NAME_BYTES + 4 : _NAME_BYTES + 8]))
    return [address for address in found if not address.startswith(_LOOPBACK)]
