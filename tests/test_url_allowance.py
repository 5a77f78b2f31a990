"""Which addresses an image may be fetched from, and what is no such setting."""

import ipaddress

import pytest

from app.url_allowance import UrlAllowance


def test_url_allowance__admits_mapped_addresses_of_its_networks() -> None:
    mapped = ipaddress.ip_address("::ffff:10.1.2.3")
    assert UrlAllowance.parse("10.0.0.0/8").admits("x", mapped)
    assert not UrlAllowance().admits("x", mapped)


@pytest.mark.parametrize("tunnel", ["2002:0808:0808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"])
def test_url_allowance__refuses_tunnels_to_other_addresses(tunnel: str) -> None:
    assert not UrlAllowance().admits("x", ipaddress.ip_address(tunnel))
    assert UrlAllowance().admits("x", ipaddress.ip_address("2606:4700:4700::1111"))


@pytest.mark.parametrize(
    "text", ["", " , ", "images.local, CAM-1,10.1.0.0/16,10.1.2.3/16,::1,fd00::/8,münchen.local,a_b"]
)
def test_parse__takes_hosts_addresses_and_networks(text: str) -> None:
    UrlAllowance.parse(text)


def test_parse__takes_names_in_any_case() -> None:
    assert UrlAllowance.parse("CAM-1, x").admits("cam-1", ipaddress.ip_address("10.0.0.1"))


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("10.1.0.0/99", "no network"),
        ("images.local/16", "no network"),
        ("cam:8080", "give cam alone"),
        ("10.1.0.5:80", "neither a host"),
        ("http://cam:8080/x", "its host alone"),
        ("10.1.0.300", "neither a host"),
        ("127.1", "neither a host"),
        ("*.local", "neither a host"),
        ("cam 10.1.0.0/16", "no network"),
        ("cam disk", "neither a host"),
        ("[::1]", "neither a host"),
    ],
)
def test_parse__says_which_part_allows_nothing(part: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        UrlAllowance.parse(f"images.local, {part}")
    assert repr(part) in str(refused.value)
