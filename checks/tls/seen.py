"""What a look at an endpoint brings home; nothing in it is judged."""

from dataclasses import dataclass, field
from datetime import datetime

from checks.core.check import Looking
from checks.net.preload import Preloaded
from checks.net.tls.failure import Failure
from checks.net.tls.hello import Version
from checks.net.tls.suites import Weakness
from checks.parse.certificates.paths import End, Path
from checks.parse.certificates.read import Certificate
from checks.parse.certificates.revocation import Revoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain as it was sent, with every way it leads."""

    sent: tuple[Certificate, ...]  # the server's own first; the readable ones among the first fifty
    paths: tuple[Path, ...]  # best first
    count: int  # certificates sent
    size: int  # bytes sent
    fetched: tuple[Certificate, ...] = ()  # what the server should have sent, from where its certificates say

    @property
    def leaf(self) -> Certificate:
        """The server's own certificate."""
        return self.sent[0]

    @property
    def leads_nowhere(self) -> bool:
        """Whether every way ends at an issuer whose certificate nobody has."""
        return self.paths[0].end is End.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an address accepts, asked by hand."""

    versions: tuple[Version, ...]  # accepted, oldest first
    weak: tuple[tuple[Weakness, int], ...] = ()  # accepted classes, each with one suite
    static: int = 0  # a suite without forward secrecy that is accepted; 0: none is
    forward: bool = True  # suites with forward secrecy are accepted
    stapled: bool | None = None  # None: not asked, or not to be known
    unanswered: frozenset[str] = frozenset()  # questions that got no answer: versions, weak, static, forward
    demands: bool = False  # asks for a client certificate, and closes where none comes
    others: tuple[Chain, ...] = ()  # chains shown to clients that offer something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of the answer to a request over the connection."""

    status: int
    hsts: tuple[str, ...] = ()  # Strict-Transport-Security fields, in order
    location: str = ""
    date: datetime | None = None  # what time the server believes it is
    wants_certificate: bool = False  # the page says that a client certificate is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One address of an endpoint."""

    address: str
    chain: Chain | None = None
    version: str = ""  # "TLS 1.3"; "" when nothing was agreed on
    seconds: float | None = None  # of connection and handshake; None: another check's handshake was used
    head: Head | None = None
    audit: Audit | None = None
    wants_certificate: bool = False  # refuses those who have none
    hung_up: bool = False  # closed a sound connection without a word of answer
    unreadable: str = ""  # why the certificate it sent cannot be read
    failure: Failure | None = None

    @property
    def told(self) -> bool:
        """Whether anything can be said of it but how it failed."""
        return self.chain is not None or bool(self.version) or bool(self.unreadable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """What is shown to a client that names no site."""

    chain: Chain | None
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A host and port, at every address of the host."""

    subject: str
    host: str
    port: int
    looks: tuple[Look, ...]
    main: bool = True  # the URL's own port
    complete: bool = True  # False: the DNS did not tell all addresses
    default: Default | None = None  # None: not looked at

    @property
    def reached(self) -> tuple[Look, ...]:
        """The looks that saw a certificate."""
        return tuple(look for look in self.looks if look.chain is not None)

    @property
    def failed(self) -> tuple[Look, ...]:
        """The looks that tell only how they failed."""
        return tuple(look for look in self.looks if not look.told)

    @property
    def audited(self) -> bool:
        """Whether every address that tells something was also asked what it accepts."""
        told = [look for look in self.looks if look.told]
        return bool(told) and all(look.audit is not None for look in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer on the way from http."""

    url: str
    status: int
    leads_to: str = ""  # "" where it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What who types the bare name meets."""

    url: str
    steps: tuple[Step, ...] = ()
    closed: bool = False  # nobody listens there
    loop: bool = False
    problem: str = ""  # why it could not be followed further


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the revocation list of one certificate says."""

    certificate: Certificate
    url: str
    problem: str = ""  # "", unavailable, unreadable, forged, stale or others
    detail: str = ""
    this_update: datetime | None = None
    next_update: datetime | None = None
    revoked: Revoked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """When the issuer wants the certificate replaced (RFC 9773)."""

    certificate: Certificate
    start: datetime
    end: datetime
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tlsa:
    """One TLSA record (RFC 6698, 2.1)."""

    port: int
    usage: int
    selector: int
    matching: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What the DNS says of who may issue, and of which key is the right one."""

    zone: str = ""  # where the CAA records stand
    issuers: tuple[str, ...] | None = None  # who may issue by CAA; None: no record, anybody may
    wild: tuple[str, ...] | None = None  # who may issue wildcards; None: whoever may issue
    tlsa: tuple[Tlsa, ...] = ()  # only those that DNSSEC proves
    asked: bool = True  # False: the resolver gave no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at a target."""

    host: str
    at: datetime
    attempt: Looking
    endpoints: tuple[Endpoint, ...]
    entry: Entry | None = None  # None: not looked at
    lists: tuple[Listed, ...] | None = None
    preload: Preloaded | None = None  # None: not looked up
    renewals: tuple[Renewal, ...] = ()
    records: Records | None = None
    moved: frozenset[str] = frozenset()  # names that another certificate covers now
    private_roots: bool = False  # the configuration names a private authority
    trusted_organizations: frozenset[str] = field(default=frozenset(), repr=False)
    private_organizations: frozenset[str] = frozenset()  # owners of the roots in `ca_file`


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A certificate that was seen before."""

    sha256: str
    key: str  # its key's SHA-256
    issuer: str
    not_before: datetime
    not_after: datetime
    covers: tuple[str, ...]  # of the names that are watched
    first: datetime  # seen
    last: datetime
    settled: bool = True  # False: other addresses still showed a former one


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that is still told."""

    rule: str
    severity: str
    at: datetime
    facts: tuple[tuple[str, str | float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What is known of one endpoint."""

    subject: str
    known: tuple[Known, ...] = ()
    changes: tuple[Change, ...] = ()
    lost: tuple[tuple[str, datetime], ...] = ()  # names no longer covered, and since when
    audited: datetime | None = None
    unsound: bool = False  # the last audit found something to mend


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the next run gets back."""

    endpoints: tuple[Remembered, ...] = ()
    lists_failing: datetime | None = None  # since when revocation cannot be looked up
    entry_unsound: bool = False
    preloaded: bool = False  # the host stood in the browsers' list when last that could be told

    def of(self, subject: str) -> Remembered | None:
        """What is known of an endpoint."""
        return next((one for one in self.endpoints if one.subject == subject), None)
