"""Looks up what the DNS says of a host's certificates: its CAA records, and the TLSA records of its ports."""

from checks.net.records import NoAnswer, caa, tlsa
from checks.net.resolve import Resolver
from checks.parse.addresses import is_localhost, written_address
from checks.tls.seen import Records, Tlsa

MAX_LABELS = 10
WAIT = 5.0  # seconds at most for all of it
# Names that stand in no public DNS (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
_NOWHERE = (".test", ".example", ".invalid", ".localhost", ".local", ".internal", ".home.arpa", ".alt")


def stands_in_dns(host: str, overrides: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    """Whether the DNS can be asked about a host: it is a public name, and its addresses were not written by hand."""
    if written_address(host) is not None or is_localhost(host) or "." not in host or host.endswith(_NOWHERE):
        return False
    return all(name.lower() != host for name, _addresses in overrides)


async def look_up(resolver: Resolver, host: str, ports: tuple[int, ...], deadline: float) -> Records:
    """Return the records; none were `asked` when the resolver gave no answer. Raises nothing."""
    try:
        zone, issuers, wild = await _issuers(resolver, host, deadline)
        keys = [
            Tlsa(port=port, usage=one.usage, selector=one.selector, matching=one.matching, data=one.data)
            for port in ports
            for one in await tlsa(resolver, f"_{port}._tcp.{host}", deadline)
        ]
    except NoAnswer:
        return Records(asked=False)
    return Records(zone=zone, issuers=issuers, wild=wild, tlsa=tuple(keys))


async def _issuers(
    resolver: Resolver, host: str, deadline: float
) -> tuple[str, tuple[str, ...] | None, tuple[str, ...] | None]:
    """Climb from the host towards the root to the first name that has CAA records (RFC 8659, 3)."""
    labels = host.split(".")
    for index in range(min(len(labels), MAX_LABELS)):
        name = ".".join(labels[index:])
        records = await caa(resolver, name, deadline)
        if records:
            issue = [_domain(one.value) for one in records if one.tag == "issue"]
            wild = [_domain(one.value) for one in records if one.tag == "issuewild"]
            return name, _allowed(issue), _allowed(wild)
    return "", None, None


def _allowed(values: list[str]) -> tuple[str, ...] | None:
    """No property of a kind restricts nothing; an empty name restricts everything."""
    return tuple(value for value in values if value) if values else None


def _domain(value: str) -> str:
    """The issuer's name, without the parameters behind it."""
    return value.partition(";")[0].strip().lower().removesuffix(".")
