"""Remembers which certificate chains were found good or bad for which host: a chain seen before is not verified again.

Verifying a chain is half the work of a TLS probe. The handshake's signature is checked all the same, so that a server
must hold the key; a chain that changes by one byte, or outlives its validity, is verified anew.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from checks.net.http.failure import NetFailure
from checks.net.http.openssl import Chain
from checks.parse.validity import NotDer, validity

KEPT: Final = 50_000  # chains
_BAD_FOR: Final = 600.0  # seconds a refusal is believed: what a server repairs must be seen soon
_GOOD_FOR: Final = 86_400.0  # seconds an approval is believed at most
_OF_A_HOST: Final = 8  # chains of one host at once: load balancers rotate a few


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the verifying context said of a chain for a host."""

    chain: Chain  # as sent, DER
    since: float  # Unix time
    until: float
    failure: NetFailure | None = None  # None: good


class Verdicts:
    """Verdicts by trust set and host, then by digest of the chain."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._hosts: OrderedDict[tuple[str, str], dict[bytes, Verdict]] = OrderedDict()

    def knows(self, trust: str, host: str) -> bool:
        """Whether it is worth while to handshake without verifying first."""
        return (trust, host) in self._hosts

    def find(self, trust: str, host: str, chain: Chain) -> Verdict | None:
        """Return what is known of a chain, if it still holds."""
        known = self._hosts.get((trust, host))
        verdict = known.get(digest(chain)) if known else None
        if verdict is None or not verdict.since <= self._clock() < verdict.until:
            return None
        return verdict

    def keep(self, trust: str, host: str, chain: Chain, failure: NetFailure | None, path: Chain = ()) -> None:
        """Keep the verdict on a chain; `path` is the path that was verified, to whose validity an approval is bound."""
        if not chain:
            return
        now = self._clock()
        until = _until(path or chain, now, _GOOD_FOR if failure is None else _BAD_FOR)
        if until <= now:
            return
        known = self._hosts.setdefault((trust, host), {})
        self._hosts.move_to_end((trust, host))
        kept = failure.bare() if failure is not None else None
        known[digest(chain)] = Verdict(chain=chain, since=now - 1, until=until, failure=kept)
        if len(known) > _OF_A_HOST:
            known.pop(next(iter(known)))
        if len(self._hosts) > KEPT:
            self._hosts.popitem(last=False)


def digest(chain: Chain) -> bytes:
    """Return the SHA-256 of a chain, certificates apart."""
    whole = sha256()
    for certificate in chain:
        whole.update(len(certificate).to_bytes(4, "big"))
        whole.update(certificate)
    return whole.digest()


def _until(chain: Chain, now: float, longest: float) -> float:
    """The next instant at which a certificate of the chain begins or ends."""
    bounds = [now + longest]
    for certificate in chain:
        try:
            not_before, not_after = validity(certificate)
        except NotDer:
            return now
        # A certificate is still valid at notAfter itself (RFC 5280, 4.1.2.5); the second after is asked anew.
        bounds += [bound for bound in (not_before.timestamp(), not_after.timestamp()) if bound > now]
    return min(bounds)
