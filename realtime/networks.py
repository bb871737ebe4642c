"""Which addresses are one neighbour, and which are a proxy's."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_network

# What one customer of a provider has at least: https://www.rfc-editor.org/rfc/rfc6177
IPV6_PREFIX_BITS = 64


def network_of(host: str) -> str:
    """The address of an IPv4 host, the /64 of an IPv6 one, or the text itself where it is no address."""
    try:
        address = IPv6Address(host)
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX_BITS), strict=False))


def require_networks(texts: Sequence[str]) -> None:
    """Addresses and networks; or, standing alone, `*` for everybody or `none` for nobody. Raises ValueError."""
    if tuple(texts) not in (("*",), ("none",)):
        for text in texts:
            ip_network(text)
