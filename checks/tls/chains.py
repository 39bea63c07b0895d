"""A chain as sent, read and led to its roots once for as long as neither changes."""

from collections.abc import Iterator
from functools import lru_cache

from checks.parse.certificates.paths import Trust, paths
from checks.parse.certificates.read import BadCertificate, Certificate, read
from checks.tls.seen import Chain

MAX_READ = 50  # certificates of one chain; what follows is counted


@lru_cache(maxsize=4096)
def chain(ders: tuple[bytes, ...], trust: Trust, fetched: tuple[Certificate, ...] = ()) -> Chain:
    """Return the chain that a server sent; raises `BadCertificate` when its own certificate cannot be read."""
    sent = (read(ders[0]), *_readable(ders[1:MAX_READ]))
    return Chain(
        sent=sent,
        paths=paths(sent, trust, fetched),
        count=len(ders),
        size=sum(len(der) for der in ders),
        fetched=fetched,
    )


def _readable(ders: tuple[bytes, ...]) -> Iterator[Certificate]:
    for der in ders:
        try:
            yield read(der)
        except BadCertificate:
            continue
