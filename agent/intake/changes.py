"""What decisions depend on beside what was seen, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.desk.settings import Flap
from agent.core.desk.ticket import Spell, Ticket
from agent.core.desk.watch import Watch, agent_watch
from agent.intake.desk import Counter, Happening
from agent.intake.verdicts import Verdict
from agent.store.tracks import Anomaly
from checks.core.model import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decisions depend on beside what was seen; a reload may change it."""

    flap: Flap = field(default_factory=Flap)
    agent: Watch = field(default_factory=lambda: agent_watch("en"))  # the agent's own findings
    lookouts: Mapping[str, tuple[Watch, ...]] = field(default_factory=dict)  # by site, whose findings explain others


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Tracks of a check that are kept no longer: one, or all."""

    key: Key
    anomaly: Anomaly | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a batch changed; `messages` are the keys of what people are to be told."""

    verdicts: tuple[Verdict, ...] = ()
    tickets: tuple[Ticket, ...] = ()  # as they are now
    happenings: tuple[Happening, ...] = ()
    spells: tuple[tuple[str, Spell], ...] = ()
    counters: tuple[tuple[Counter, int], ...] = ()
    forgotten: tuple[Forgotten, ...] = ()
    messages: tuple[str, ...] = ()

    @property
    def weighty(self) -> bool:
        """Whether losing it to a power cut would lose a ticket or a part of its story."""
        return bool(self.happenings)
