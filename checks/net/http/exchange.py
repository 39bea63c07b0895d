"""What is asked of a server and what came back, as plain data: one exchange, one hop, one visit.

Nothing changes them once they are made, though they are not frozen: a probe makes twenty, and a frozen one takes
nearly three times as long to make.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from checks.net.http.failure import NetFailure
from checks.parse.urls import Url

Headers = tuple[tuple[str, str], ...]

_BODILESS: Final = frozenset({204, 205, 304})
KIB: Final = 1024
MIB: Final = 1024 * KIB


class Oddity(StrEnum):
    """What an answer that browsers accept should not do; never a failure by itself."""

    BARE_LF = "bare_lf"
    NO_REASON = "no_reason_phrase"
    EXTRA_BYTES = "bytes_after_the_message"
    RAW_DEFLATE = "raw_deflate"
    UNKNOWN_ENCODING = "unknown_content_encoding"
    REPEATED_LENGTH = "content_length_repeated"
    LENIENT = "not_strictly_http"
    UNTIL_CLOSE = "body_ends_with_the_connection"
    NO_CLOSE_NOTIFY = "tls_closed_without_notice"
    INTERIM = "interim_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may cost us."""

    head: int = 128 * KIB  # bytes of status line and headers
    fields: int = 300  # header fields
    body: int = 16 * MIB  # bytes, on the wire and decoded
    ratio: int = 500  # decoded bytes for each byte on the wire, once over `ratio_from`
    ratio_from: int = 1 * MIB


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A request for httpx's own transport, which can what our engine cannot: proxies and HTTP/2."""

    method: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    proxy: str = field(default="", repr=False)  # URL; may hold a password
    http2: bool = False


@dataclass(slots=True, kw_only=True)
class Phases:
    """Where the time went, in nanoseconds; a phase that did not happen lasted 0."""

    resolve: int = 0
    connect: int = 0
    tls: int = 0
    processing: int = 0  # from the request sent to the head of the answer
    transfer: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.resolve + self.connect + self.tls + self.processing + self.transfer


@dataclass(slots=True, kw_only=True)
class Handshake:
    """The TLS handshake of one connection, also of one that failed."""

    host: str  # the name asked for
    port: int
    address: str
    chain: tuple[bytes, ...]  # DER, as sent; empty when none came
    version: str = ""  # as OpenSSL names it: TLSv1.3
    cipher: str = ""
    failure: NetFailure | None = None


@dataclass(slots=True, kw_only=True)
class Reply:
    """An answer whose head came whole; its body may be cut when the hop failed."""

    status: int
    reason: str
    version: str  # "1.1"
    headers: Headers  # in order, as received
    body: bytes = field(default=b"", repr=False)  # decoded
    wire: int = 0  # bytes of the body as transferred, without chunk framing
    length: int = -1  # Content-Length; -1: not said
    partial: bool = False  # the rest of the body was not wanted
    oddities: tuple[Oddity, ...] = ()

    def header(self, name: str) -> str | None:
        """The first field of that name."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return None

    def all(self, name: str) -> tuple[str, ...]:
        """Every field of that name."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)


@dataclass(slots=True, kw_only=True)
class Tried:
    """One address and how it failed; None: it answered."""

    address: str
    failure: NetFailure | None = None
    took: int = 0  # nanoseconds, of one that failed


@dataclass(slots=True, kw_only=True)
class Heard:
    """What one connection to one address gave."""

    reply: Reply | None = None  # None: no whole head came
    failure: NetFailure | None = None  # None: the answer is whole
    connect: int = 0  # phases, nanoseconds
    tls: int = 0
    processing: int = 0
    transfer: int = 0
    handshake: Handshake | None = None


@dataclass(slots=True, kw_only=True)
class Hop:
    """One URL of a visit: every address that was tried, and what was heard."""

    url: Url
    method: str
    tried: tuple[Tried, ...] = ()
    untried: tuple[str, ...] = ()  # further addresses of the name, left alone because one answered
    lacking: tuple[str, ...] = ()  # addresses of a family that this machine cannot use: out of the run
    complete: bool = True  # False: the DNS did not tell all addresses
    phases: Phases = field(default_factory=Phases)
    handshake: Handshake | None = None
    reply: Reply | None = None
    failure: NetFailure | None = None
    proxied: bool = False  # the address is the proxy's affair: `tried` holds the host's name

    @property
    def bodiless(self) -> bool:
        """Whether the answer can have no body, whatever it says (RFC 9110, 6.4.1 and 15.3.6)."""
        return self.method == "HEAD" or (self.reply is not None and self.reply.status in _BODILESS)

    @property
    def address(self) -> str:
        """The address that answered or failed last; "" when none was reached for."""
        return self.tried[-1].address if self.tried else ""


@dataclass(slots=True, kw_only=True)
class Visit:
    """A URL followed to its end: at least one hop, and why it failed if it did."""

    hops: tuple[Hop, ...]
    failure: NetFailure | None = None

    @property
    def last(self) -> Hop:
        """Where the visit ended."""
        return self.hops[-1]

    @property
    def reply(self) -> Reply | None:
        """The answer it ended with, if one came."""
        return self.hops[-1].reply
