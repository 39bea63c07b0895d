"""Looks at one address: a whole handshake first and, where that fails, questions by hand."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from checks.net.tls.ask import Answered, ask
from checks.net.tls.failure import Failing, Failure
from checks.net.tls.flight import Speech
from checks.net.tls.hello import Hello, Version
from checks.net.tls.quick import chain_of
from checks.net.tls.shake import Endpoint, Shaken, shake
from checks.net.tls.suites import EVERY
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import BadCertificate
from checks.tls.chains import chain
from checks.tls.seen import Head, Look

NAMES = {"TLSv1.3": "TLS 1.3", "TLSv1.2": "TLS 1.2", "TLSv1.1": "TLS 1.1", "TLSv1": "TLS 1.0", "SSLv3": "SSLv3"}
_BY_HAND = frozenset({Failing.ALERT, Failing.FAILED, Failing.TOO_LARGE, Failing.RESET})
_DEMANDS = frozenset({"certificate_required", "bad_certificate", "handshake_failure", "certificate_unknown"})
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})")
# What nginx says over a connection it made without the client certificate it wants.
_PAGE = b"No required SSL certificate was sent"
SHARE = 0.45  # of the time left that one handshake may take, so that something can still be asked after it
MOST = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How every address of an endpoint is looked at."""

    host: str
    trust: Trust
    deadline: float  # on the loop's clock
    request: bytes = b""


async def look(endpoint: Endpoint, way: Way) -> Look:
    """Return what one address shows; raises `CannotLook` for a limit of this machine, and nothing else."""
    loop = asyncio.get_running_loop()
    left = way.deadline - loop.time()
    soon = loop.time() + min(MOST, left * SHARE)
    shaken = await (shake(endpoint, soon, way.request) if way.request else chain_of(endpoint, soon))
    if shaken.chain:
        return of_shaken(shaken, way.trust)
    failure = shaken.failure or Failure(failing=Failing.FAILED, detail="no certificate came")
    if failure.failing in _BY_HAND:
        seen = await _by_hand(endpoint, way, failure)
        if seen is not None:
            return seen
    if failure.quiet and failure.connected and await _speaks_http(endpoint, way):
        failure = Failure(failing=Failing.NOT_TLS, detail=Speech.HTTP.value, speech=Speech.HTTP)
    return Look(address=endpoint.address, failure=failure)


def of_shaken(shaken: Shaken, trust: Trust) -> Look:
    """What a whole handshake shows."""
    failure = shaken.failure
    head = read_head(shaken.head)
    demands = failure is not None and failure.failing is Failing.ALERT and failure.alert in _DEMANDS
    seen = Look(
        address=shaken.endpoint.address,
        version=NAMES.get(shaken.version, shaken.version),
        seconds=shaken.seconds,
        head=head,
        wants_certificate=demands or (head is not None and head.wants_certificate),
        hung_up=failure is not None and failure.failing is Failing.RESET and head is None,
    )
    return with_chain(seen, shaken.chain, trust)


def with_chain(seen: Look, ders: tuple[bytes, ...], trust: Trust) -> Look:
    """The look with the chain that was sent."""
    try:
        return replace(seen, chain=chain(ders, trust))
    except BadCertificate as error:
        return replace(seen, unreadable=str(error))


async def _by_hand(endpoint: Endpoint, way: Way, failure: Failure) -> Look | None:
    """What a server shows that OpenSSL does not come to terms with; None when it shows nothing by hand either."""
    answered = await _accepted(endpoint, way)
    if answered is None:
        return None
    demands = answered.wants_client_certificate and failure.failing is not Failing.TOO_LARGE
    known = next((version.text for version in Version if version == answered.version), hex(answered.version))
    seen = Look(address=endpoint.address, version=known, wants_certificate=demands, failure=failure)
    return with_chain(seen, answered.chain, way.trust) if answered.chain else seen


async def _accepted(endpoint: Endpoint, way: Way) -> Answered | None:
    for version in (Version.TLS12, Version.TLS11, Version.TLS10, Version.SSL3):
        hello = Hello(version=version, suites=EVERY, server_name=endpoint.server_name)
        answered = await ask(endpoint, hello, way.deadline)
        if answered.accepted:
            return answered
        if not answered.refused:
            return None
    return None


async def _speaks_http(endpoint: Endpoint, way: Way) -> bool:
    """Whether a server that keeps silent before a ClientHello answers a plain request."""
    writer: asyncio.StreamWriter | None = None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(loop.time() + min(MOST, (way.deadline - loop.time()) * SHARE)):
            reader, writer = await asyncio.open_connection(endpoint.address, endpoint.port)
            writer.write(f"GET / HTTP/1.1\r\nHost: {way.host}\r\nConnection: close\r\n\r\n".encode())
            return (await reader.readexactly(5)) == b"HTTP/"
    except (OSError, EOFError):
        return False
    finally:
        if writer is not None:
            writer.transport.abort()


def read_head(data: bytes) -> Head | None:
    """Read the head of an answer; None for what is none."""
    status = _STATUS.match(data)
    if status is None:
        return None
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = [line.partition(b":") for line in head.split(b"\n")[1:]]

    def every(name: bytes) -> tuple[str, ...]:
        return tuple(value.strip().decode("latin-1") for key, _, value in fields if key.strip().lower() == name)

    date = None
    with suppress(ValueError, TypeError, OverflowError, IndexError):
        date = parsedate_to_datetime(next(iter(every(b"date")), ""))
    return Head(
        status=int(status[1]),
        hsts=every(b"strict-transport-security"),
        location=next(iter(every(b"location")), ""),
        date=date if date is not None and date.tzinfo is not None else None,
        wants_certificate=_PAGE in body,
    )
