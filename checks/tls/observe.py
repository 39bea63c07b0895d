"""Shakes hands with every address of the target and gathers what belongs to it; decides nothing."""

import asyncio
import ssl
from datetime import datetime, timedelta

from checks.core.check import Context
from checks.core.errors import CannotLook
from checks.net.http.client import Ask, Client
from checks.net.http.failure import NetFailure
from checks.net.tls.failure import Failing
from checks.net.tls.roots import trust
from checks.parse.urls import Url, parse
from checks.tls import beside
from checks.tls.endpoints import look_at
from checks.tls.options import Options
from checks.tls.place import Place, subject
from checks.tls.seen import Endpoint, Memory, Seen

SPARE = 0.05  # seconds kept back so that what was seen is handed in before the deadline
_NO_TLS = (Failing.NOT_TLS, Failing.NO_STARTTLS)
# An audit that found something is done again soon, so that a mended server is seen to be mended.
UNSOUND_AGAIN = timedelta(minutes=15)


async def observe(context: Context[Options, Memory]) -> Seen:
    """Look at every endpoint; raises `CannotLook` when no address can be reached, or for faults of ours."""
    options, memory = context.options, context.memory or Memory()
    url = parse(context.target)
    client = context.net.client(options, context.target)
    believed = trust(options.ca_file)
    at = context.net.clock()
    addresses, complete = await _addresses(client, url, context)
    endpoints = await asyncio.gather(
        *(
            look_at(
                Place(
                    url=url,
                    port=port,
                    addresses=addresses,
                    complete=complete,
                    audit=_audit_due(options, memory, subject(url.host, port), at),
                    again=context.attempt.number > 1,
                ),
                context,
                client,
                believed,
            )
            for port in _ports(context, url)
        )
    )
    _refuse_if_unreached(endpoints)
    if context.attempt.number > 1:  # the first look found something: what was sent is its evidence
        _keep_chains(endpoints, context)
    seen = Seen(
        host=url.host,
        at=at,
        attempt=context.attempt,
        endpoints=tuple(endpoints),
        private_roots=bool(believed.extra),
        trusted_organizations=believed.organizations() if _leads_nowhere(endpoints) else frozenset(),
        private_organizations=frozenset(root.organization for root in believed.extra if root.organization),
    )
    return await beside.gather(seen, context, client)


def _ports(context: Context[Options, Memory], url: Url) -> tuple[int, ...]:
    """The URL's own port and those listed; of a look at some subjects only theirs."""
    ports = tuple(dict.fromkeys((url.port, *context.options.ports)))
    wanted = tuple(port for port in ports if subject(url.host, port) in context.only)
    return wanted or (ports[:1] if context.only else ports)


async def _addresses(client: Client, url: Url, context: Context[Options, Memory]) -> tuple[tuple[str, ...], bool]:
    """Every usable address, and whether the DNS told them all."""
    deadline = context.deadline - SPARE
    ask = Ask(url=url, deadline=deadline, fresh=context.attempt.number > 1)
    try:
        found = await client.addresses(ask)
        answer = await client.router.resolver.addresses(url.host, deadline, overrides=client.router.overrides)
    except NetFailure as failure:
        raise CannotLook("site_unreachable", str(failure)) from None
    if not found:
        raise CannotLook("site_unreachable", f"{url.host} leads to no address that may be looked at")
    return found, answer.complete


def _audit_due(options: Options, memory: Memory, about: str, at: datetime) -> bool:
    if not options.audit:
        return False
    known = memory.of(about)
    if known is None or known.audited is None or at < known.audited:
        return True
    every = timedelta(seconds=options.audit_every)
    return at - known.audited >= (min(every, UNSOUND_AGAIN) if known.unsound or memory.entry_unsound else every)


def _refuse_if_unreached(endpoints: list[Endpoint]) -> None:
    """Nothing of TLS was seen at the URL's own port: what is wrong there is told by who watches whether it is up."""
    main = next((one for one in endpoints if one.main), None)
    failures = [look.failure for look in main.looks if look.failure is not None] if main else []
    if main is None or any(look.told for look in main.looks) or any(one.failing in _NO_TLS for one in failures):
        return
    if failures and all(failure.alert for failure in failures):
        return
    told = "; ".join(f"{look.address}: {look.failure.detail}" for look in main.looks if look.failure is not None)
    raise CannotLook("site_unreachable", told or "no address of a family that this machine has")


def _keep_chains(endpoints: list[Endpoint], context: Context[Options, Memory]) -> None:
    kept: set[str] = set()
    for endpoint in endpoints:
        for look in endpoint.looks:
            if look.chain is not None and look.chain.leaf.sha256 not in kept:
                kept.add(look.chain.leaf.sha256)
                name = f"chain-{look.chain.leaf.sha256[:16]}.pem"
                pem = "".join(ssl.DER_cert_to_PEM_cert(certificate.der) for certificate in look.chain.sent)
                context.files.add("chain", name, "application/pem-certificate-chain", pem.encode())


def _leads_nowhere(endpoints: list[Endpoint]) -> bool:
    chains = [look.chain for one in endpoints for look in one.looks if look.chain is not None]
    return any(chain.leads_nowhere for chain in chains)
