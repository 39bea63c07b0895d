"""What a check says: rules, findings, measures, what was not tested, and the outcome of one run."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum, StrEnum
from typing import Final

from checks.core.facts import Fact, Facts, clean_facts, clean_text
from checks.core.text import Says

MAX_SUBJECT = 2048


class Layer(IntEnum):
    """Where a fault sits; a live *blocking* failure explains what lies above it."""

    AGENT = 0
    DNS = 1
    TCP = 2
    TLS = 3
    HTTP = 4
    CONTENT = 5
    DEEP = 6


class Lane(StrEnum):
    """Where a check runs: on the daemon's loop, or in a spawned child process."""

    LOOP = "loop"
    PROCESS = "process"


class Presence(StrEnum):
    """What one run says of one anomaly."""

    PRESENT = "present"
    ABSENT = "absent"
    UNTESTED = "untested"


class Severity(StrEnum):
    """How bad: bloquante, majeure, mineure; info is never a ticket."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, rising to 3 for critical."""
        return _RANKS[self]


_RANKS: Final = {Severity.INFO: 0, Severity.MINOR: 1, Severity.MAJOR: 2, Severity.CRITICAL: 3}


class Maintenance(StrEnum):
    """The kind of maintenance that mends a finding (ISO/IEC 14764); none for what is only told."""

    CORRECTIVE = "corrective"
    PREVENTIVE = "preventive"
    ADAPTIVE = "adaptive"
    EVOLUTIVE = "evolutive"
    NONE = "none"


class Confirm(StrEnum):
    """How much it takes to believe a rule: two runs for the network, one for a deterministic fact."""

    NETWORK = "network"
    FACT = "fact"
    NONE = "none"


class SharedKind(StrEnum):
    """What several sites can have in common, and correlation groups by."""

    ADDRESS = "address"
    CERTIFICATE = "certificate"
    ZONE = "zone"
    COMPONENT = "component"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shared:
    """One thing a finding's cause may be shared through."""

    kind: SharedKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of finding, declared once; the catalogue is the documentation's rules page."""

    id: str
    family: str
    severity: Severity
    maintenance: Maintenance
    layer: Layer
    says: Says
    advice: Says
    confirm: Confirm
    blocks: bool = False  # visitors cannot pass this layer: it explains what lies above
    watch: frozenset[str] = frozenset()  # facts whose change is worth telling

    def found(
        self,
        subject: str,
        *,
        severity: Severity | None = None,
        layer: Layer | None = None,
        blocks: bool | None = None,
        shares: frozenset[Shared] = frozenset(),
        **facts: object,
    ) -> "Finding":
        """Return a finding of this rule about `subject`, its facts cleaned."""
        return Finding(
            rule=self,
            subject=clean_text(subject, MAX_SUBJECT),
            severity=severity or self.severity,
            layer=self.layer if layer is None else layer,
            blocks=self.blocks if blocks is None else blocks,
            shares=shares,
            facts=clean_facts(facts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong; its anomaly is named by (site, check name, rule family, subject)."""

    rule: Rule
    subject: str
    severity: Severity
    layer: Layer
    blocks: bool = False
    shares: frozenset[Shared] = frozenset()
    facts: Facts = ()

    @property
    def family(self) -> str:
        """The rule's family, part of the anomaly's identity."""
        return self.rule.family

    def fact(self, name: str) -> Fact:
        """The fact of that name, None when there is none."""
        return next((value for key, value in self.facts if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure to export: the name is the metric's, base units (seconds, bytes, ratios)."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class Everything(Enum):
    """The families an `Untested` speaks of when it speaks of all."""

    ALL = "all"


ALL: Final = Everything.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """What this run did not look at: absence there says nothing; what is found is still found."""

    families: frozenset[str] | Everything
    subject: str | None = None  # None: whatever the subject
    cause: str

    def covers(self, family: str, subject: str) -> bool:
        """Whether an anomaly's absence from this run says nothing."""
        return (self.families is ALL or family in self.families) and self.subject in (None, subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember:
    """What the next run of this check gets back; at most 64 KiB as JSON."""

    memory: object


Said = Finding | Measure | Untested | Remember


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A piece of evidence, already redacted."""

    kind: str  # body, screenshot, trace, har, console, inventory …
    name: str
    media: str  # media type
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One look of a run: what it found, kept so that every attempt can be told."""

    number: int  # from 1
    seconds: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Which check of which site, seen from where."""

    site: str
    check: str
    location: str = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run to do, as plain data; secrets in the options stay references."""

    key: Key
    id: str  # a ULID made before the run: replaying an outcome is a no-op
    kind: str
    target: str  # URL
    options: object  # the check's Options
    memory: object | None = None  # the check's Memory
    timeout: float = 0.0  # seconds for one attempt; 0: the check's own
    recheck_wait: float = 1.0  # seconds at most between two attempts
    only: frozenset[str] = frozenset()  # subjects to look at again; all else is untested


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """We looked."""

    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    untested: tuple[Untested, ...] = ()
    memory: object | None = None  # None: the run remembers nothing new
    artifacts: tuple[Artifact, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    def anomalies(self) -> dict[tuple[str, str], Finding]:
        """The finding that speaks for each anomaly, by family and subject: the worst, the first said among equals.

        Several rules of one family may be broken at once (a weak key and a weak signature): a report names each, and
        the anomaly's one ticket follows the worst.
        """
        worst: dict[tuple[str, str], Finding] = {}
        for finding in self.findings:
            known = worst.get((finding.family, finding.subject))
            if known is None or finding.severity.rank > known.severity.rank:
                worst[finding.family, finding.subject] = finding
        return worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Unobserved:
    """We could not look: it says nothing about the site."""

    cause: str
    detail: str


Answer = Observed | Unobserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of one check gave."""

    id: str
    key: Key
    started: datetime  # UTC
    seconds: float
    only: frozenset[str]
    answer: Answer

    def presence(self, family: str, subject: str) -> Presence:
        """What this run says of one anomaly (found beats untested)."""
        if isinstance(self.answer, Unobserved):
            return Presence.UNTESTED
        if any(f.family == family and f.subject == subject for f in self.answer.findings):
            return Presence.PRESENT
        if self.only and subject not in self.only:
            return Presence.UNTESTED
        return Presence.UNTESTED if any(u.covers(family, subject) for u in self.answer.untested) else Presence.ABSENT
