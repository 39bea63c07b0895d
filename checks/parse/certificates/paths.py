"""Every way from a server's certificate to a root, each with all that is wrong on it, not only the first fault.

Nothing here depends on the hour, so that one analysis serves until the chain or the trusted roots change; whether the
certificates are within their dates is judged by who knows the time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from checks.parse.certificates.constraints import violated
from checks.parse.certificates.made import made_by
from checks.parse.certificates.read import Certificate

MAX_DEPTH = 10
MAX_PATHS = 16
MAX_STEPS = 400  # certificates tried: a chain made of look-alikes must not cost more


class Flaw(StrEnum):
    """What can be wrong with a path, whatever the hour."""

    SIGNATURE = "signature"  # the issuer sent did not make the signature
    NOT_CA = "not_ca"
    NO_CERT_SIGN = "no_cert_sign"  # its key usage does not allow signing certificates
    PATH_LENGTH = "path_length"
    NAME_CONSTRAINT = "name_constraint"
    PURPOSE = "purpose"  # an issuer whose extended key usage is not for servers
    CRITICAL = "critical"  # a critical extension that nobody understands
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One flaw, of one certificate."""

    flaw: Flaw
    certificate: Certificate
    detail: str = ""


class End(StrEnum):
    """Where a path ends."""

    TRUSTED = "trusted"
    SELF_SIGNED = "self_signed"  # at a self-signed certificate that is not trusted
    UNKNOWN = "unknown"  # at an issuer whose certificate nobody has


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """From the server's certificate (first) to where it ends; a trusted root is the last."""

    certificates: tuple[Certificate, ...]
    end: End
    public: bool = False  # trusted by everybody, not only by a `ca_file`
    faults: tuple[Fault, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing but the hour can be against it."""
        return self.end is End.TRUSTED and not self.faults

    @property
    def used(self) -> tuple[Certificate, ...]:
        """The certificates whose dates, keys and signatures count: a trusted root is trusted as it is."""
        return self.certificates[:-1] if self.end is End.TRUSTED and len(self.certificates) > 1 else self.certificates


class Trust:
    """The roots that are believed, found by subject; `generation` names this set."""

    def __init__(self, public: Iterable[Certificate], extra: Iterable[Certificate] = (), generation: str = "") -> None:
        self.generation = generation
        self.extra = tuple(extra)
        self._public: set[str] = set()
        self._roots: dict[bytes, tuple[Certificate, ...]] = {}
        for root in public:
            self._public.add(root.sha256)
            self._add(root)
        for root in self.extra:
            self._add(root)
        self._all = frozenset(root.sha256 for roots in self._roots.values() for root in roots)

    def _add(self, root: Certificate) -> None:
        self._roots[root.subject] = (*self._roots.get(root.subject, ()), root)

    def named(self, subject: bytes) -> tuple[Certificate, ...]:
        """The roots of that subject."""
        return self._roots.get(subject, ())

    def holds(self, certificate: Certificate) -> bool:
        """Whether it is itself trusted."""
        return certificate.sha256 in self._all

    def is_public(self, certificate: Certificate) -> bool:
        """Whether everybody trusts it."""
        return certificate.sha256 in self._public

    def organizations(self) -> frozenset[str]:
        """The organisations that own roots here."""
        return frozenset(root.organization for roots in self._roots.values() for root in roots if root.organization)

    def __hash__(self) -> int:
        return hash(self.generation)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trust) and self.generation == other.generation


@dataclass(slots=True)
class _Search:
    """One depth-first walk, bounded in steps and results."""

    pool: tuple[Certificate, ...]
    trust: Trust
    steps: int = 0
    found: list[Path] = field(default_factory=list)

    def walk(self, so_far: tuple[Certificate, ...], faults: tuple[Fault, ...]) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS or len(self.found) >= MAX_PATHS:
            return
        top = so_far[-1]
        if self.trust.holds(top):
            self._end(so_far, End.TRUSTED, faults)
            return
        if top.self_issued and made_by(top, top):
            self._end(so_far, End.SELF_SIGNED, faults)
            return
        candidates = [c for c in self._issuers(top) if c not in so_far] if len(so_far) < MAX_DEPTH else []
        good = [c for c in candidates if made_by(top, c)]
        for issuer in good:
            self.walk((*so_far, issuer), faults)
        if good:
            return
        for impostor in candidates[:1]:
            faults = (*faults, Fault(flaw=Flaw.SIGNATURE, certificate=top, detail=impostor.title))
        self._end(so_far, End.UNKNOWN, faults)

    def _issuers(self, child: Certificate) -> Iterator[Certificate]:
        """Who may have signed: by name, trusted ones first; key identifiers are a hint that only orders."""
        named = [*self.trust.named(child.issuer), *(c for c in self.pool if c.subject == child.issuer)]
        distinct = dict.fromkeys(named)
        yield from sorted(distinct, key=lambda c: not _same_key_id(child, c))

    def _end(self, certificates: tuple[Certificate, ...], end: End, faults: tuple[Fault, ...]) -> None:
        root = certificates[-1]
        self.found.append(
            Path(
                certificates=certificates,
                end=end,
                public=end is End.TRUSTED and self.trust.is_public(root),
                faults=(*faults, *_faults(certificates, end)),
            )
        )


@lru_cache(maxsize=8192)
def paths(chain: tuple[Certificate, ...], trust: Trust, others: tuple[Certificate, ...] = ()) -> tuple[Path, ...]:
    """Return the ways from `chain[0]` to a root: trusted ones first, then by number of faults, then by length.

    `others` are certificates the server did not send (fetched, or seen elsewhere). At least one path is returned.
    """
    search = _Search(pool=tuple(dict.fromkeys((*chain[1:], *others))), trust=trust)
    search.walk(chain[:1], ())
    return tuple(sorted(search.found, key=_badness))


def _badness(path: Path) -> tuple[int, int, int]:
    return list(End).index(path.end), len(path.faults), len(path.certificates)


def _same_key_id(child: Certificate, issuer: Certificate) -> bool:
    return child.authority_key_id is None or issuer.key_id is None or child.authority_key_id == issuer.key_id


def _faults(certificates: tuple[Certificate, ...], end: End) -> Iterator[Fault]:
    """What is wrong along a path (RFC 5280, 6.1); of a trusted root only its name constraints count."""
    for depth, certificate in enumerate(certificates):
        root = end is End.TRUSTED and depth == len(certificates) - 1
        if not root or depth == 0:
            yield from _own_faults(certificate)
        if depth > 0 and not root:
            yield from _issuer_faults(certificate, certificates[1:depth])
        if depth > 0:
            yield from _constraint_faults(certificate, certificates[:depth])


def _own_faults(certificate: Certificate) -> Iterator[Fault]:
    if certificate.malformed:
        yield Fault(flaw=Flaw.MALFORMED, certificate=certificate, detail=certificate.malformed)
    if certificate.not_understood:
        yield Fault(flaw=Flaw.CRITICAL, certificate=certificate, detail=", ".join(certificate.not_understood))


def _issuer_faults(issuer: Certificate, below: tuple[Certificate, ...]) -> Iterator[Fault]:
    """`below` are the intermediates between it and the server's certificate; self-issued ones are not counted."""
    if not issuer.ca:
        yield Fault(flaw=Flaw.NOT_CA, certificate=issuer)
    if not issuer.signs_certificates:
        yield Fault(flaw=Flaw.NO_CERT_SIGN, certificate=issuer)
    if not issuer.serves:
        yield Fault(flaw=Flaw.PURPOSE, certificate=issuer)
    counted = sum(1 for c in below if not c.self_issued)
    if issuer.path_length is not None and counted > issuer.path_length:
        yield Fault(flaw=Flaw.PATH_LENGTH, certificate=issuer, detail=f"{counted} > {issuer.path_length}")


def _constraint_faults(issuer: Certificate, below: tuple[Certificate, ...]) -> Iterator[Fault]:
    if issuer.constraints is None:
        return
    for index, certificate in enumerate(below):
        if index > 0 and certificate.self_issued:
            continue
        name = violated(issuer.constraints, certificate)
        if name:
            yield Fault(flaw=Flaw.NAME_CONSTRAINT, certificate=issuer, detail=name)
            return
