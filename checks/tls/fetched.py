"""What certificates point to: the issuers a server forgot to send, and the lists of those that were revoked."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from checks.core.clock import Clock
from checks.net.feeds import BadFeed, Feeds, Fetches, Had, Problem, Source, named_after
from checks.parse.certificates.bundle import certificates_of
from checks.parse.certificates.made import made_by
from checks.parse.certificates.paths import End, Trust
from checks.parse.certificates.read import Certificate
from checks.parse.certificates.revocation import MAX_CRL, BadList, fresh, out_of_scope, read_list, revoked, signed_by
from checks.tls.chains import chain
from checks.tls.seen import Chain, Listed

DAY = 86400.0
KEEP_LIST = DAY / 6  # so that a revocation is known after four hours at most
KEEP_ISSUER = 30 * DAY
MAX_ISSUER = 64 * 1024
OTHERS = "others"  # the problem of a list that is about other certificates
MAX_MISSING = 4  # certificates fetched to complete one chain
# Certificates so short-lived need no revocation (CA/Browser Forum baseline requirements, 7.1.2.11.2).
SHORT_LIVED = timedelta(days=7)


async def completed(found: Chain, trust: Trust, feeds: Feeds, client: Fetches, deadline: float) -> Chain:
    """Return the chain with the issuers that its certificates say where to get, where the server sent none."""
    for _ in range(MAX_MISSING):
        best = found.paths[0]
        if best.end is not End.UNKNOWN:
            break
        issuer = await _issuer(best.certificates[-1], feeds, client, deadline)
        if issuer is None or issuer in found.fetched:
            break
        found = chain(tuple(c.der for c in found.sent), trust, (*found.fetched, issuer))
    return found


async def _issuer(child: Certificate, feeds: Feeds, client: Fetches, deadline: float) -> Certificate | None:
    def verify(data: bytes) -> None:
        if not any(made_by(child, one) for one in certificates_of(data)):
            raise BadFeed(Problem.FORGED, "not the certificate of the issuer")

    for url in child.issuer_urls:
        name = named_after("issuer", f"{url} {child.issuer.hex()}")
        source = Source(name=name, url=url, keep=KEEP_ISSUER, max_bytes=MAX_ISSUER, verify=verify)
        had = await feeds.get(source, client, deadline)
        if isinstance(had, Had):
            return next((one for one in certificates_of(had.data) if made_by(child, one)), None)
    return None


async def listed(
    chains: Iterable[Chain], feeds: Feeds, client: Fetches, deadline: float, clock: Clock
) -> tuple[Listed, ...]:
    """Return what the revocation lists say of every certificate on the paths used."""
    pairs = dict.fromkeys(
        (child, issuer)
        for one in chains
        for child, issuer in zip(one.paths[0].certificates, one.paths[0].certificates[1:], strict=False)
        if child.crls and child.lifetime > SHORT_LIVED
    )
    return tuple(await asyncio.gather(*(_listed(*pair, feeds, client, deadline, clock) for pair in pairs)))


async def _listed(
    child: Certificate, issuer: Certificate, feeds: Feeds, client: Fetches, deadline: float, clock: Clock
) -> Listed:
    answer = Listed(certificate=child, url=child.crls[0], problem=Problem.UNAVAILABLE.value)
    for url in child.crls:
        source = _source(url, issuer, clock)
        had = await feeds.get(source, client, deadline)
        if not isinstance(had, Had):
            answer = replace(answer, url=url, problem=had.problem.value, detail=had.detail)
            continue
        crl = read_list(had.data)
        others = out_of_scope(crl, child)
        if others:
            answer = replace(answer, url=url, problem=OTHERS, detail=others)
            continue
        return Listed(
            certificate=child,
            url=url,
            this_update=crl.this_update,
            next_update=crl.next_update,
            revoked=revoked(crl, child.serial),
        )
    return answer


def _source(url: str, issuer: Certificate, clock: Clock) -> Source:
    def verify(data: bytes) -> float | None:
        try:
            crl = read_list(data)
        except BadList as error:
            raise BadFeed(Problem.UNREADABLE, str(error)) from None
        if not signed_by(crl, issuer):
            raise BadFeed(Problem.FORGED, f"not signed by {issuer.title}")
        if crl.partial:
            raise BadFeed(Problem.UNREADABLE, "it only holds a part of what was revoked")
        if not fresh(crl, clock()):
            until = f"{crl.next_update:%Y-%m-%d %H:%M} UTC" if crl.next_update else "a day it does not say"
            raise BadFeed(Problem.STALE, f"it was good until {until}")
        return crl.next_update.timestamp() if crl.next_update else None

    name = named_after("crl", f"{url} {issuer.key.sha256}")
    return Source(name=name, url=url, keep=KEEP_LIST, max_bytes=MAX_CRL, verify=verify)
