"""Which addresses of the network are public, and what a host name resolves to."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import anyio.to_thread

from .errors import FetchRefused

# IANA's special-purpose registries, without their exceptions: nobody has a web site there. `ipaddress.is_global` of
# Python 3.11 lets NAT64, 6to4, multicast, site-local and IPv4-compatible addresses pass.
SPECIAL_V4 = [
    ip_network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's host service, the one metadata address in public space
    )
]  # fmt: skip
UNICAST_V6 = ip_network("2000::/3")  # the only global one; mapped, NAT64, unique local, link-local and multicast lie outside
SPECIAL_V6 = [
    ip_network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")  # Teredo is in the first
]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the open internet."""
    if isinstance(address, IPv4Address):
        return not any(address in net for net in SPECIAL_V4)
    return address in UNICAST_V6 and not any(address in net for net in SPECIAL_V6)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host in the order to try them. Raises FetchRefused `unreachable`.

    The system's resolver also reads the odd spellings (`127.1`, `0x7f000001`, `2130706433`): what it makes of them is checked.
    """
    try:
        # Abandoned, because a dead name server must not hold the caller past its time limit.
        return await anyio.to_thread.run_sync(_look_up, host, port, abandon_on_cancel=True)
    except (OSError, UnicodeError):
        raise FetchRefused("unreachable", f"The host {host} was not found") from None


async def resolve_public(host: str, port: int) -> list[str]:
    """As `resolve`, but raises FetchRefused `private_address` when any of the addresses is not public."""
    addresses = await resolve(host, port)
    if not all(is_public(ip_address(address)) for address in addresses):
        raise FetchRefused("private_address", f"The host {host} is not on the public internet")
    return addresses


def _look_up(host: str, port: int) -> list[str]:
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
