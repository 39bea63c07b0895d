"""Whether a certificate is for a host: RFC 9525, subjectAltName alone, as browsers hold it."""

import ipaddress
from functools import lru_cache

from checks.parse.certificates.read import Certificate


def covers(certificate: Certificate, host: str) -> bool:
    """Whether the certificate names `host` (normalised: lower-case A-labels, or an address without brackets).

    An address only matches an iPAddress entry, a name only a dNSName entry (RFC 9525, 6.3 and 6.5).
    """
    address = as_address(host)
    if address is not None:
        return any(as_address(entry) == address for entry in certificate.addresses)
    return any(matches(entry, host) for entry in certificate.dns_names)


@lru_cache(maxsize=65536)
def matches(pattern: str, host: str) -> bool:
    """Whether a dNSName entry covers a host name.

    A wildcard stands for exactly one label, whole and leftmost, with at least two labels behind it (`*.test` is refused
    by browsers, `www*.acme.test` and `*.*.acme.test` by RFC 9525, 6.3).
    """
    pattern, host = _normal(pattern), _normal(host)
    if not pattern or not host:
        return False
    first, dot, rest = pattern.partition(".")
    if "*" not in pattern:
        return pattern == host
    if first != "*" or not dot or "*" in rest or "." not in rest:
        return False
    label, _, parent = host.partition(".")
    return bool(label) and parent == rest


def as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `text` is, or None."""
    if not text or text[-1] not in "0123456789abcdefABCDEF:" or (":" not in text and not text[-1].isdigit()):
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _normal(name: str) -> str:
    """One trailing dot is the root's; a U-label in a certificate is malformed but means its A-label."""
    name = name.lower().removesuffix(".")
    if name.isascii():
        return name
    import idna  # its tables are needed by few names

    try:
        return idna.encode(name, uts46=True, std3_rules=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""
