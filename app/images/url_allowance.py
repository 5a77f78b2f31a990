"""Which addresses an image may be fetched from."""

import ipaddress
from dataclasses import dataclass, field

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class UrlAllowance:
    """The hosts and networks that may be reached although they are not public: `PREDICT_URL_ALLOW`."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPNetwork, ...] = field(default=())

    @classmethod
    def parse(cls, parts: tuple[str, ...]) -> "UrlAllowance":
        """Read names, addresses and networks in CIDR form."""
        hosts, networks = set(), []
        for part in parts:
            try:
                networks.append(ipaddress.ip_network(part, strict=False))
            except ValueError:
                hosts.add(part.lower())
        return cls(frozenset(hosts), tuple(networks))

    def admits(self, host: str, address: IPAddress) -> bool:
        plain = address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
        return host.lower() in self.hosts or any(plain in network for network in self.networks) or _is_public(plain)


def _is_public(address: IPAddress) -> bool:
    # 6to4 and Teredo addresses hold an IPv4 address of their own, which a relay would lead to.
    is_tunnel = isinstance(address, ipaddress.IPv6Address) and bool(address.sixtofour or address.teredo)
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_tunnel
