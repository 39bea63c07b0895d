"""The figures of an endpoint: dates rather than days left, so that they are exact whenever they are read."""

from collections.abc import Iterator
from datetime import datetime

from checks.core.model import Measure
from checks.tls.seen import Endpoint


def of_endpoint(endpoint: Endpoint, now: datetime) -> Iterator[Measure]:
    """Yield the measures; of several addresses the earliest end, the slowest handshake, the longest chain."""
    labels = () if endpoint.main else (("port", str(endpoint.port)),)
    chains = [look.chain for look in endpoint.looks if look.chain is not None]
    if chains:
        leaf = min((chain.leaf for chain in chains), key=lambda leaf: leaf.not_after)
        share = (leaf.not_after - now) / leaf.lifetime
        figures = (
            ("tls_not_after_timestamp_seconds", leaf.not_after.timestamp()),
            ("tls_not_before_timestamp_seconds", leaf.not_before.timestamp()),
            ("tls_lifetime_share_left", max(0.0, share)),
            ("tls_chain_length", float(max(chain.count for chain in chains))),
        )
        for name, value in figures:
            yield Measure(name=name, value=value, labels=labels)
    seconds = [look.seconds for look in endpoint.looks if look.seconds is not None]
    if seconds:
        yield Measure(name="tls_handshake_seconds", value=max(seconds), labels=labels)
    for version in sorted({look.version for look in endpoint.looks if look.version}):
        yield Measure(name="tls_version_info", value=1.0, labels=(*labels, ("version", version)))
