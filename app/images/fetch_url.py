"""Fetching an image that a caller names by URL, without letting the caller reach what only this machine can reach.

A name is resolved once, every address is checked, and connections go to the checked addresses themselves: a name that
resolves otherwise a moment later (DNS rebinding) gains nothing. Each redirect is checked like the first URL.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Self

import httpx

from app.errors import BadRequest, PayloadTooLarge, Unprocessable
from app.url_allowance import IPAddress, UrlAllowance

MAX_REDIRECTS = 5
CONNECT_TIMEOUT_SECONDS = 5.0
READ_TIMEOUT_SECONDS = 10.0
TOTAL_TIMEOUT_SECONDS = 30.0  # of all redirects together: a caller waits no longer than a slow camera takes
DEFAULT_PORTS = {"http": 80, "https": 443}
_UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout)


def fetch_image(url: str, *, allowance: UrlAllowance, max_bytes: int, limit_s: float = TOTAL_TIMEOUT_SECONDS) -> bytes:
    """Download what `url` names.

    Args:
        url: An http or https URL. A name and password in it go to its host as basic authentication, as cameras want it.
        allowance: What may be reached beside public addresses.
        max_bytes: The largest body that is read.
        limit_s: How long all of it may take, however many redirects there are and however slowly they speak.
    Raises:
        BadRequest: The URL is malformed, or its host does not answer with status 200 in time.
        Unprocessable: The URL leads to an address that must not be reached.
        PayloadTooLarge: The body is larger than `max_bytes`.
    """
    timeout = httpx.Timeout(READ_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
    client = httpx.Client(verify=_tls(), timeout=timeout, trust_env=False, follow_redirects=False)
    with client, _Deadline(limit_s) as deadline:
        target = _parsed(url)
        for _ in range(MAX_REDIRECTS + 1):
            with _get(client, target, _checked_addresses(target, allowance), deadline) as response:
                if response.has_redirect_location:
                    target = _parsed(str(target.join(response.headers["location"])))
                    continue
                return _body(response, _shown(target), max_bytes=max_bytes, deadline=deadline)
    raise BadRequest(f"invalid url or image: {_shown(target)} redirects more than {MAX_REDIRECTS} times")


@cache
def _tls() -> ssl.SSLContext:
    """Whom to trust, read once: a tenth of a prediction's time. Each connection shares it."""
    return httpx.create_ssl_context(trust_env=False)


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise BadRequest(f"invalid url or image: {_spared(url)!r:.200} is not a URL ({error})") from error
    if target.scheme not in DEFAULT_PORTS or not target.host:
        raise BadRequest(f"invalid url or image: {_spared(url)!r:.200} is not an http or https URL")
    return target


def _spared(text: str) -> str:
    """What is no URL as it may stand in a message: a name and password may be before its last @."""
    return text.rpartition("@")[2]


def _shown(target: httpx.URL) -> str:
    """The URL as it may stand in a message: without name and password."""
    return str(target.copy_with(username=None, password=None))


def _checked_addresses(target: httpx.URL, allowance: UrlAllowance) -> list[IPAddress]:
    """All addresses of the host, in the resolver's order; one that is refused refuses the host."""
    port = target.port or DEFAULT_PORTS[target.scheme]
    try:
        found = socket.getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadRequest(f"invalid url or image: the host {target.host} is not known") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    for address in addresses:
        if not allowance.admits(target.host, address):
            raise Unprocessable(
                f"url not allowed: {target.host} is {address}, which is not a public address. "
                "The server's owner may allow it with MASKWRIGHT_PREDICT_URL_ALLOW."
            )
    return list(dict.fromkeys(addresses))


class _Deadline:
    """Cuts every connection of a download when its time is over.

    The client's own timeouts begin anew with each byte that comes: a host that drips would hold a thread for hours.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.is_over = False
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._timer = threading.Timer(limit_s, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Note a connection as soon as it is there: a trace function of httpcore."""
        if event != "connection.connect_tcp.complete":
            return
        connection: socket.socket = info["return_value"].get_extra_info("socket")
        with self._lock:
            # A second handle on the same connection: the first one is swallowed by TLS before its handshake.
            self._connections.append(connection.dup())
            if self.is_over:
                self._cut()

    def refuse_if_over(self, url: str) -> None:
        if self.is_over:
            raise BadRequest(f"invalid url or image: {url} took longer than {self.limit_s:g} s")

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            self._cut()

    def _cut(self) -> None:
        for connection in self._connections:
            with suppress(OSError):  # closed by the other side already
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def _get(
    client: httpx.Client, target: httpx.URL, addresses: Sequence[IPAddress], deadline: _Deadline
) -> Iterator[httpx.Response]:
    response = _answer(client, target, addresses, deadline)
    try:
        yield response
    finally:
        response.close()


def _answer(
    client: httpx.Client, target: httpx.URL, addresses: Sequence[IPAddress], deadline: _Deadline
) -> httpx.Response:
    """Ask the first address that can be reached: on a machine without IPv6 the first of many hosts cannot."""
    *others, last = addresses
    try:
        for address in others:
            with suppress(*_UNREACHED):
                return _send(client, target, address, deadline)
        return _send(client, target, last, deadline)
    except httpx.HTTPError as error:
        deadline.refuse_if_over(_shown(target))
        raise BadRequest(f"invalid url or image: {target.host} does not answer ({error})") from error


def _send(client: httpx.Client, target: httpx.URL, address: IPAddress, deadline: _Deadline) -> httpx.Response:
    deadline.refuse_if_over(_shown(target))
    request = client.build_request(
        "GET",
        target.copy_with(host=str(address), username=None, password=None),
        headers={"Host": target.netloc.decode("ascii"), "Accept": "image/*,*/*;q=0.5", "User-Agent": "Maskwright"},
        extensions={"sni_hostname": target.host, "trace": deadline.watch},
    )
    auth = httpx.BasicAuth(target.username, target.password) if target.userinfo else None
    return client.send(request, auth=auth, stream=True)


def _body(response: httpx.Response, url: str, *, max_bytes: int, deadline: _Deadline) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise BadRequest(f"invalid url or image: {url} answers status {response.status_code}")
    parts, size = [], 0
    try:
        for part in response.iter_bytes():
            size += len(part)
            if size > max_bytes:
                raise PayloadTooLarge(f"the file at {url} is larger than {max_bytes} bytes")
            parts.append(part)
    except httpx.HTTPError as error:
        deadline.refuse_if_over(url)
        raise BadRequest(f"invalid url or image: {url} broke off ({error})") from error
    deadline.refuse_if_over(url)  # a body without a length ends well where it is cut
    return b"".join(parts)
