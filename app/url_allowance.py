"""Which addresses an image may be fetched from."""

import ipaddress
import re
from dataclasses import dataclass, field

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
# The last part of a name is never a number: 10.1.0.300 and 127.1 are addresses that went wrong (RFC 3696, 2).
_HOST = re.compile(r"([\w-]+\.)*(?!\d+$)[\w-]+")


@dataclass(frozen=True, slots=True)
class UrlAllowance:
    """The hosts and networks that may be reached although they are not public: `PREDICT_URL_ALLOW`."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPNetwork, ...] = field(default=())

    @classmethod
    def parse(cls, text: str) -> "UrlAllowance":
        """Read names, addresses and networks in CIDR form, separated by commas.

        Raises:
            ValueError: One of them is none of these, and would allow nothing.
        """
        hosts, networks = set(), []
        for part in filter(None, map(str.strip, text.split(","))):
            try:
                networks.append(ipaddress.ip_network(part, strict=False))
            except ValueError as error:
                if not _HOST.fullmatch(part):
                    raise ValueError(f"{part!r} {_problem(part)}") from error
                hosts.add(part.lower())
        return cls(frozenset(hosts), tuple(networks))

    def admits(self, host: str, address: IPAddress) -> bool:
        plain = address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
        return host.lower() in self.hosts or any(plain in network for network in self.networks) or _is_public(plain)


def _problem(part: str) -> str:
    if "://" in part:
        return "is a URL: give its host alone, such as images.local"
    if "/" in part:
        return "is no network: give one such as 10.1.0.0/16 or fd00::/8"
    if _HOST.fullmatch(part.rpartition(":")[0]):
        return f"has a port: give {part.rpartition(':')[0]} alone, which allows every port of it"
    return "is neither a host nor an address nor a network: give such as images.local, 10.1.0.5 or 10.1.0.0/16"


def _is_public(address: IPAddress) -> bool:
    # 6to4 and Teredo addresses hold an IPv4 address of their own, which a relay would lead to.
    is_tunnel = isinstance(address, ipaddress.IPv6Address) and bool(address.sixtofour or address.teredo)
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_tunnel
