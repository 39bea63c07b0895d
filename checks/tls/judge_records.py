"""Judges what the DNS says of certificates: who may issue (CAA, RFC 8659) and which key is the right one (DANE)."""

from collections.abc import Iterator
from hashlib import sha256, sha512

from checks.core.model import Finding
from checks.parse.certificates.read import Certificate
from checks.tls.fault import about
from checks.tls.issuers import caa_names
from checks.tls.rules_service import CAA_FORBIDS, DANE_MISMATCH
from checks.tls.seen import Chain, Endpoint, Records, Seen, Tlsa

_END_ENTITY = frozenset({1, 3})  # usages that are about the server's own certificate (RFC 6698, 2.1.1)


def judge_records(seen: Seen) -> Iterator[Finding]:
    """Yield records that speak against a certificate in use."""
    if seen.records is None:
        return
    for endpoint in seen.endpoints:
        chains = [look.chain for look in endpoint.looks if look.chain is not None]
        if chains:
            yield from _caa(seen, seen.records, chains[0])
            yield from _dane(seen, seen.records, endpoint, chains)


def _caa(seen: Seen, records: Records, chain: Chain) -> Iterator[Finding]:
    leaf = chain.leaf
    wanted = caa_names(leaf.issuer_organization)
    wildcard = any(name.startswith("*.") for name in leaf.dns_names)
    allowed = records.wild if wildcard and records.wild is not None else records.issuers
    if allowed is None or not wanted or set(wanted) & set(allowed):
        return
    yield CAA_FORBIDS.found(
        seen.host,
        host=seen.host,
        zone=records.zone,
        records=allowed or (";",),
        wanted=wanted[0],
        **about(leaf),
    )


def _dane(seen: Seen, records: Records, endpoint: Endpoint, chains: list[Chain]) -> Iterator[Finding]:
    published = [record for record in records.tlsa if record.port == endpoint.port]
    if not published:
        return
    for look, chain in zip((look for look in endpoint.looks if look.chain is not None), chains, strict=True):
        if not any(_matches(record, chain) for record in published):
            digest = sha256(chain.leaf.spki).hexdigest()
            yield DANE_MISMATCH.found(
                seen.host,
                where=f"{endpoint.subject} ({look.address})",
                name=f"_{endpoint.port}._tcp.{seen.host}",
                wanted=f"3 1 1 {digest}",
                addresses=(look.address,),
                **about(chain.leaf),
            )
            return


def _matches(record: Tlsa, chain: Chain) -> bool:
    certificates = chain.sent[:1] if record.usage in _END_ENTITY else chain.paths[0].certificates[1:] + chain.sent[1:]
    return any(_association(record, certificate) == record.data for certificate in certificates)


def _association(record: Tlsa, certificate: Certificate) -> bytes:
    """What the record should hold for a certificate (RFC 6698, 2.1.2 and 2.1.3)."""
    content = certificate.der if record.selector == 0 else certificate.spki
    match record.matching:
        case 0:
            return content
        case 1:
            return sha256(content).digest()
        case 2:
            return sha512(content).digest()
        case _:
            return b""
