"""How a handshake failed, as one closed set, whoever noticed: the kernel, OpenSSL or the bytes themselves."""

import errno
import ssl
from dataclasses import dataclass
from enum import StrEnum

from checks.net.http.failure import refuse_our_faults
from checks.net.tls.flight import ALERTS, Flight, Speech


class Failing(StrEnum):
    """What went wrong."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_ROUTE = "no_route"  # this machine has no way to that family of addresses
    CONNECT_TIMEOUT = "connect_timeout"
    TIMEOUT = "timeout"  # connected, and no whole handshake in time
    RESET = "reset"  # cut, or closed without a word of TLS
    ALERT = "alert"
    NOT_TLS = "not_tls"
    TOO_LARGE = "too_large"  # a chain beyond what clients accept
    FAILED = "failed"  # anything else, `detail` says what
    NO_STARTTLS = "no_starttls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there was no handshake, or why it ended badly."""

    failing: Failing
    detail: str = ""
    alert: str = ""  # its registered name
    speech: Speech | None = None  # what a server that is no TLS server spoke
    quiet: bool = False  # the server said nothing at all

    @property
    def connected(self) -> bool:
        """Whether a connection was made."""
        return self.failing not in _UNCONNECTED


_UNCONNECTED = frozenset({Failing.REFUSED, Failing.UNREACHABLE, Failing.NO_ROUTE, Failing.CONNECT_TIMEOUT})
_BROKEN = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN, errno.ESHUTDOWN})
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


def of_connect(error: OSError) -> Failure:
    """Say why a connection was not made; raises `CannotLook` for a limit of this machine."""
    if error.errno in _NO_ROUTE:
        return Failure(failing=Failing.NO_ROUTE, detail=error.strerror or str(error))
    refuse_our_faults(error)
    detail = error.strerror or str(error)
    if isinstance(error, ConnectionRefusedError):
        return Failure(failing=Failing.REFUSED, detail=detail)
    if isinstance(error, TimeoutError):
        return Failure(failing=Failing.CONNECT_TIMEOUT, detail=detail)
    if error.errno in _BROKEN:
        return Failure(failing=Failing.RESET, detail=detail, quiet=True)
    return Failure(failing=Failing.UNREACHABLE, detail=detail)


def of_alert(number: int) -> Failure:
    """Name an alert."""
    name = ALERTS.get(number, f"alert {number}")
    return Failure(failing=Failing.ALERT, alert=name, detail=name)


def of_flight(flight: Flight) -> Failure | None:
    """What a server's first bytes say against it."""
    if flight.not_tls is not None:
        return Failure(failing=Failing.NOT_TLS, detail=flight.not_tls.value, speech=flight.not_tls)
    if flight.alert is not None and not flight.accepted:
        return of_alert(flight.alert)
    return None


def of_tls(error: ssl.SSLError) -> Failure:
    """Say why OpenSSL gave up; an alert it received is told by its reason."""
    reason = error.reason or ""
    if "EXCESSIVE_MESSAGE_SIZE" in reason:
        return Failure(failing=Failing.TOO_LARGE, detail=_words(reason))
    for mark in ("SSLV3_ALERT_", "TLSV1_ALERT_", "TLSV13_ALERT_", "TLSV1_"):
        if reason.startswith(mark):
            name = reason.removeprefix(mark).lower()
            return Failure(failing=Failing.ALERT, alert=name, detail=name)
    if "UNEXPECTED_EOF" in reason or isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Failure(failing=Failing.RESET, detail="closed during the handshake")
    return Failure(failing=Failing.FAILED, detail=_words(reason) or str(error))


def _words(reason: str) -> str:
    return reason.replace("_", " ").lower()
