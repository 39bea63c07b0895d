"""Asks the DNS for both families of addresses at once, and says how it failed: no such name, failure or silence."""

import asyncio
import socket
from dataclasses import dataclass

import dns.asyncbackend
import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from dns.rdatatype import AAAA, A, RdataType

from checks.core.errors import CannotLook
from checks.net.http.failure import NetFailure, Reason, Stage

TRY = 2.0  # seconds one server is given before it is asked again, or the next one is
SPARE = 0.25  # seconds kept back to find out why nobody answered; dnspython itself oversleeps by 0.1
GRACE = 1.0  # seconds the slower family is waited for once the other has answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Addresses of one name; IPv6 first, as clients prefer it (RFC 6724)."""

    found: tuple[str, ...]
    ttl: float
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """What one question gave: addresses, or how it failed (neither: the name has none of this family)."""

    found: tuple[str, ...] = ()
    ttl: float = 0.0
    failure: NetFailure | CannotLook | None = None


class Names:
    """One stub resolver."""

    def __init__(self, nameservers: tuple[str, ...] = ()) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=not nameservers)
        self._backend = dns.asyncbackend.get_backend("asyncio")
        if nameservers:
            self._resolver.nameservers = [nameserver(one) for one in nameservers]
        self._resolver.timeout = TRY
        self._resolver.retry_servfail = False

    async def addresses(self, host: str, deadline: float) -> Found:
        """Return the addresses of `host`; raises `NetFailure` and `CannotLook`."""
        left = deadline - asyncio.get_running_loop().time() - SPARE
        questions = [asyncio.ensure_future(self._family(host, kind, left)) for kind in (AAAA, A)]
        try:
            _, pending = await asyncio.wait(questions, return_when=asyncio.FIRST_COMPLETED)
            if pending and any(question.result().found for question in questions if question.done()):
                await asyncio.wait(pending, timeout=GRACE)
            elif pending:
                await asyncio.wait(pending)
            families = [question.result() if question.done() else None for question in questions]
            if all(family is not None and _is_silence(family) for family in families) and await self._nobody_listens():
                raise CannotLook("resolver", "no name server listens where this machine is told to ask")
            return _together(families)
        finally:
            for question in questions:
                question.cancel()
            await asyncio.gather(*questions, return_exceptions=True)

    async def _nobody_listens(self) -> bool:
        """Whether every name server's machine refuses questions: then the silence is ours."""
        servers = [_endpoint(server, self._resolver.port) for server in self._resolver.nameservers]
        refused = await asyncio.gather(*(_refuses(*server) for server in servers if server is not None))
        return bool(refused) and all(refused)

    async def _family(self, host: str, kind: RdataType, lifetime: float) -> _Family:
        try:
            answer = await self._resolver.resolve(
                host, kind, lifetime=max(lifetime, 0.001), backend=self._backend, search="." not in host
            )
        except dns.resolver.NoAnswer as error:
            return _Family(ttl=_negative_ttl(error))
        except dns.exception.DNSException as error:
            return _Family(failure=_failure(error))
        except OSError as error:
            return _Family(failure=CannotLook("resolver", f"the resolver cannot be reached: {error}"))
        found = tuple(record.address for record in answer)
        return _Family(found=found, ttl=float(answer.chaining_result.minimum_ttl))


def _endpoint(server: str | dns.nameserver.Nameserver, port: int) -> tuple[str, int] | None:
    if isinstance(server, dns.nameserver.Do53Nameserver):
        return server.address, server.port
    return (server, port) if isinstance(server, str) and "://" not in server else None


async def _refuses(address: str, port: int) -> bool:
    """Whether a datagram to this port comes back as an ICMP error."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect((address, port))
            probe.send(b"\0" * 12)
            async with asyncio.timeout(SPARE / 5):
                await loop.sock_recv(probe, 16)
        except TimeoutError:
            return False
        except OSError:
            return True
    return False


def _is_silence(family: _Family) -> bool:
    return isinstance(family.failure, NetFailure) and family.failure.reason is Reason.DNS_TIMEOUT


def nameserver(text: str) -> dns.nameserver.Nameserver:
    """Return the name server that "address" or "address:port" means."""
    address, _, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "53")
    return dns.nameserver.Do53Nameserver(address, int(port))


def _negative_ttl(error: dns.resolver.NoAnswer) -> float:
    response = error.kwargs.get("response")
    ttls = [rrset.ttl for rrset in getattr(response, "authority", ())]
    return float(min(ttls, default=0))


def _failure(error: dns.exception.DNSException) -> NetFailure | CannotLook:
    match error:
        case dns.resolver.NXDOMAIN():
            return NetFailure(Stage.RESOLVE, Reason.DNS_NXDOMAIN, "NXDOMAIN")
        case dns.resolver.LifetimeTimeout():
            return NetFailure(Stage.RESOLVE, Reason.DNS_TIMEOUT, "no answer in time")
        case dns.resolver.NoNameservers():
            return _all_failed(error)
        case dns.resolver.NoResolverConfiguration():
            return CannotLook("resolver", "no name server is configured on this machine")
        case dns.exception.Timeout():
            return NetFailure(Stage.RESOLVE, Reason.DNS_TIMEOUT, "no answer in time")
        case dns.name.NameTooLong() | dns.name.LabelTooLong() | dns.name.EmptyLabel() | dns.name.BadEscape():
            return NetFailure(Stage.RESOLVE, Reason.DNS_NXDOMAIN, f"not a name the DNS can hold: {error}")
        case _:
            return NetFailure(Stage.RESOLVE, Reason.DNS_SERVFAIL, f"{type(error).__name__}: {error}")


def _all_failed(error: dns.resolver.NoNameservers) -> NetFailure | CannotLook:
    """Tell servers that answered badly from servers that our machine cannot even reach."""
    errors = error.kwargs.get("errors", [])
    if errors and all(isinstance(entry[3], OSError) for entry in errors):
        return CannotLook("resolver", f"no name server can be reached: {errors[-1][3]}")
    said = ", ".join(dict.fromkeys(str(entry[3]) for entry in errors if not isinstance(entry[3], OSError)))
    return NetFailure(Stage.RESOLVE, Reason.DNS_SERVFAIL, said or "no server answered usefully")


def _together(families: list[_Family | None]) -> Found:
    found = tuple(address for family in families if family for address in family.found)
    answered = [family for family in families if family and family.failure is None]
    if found:
        ttl = min(family.ttl for family in families if family and family.found)
        return Found(found=found, ttl=ttl, complete=len(answered) == len(families))
    failures = [family.failure for family in families if family and family.failure]
    if not failures:
        raise NetFailure(
            Stage.RESOLVE, Reason.DNS_NO_ADDRESS, "the name exists but has neither an A nor an AAAA record"
        )
    raise max(failures, key=_weight)


def _weight(failure: NetFailure | CannotLook) -> int:
    """Which of two failures to believe: a fault of ours before all, and an answer before silence."""
    if isinstance(failure, CannotLook):
        return 9
    return {Reason.DNS_NXDOMAIN: 3, Reason.DNS_SERVFAIL: 2}.get(failure.reason, 1)
