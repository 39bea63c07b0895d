"""Name constraints: which names an authority may put into the certificates below it (RFC 5280, 4.2.1.10)."""

import ipaddress
from collections.abc import Iterable

from cryptography import x509

from checks.parse.certificates.read import Certificate


def violated(constraints: x509.NameConstraints, certificate: Certificate) -> str:
    """Return the first name of `certificate` that the constraints of a CA above it forbid, "" when there is none."""
    permitted = tuple(constraints.permitted_subtrees or ())
    excluded = tuple(constraints.excluded_subtrees or ())
    for name in certificate.dns_names:
        if not _dns_allowed(name.lower().removesuffix("."), _dns(permitted), _dns(excluded)):
            return name
    for text in certificate.addresses:
        if not _address_allowed(ipaddress.ip_address(text), _networks(permitted), _networks(excluded)):
            return text
    return ""


def _dns(trees: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    return tuple(tree.value.lower() for tree in trees if isinstance(tree, x509.DNSName))


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(trees: Iterable[x509.GeneralName]) -> tuple[Network, ...]:
    found = (tree.value for tree in trees if isinstance(tree, x509.IPAddress))
    return tuple(net for net in found if isinstance(net, ipaddress.IPv4Network | ipaddress.IPv6Network))


def _dns_allowed(name: str, permitted: tuple[str, ...], excluded: tuple[str, ...]) -> bool:
    if any(_reaches(name, tree) for tree in excluded):
        return False
    return not permitted or any(_within(name, tree) for tree in permitted)


def _within(name: str, tree: str) -> bool:
    base = tree.removeprefix(".")
    if not base:
        return True
    return name.endswith("." + base) or (name == base and not tree.startswith("."))


def _reaches(name: str, tree: str) -> bool:
    """Whether an entry can stand for an excluded name; a wildcard reaches into the tree from one label above it too."""
    base = tree.removeprefix(".")
    return _within(name, tree) or (name.startswith("*.") and base.partition(".")[2] == name[2:])


def _address_allowed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    permitted: tuple[Network, ...],
    excluded: tuple[Network, ...],
) -> bool:
    if any(address in net for net in excluded):
        return False
    return not permitted or any(address in net for net in permitted)
