"""Asks the DNS what it says of certificates: who may issue (CAA) and which keys are right (TLSA)."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import dns.asyncbackend
import dns.asyncresolver
import dns.exception
import dns.flags
import dns.resolver
from dns.rdatatype import CAA, TLSA, RdataType

from checks.core.errors import VigieError
from checks.net.dns import TRY, nameserver
from checks.net.resolve import Resolver


class NoAnswer(VigieError):
    """The DNS did not say: neither what there is nor that there is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caa:
    """One CAA record."""

    tag: str  # issue, issuewild, iodef …
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tlsa:
    """One TLSA record."""

    usage: int
    selector: int
    matching: int
    data: bytes


async def caa(resolver: Resolver, name: str, deadline: float) -> tuple[Caa, ...]:
    """Return the CAA records at exactly this name, none when there are none (RFC 8659); raises `NoAnswer`."""
    records, _authentic = await _ask(resolver, name, CAA, deadline)
    return tuple(Caa(tag=_text(one.tag).lower(), value=_text(one.value)) for one in records)


async def tlsa(resolver: Resolver, name: str, deadline: float) -> tuple[Tlsa, ...]:
    """Return the TLSA records that the resolver vouches for by DNSSEC: others mean nothing (RFC 6698, 4.1)."""
    records, authentic = await _ask(resolver, name, TLSA, deadline)
    if not authentic:
        return ()
    return tuple(
        Tlsa(usage=int(one.usage), selector=int(one.selector), matching=int(one.mtype), data=bytes(one.cert))
        for one in records
    )


async def _ask(resolver: Resolver, name: str, kind: RdataType, deadline: float) -> tuple[Iterable[Any], bool]:
    left = deadline - asyncio.get_running_loop().time()
    backend = dns.asyncbackend.get_backend("asyncio")
    try:
        stub = _stub(resolver.nameservers)
        answer = await stub.resolve(name, kind, lifetime=max(left, 0.001), backend=backend, search=False)
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return (), False
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(f"{name} {kind.name}: {error}") from None
    return tuple(answer), bool(answer.response.flags & dns.flags.AD)


@lru_cache(maxsize=8)
def _stub(nameservers: tuple[str, ...]) -> dns.asyncresolver.Resolver:
    """A resolver that also asks whether the answer was validated (RFC 6840, 5.7)."""
    made = dns.asyncresolver.Resolver(configure=not nameservers)
    if nameservers:
        made.nameservers = [nameserver(one) for one in nameservers]
    made.timeout = TRY
    made.set_flags(dns.flags.RD | dns.flags.AD)
    return made


def _text(value: bytes) -> str:
    return value.decode("ascii", "replace")
