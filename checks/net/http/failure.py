"""One shape for all that can go wrong on the network, and the only place that translates foreign exceptions into it."""

import errno
import os
import ssl
from collections.abc import Iterator
from enum import StrEnum

from checks.core.errors import CannotLook, VigieError


class Stage(StrEnum):
    """How far a visit came."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    HEADERS = "headers"
    BODY = "body"
    REDIRECT = "redirect"


class Reason(StrEnum):
    """Why a visit failed: the network's share of the closed set that findings carry as `reason`."""

    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_TIMEOUT = "dns_timeout"
    DNS_SERVFAIL = "dns_servfail"
    DNS_NO_ADDRESS = "dns_no_address"
    DNS_PRIVATE = "dns_private"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_UNREACHABLE = "connect_unreachable"
    CONNECT_RESET = "connect_reset"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_SELF_SIGNED = "tls_self_signed"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_NOT_TLS = "tls_not_tls"
    TIMEOUT_HEADERS = "timeout_headers"
    TIMEOUT_BODY = "timeout_body"
    TRUNCATED = "truncated"
    BAD_ENCODING = "bad_encoding"
    BAD_HTTP = "bad_http"
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_LIMIT = "redirect_limit"
    REDIRECT_BAD = "redirect_bad"
    REDIRECT_FOREIGN = "redirect_foreign"
    REDIRECT_DOWNGRADE = "redirect_downgrade"
    REDIRECT_GUARDED = "redirect_guarded"
    TOO_LARGE = "too_large"


class NetFailure(VigieError):
    """What the network did to us: `detail` is the raw reason, for a person."""

    def __init__(self, stage: Stage, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason.value)
        self.stage = stage
        self.reason = reason
        self.detail = detail

    def bare(self) -> "NetFailure":
        """Return the same to be kept: one that was raised holds the frames it went through, more each time."""
        return NetFailure(self.stage, self.reason, self.detail)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NetFailure):
            return NotImplemented
        return (self.stage, self.reason, self.detail) == (other.stage, other.reason, other.detail)

    def __hash__(self) -> int:
        return hash((self.stage, self.reason, self.detail))

    def __repr__(self) -> str:
        return f"NetFailure({self.stage.value}, {self.reason.value}, {self.detail!r})"


_OUR_LIMITS = frozenset({
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.ENOSPC, errno.EADDRNOTAVAIL, errno.EPERM,
})  # fmt: skip
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL})
_BROKEN = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN, errno.ESHUTDOWN})

# X509_V_ERR_* of OpenSSL's x509_vfy.h; every other verification error is a chain that leads to no root of ours.
_VERDICTS = {
    9: Reason.TLS_NOT_YET_VALID,
    10: Reason.TLS_EXPIRED,
    18: Reason.TLS_SELF_SIGNED,
    62: Reason.TLS_WRONG_HOST,
    63: Reason.TLS_WRONG_HOST,
    64: Reason.TLS_WRONG_HOST,
}
_NOT_TLS = frozenset({"wrong version number", "http request", "https proxy request", "unknown protocol"})


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def ours(error: BaseException) -> bool:
    """Whether an error is a limit of this machine rather than the network's doing."""
    return not isinstance(error, OSError) or error.errno in _OUR_LIMITS


def refuse_our_faults(error: BaseException) -> None:
    """Raise `CannotLook` when the cause is a limit of this machine: descriptors, memory, ports, a local firewall."""
    for cause in chain_of(error):
        if isinstance(cause, MemoryError):
            raise CannotLook("resources", "out of memory") from None
        if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and cause.errno in _OUR_LIMITS:
            raise CannotLook("resources", f"{errno.errorcode[cause.errno or 0]}: {cause.strerror or cause}") from None


def of_connect(error: OSError) -> NetFailure:
    """Say why a connection was not made; raises `CannotLook` for our own limits."""
    refuse_our_faults(error)
    detail = _plain(error)
    if error.errno == errno.EACCES:  # connect(2): a local firewall rule
        raise CannotLook("resources", f"this machine forbids the connection: {detail}") from None
    if isinstance(error, ConnectionRefusedError):
        return NetFailure(Stage.CONNECT, Reason.CONNECT_REFUSED, detail)
    if isinstance(error, TimeoutError):  # the kernel gave up before we did
        return NetFailure(Stage.CONNECT, Reason.CONNECT_TIMEOUT, detail)
    if error.errno in _BROKEN:
        return NetFailure(Stage.CONNECT, Reason.CONNECT_RESET, detail)
    if error.errno in _UNREACHABLE:
        return NetFailure(Stage.CONNECT, Reason.CONNECT_UNREACHABLE, detail)
    return NetFailure(Stage.CONNECT, Reason.CONNECT_UNREACHABLE, detail)


def of_tls(error: ssl.SSLError) -> NetFailure:
    """Say why a handshake of the interpreter's own `ssl` failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return of_verdict(error.verify_code, error.verify_message or _plain(error))
    return of_handshake(error.reason or _plain(error))


def of_verdict(verdict: int, words: str, host: str = "") -> NetFailure:
    """Say what is wrong with a chain; `verdict` is an X509_V_ERR_*."""
    reason = _VERDICTS.get(verdict, Reason.TLS_UNTRUSTED)
    if reason is Reason.TLS_WRONG_HOST and host:
        words = f"{words}: the certificate is not valid for {host!r}"
    return NetFailure(Stage.TLS, reason, words)


def of_handshake(words: str) -> NetFailure:
    """Say why a handshake failed that did not fail over the chain."""
    plain = words.replace("_", " ").lower()
    return NetFailure(Stage.TLS, Reason.TLS_NOT_TLS if plain in _NOT_TLS else Reason.TLS_HANDSHAKE, plain)


def _plain(error: OSError) -> str:
    """The system's own words: asyncio puts the call and the address in their place."""
    if error.errno in errno.errorcode and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno or 0)
    return error.strerror or str(error) or type(error).__name__
