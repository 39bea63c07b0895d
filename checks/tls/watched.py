"""Which names a certificate is expected to go on covering: the host's own, and its twin with or without www."""

from checks.parse.addresses import written_address
from checks.parse.certificates.names import covers
from checks.parse.certificates.read import Certificate
from checks.tls.seen import Endpoint, Memory


def watched_names(host: str) -> tuple[str, ...]:
    """The host and its twin."""
    if written_address(host) is not None or "." not in host:
        return (host,)
    return (host, host.removeprefix("www.") if host.startswith("www.") else f"www.{host}")


def covered_names(certificate: Certificate, host: str) -> tuple[str, ...]:
    """Those of them that a certificate covers."""
    return tuple(name for name in watched_names(host) if covers(certificate, name))


def lost_names(endpoint: Endpoint, memory: Memory | None) -> tuple[str, ...]:
    """Names other than the host's own that certificates seen before covered and none of today's does."""
    known = memory.of(endpoint.subject) if memory is not None else None
    leaves = [look.chain.leaf for look in endpoint.looks if look.chain is not None]
    if known is None or not leaves:
        return ()
    before = {name for one in known.known for name in one.covers} | {name for name, _since in known.lost}
    before.discard(endpoint.host)
    return tuple(sorted(name for name in before if not any(covers(leaf, name) for leaf in leaves)))
