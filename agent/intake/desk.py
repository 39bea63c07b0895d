"""Second stage: what verdicts make of the tickets."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.core.desk import lifecycle
from agent.core.desk.hold import Doubts, owing
from agent.core.desk.lifecycle import Step
from agent.core.desk.settings import Flap
from agent.core.desk.ticket import MACHINE, EventKind, Spell, Ticket
from agent.core.desk.verdict import Began, Changed, Ended
from agent.core.desk.watch import Watch
from agent.intake.story import run_story
from agent.intake.verdicts import Turn, Verdict

Counter = tuple[str, int]  # prefix of the reference, year


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a ticket; `say` is the word in which people are told, None when they are not."""

    ref: str
    kind: EventKind
    at: datetime
    actor: str = MACHINE
    body: str = "{}"  # JSON
    say: EventKind | None = None


@dataclass(slots=True, kw_only=True)
class Desk:
    """The tickets a batch is about, while it is being decided."""

    tickets: dict[str, Ticket]  # live ones of the sites concerned, and the last one of each anomaly seen
    counters: dict[Counter, int]
    flap: Flap = field(default_factory=Flap)
    doubts: Doubts = field(default_factory=Doubts)  # at the sites that are owed a word
    touched: set[str] = field(default_factory=set)
    happenings: list[Happening] = field(default_factory=list)
    spells: list[tuple[str, Spell]] = field(default_factory=list)
    _last: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ticket in sorted(self.tickets.values(), key=lambda ticket: (ticket.live, ticket.opened_at, ticket.ref)):
            self._last[ticket.fingerprint] = ticket.ref

    def take(self, verdict: Verdict) -> None:
        """Let one verdict act on the tickets."""
        for turn in verdict.turns:
            ref = self._last.get(verdict.fingerprint(turn))
            last = self.tickets[ref] if ref else None
            if last is not None and last.live:
                self._go_on(last, verdict, turn)
            elif isinstance(turn.flip, Began):
                self._begin(turn.flip, verdict, turn, last)

    def _begin(self, flip: Began, verdict: Verdict, turn: Turn, last: Ticket | None) -> None:
        started, sighting = verdict.sighting.outcome.started, verdict.sighting
        if last is not None and lifecycle.reopens(last, flip, self.flap):
            step = lifecycle.reopen(last, flip, started, self.flap)
        else:
            ref = self._reference(sighting.watch, sighting.at)
            step = lifecycle.open_ticket(flip, sighting.watch, started, sighting.at, last, ref)
        self.spells.append((step.ticket.ref, Spell(began=flip.at)))
        self.put(step, sighting.at, run_story(verdict, turn))

    def _go_on(self, ticket: Ticket, verdict: Verdict, turn: Turn) -> None:
        at = verdict.sighting.at
        if turn.present is not None:
            ticket = lifecycle.seen(ticket, turn.present, verdict.sighting.outcome.started)
            self.keep(ticket)
        match turn.flip:
            case Began():
                self.spells.append((ticket.ref, Spell(began=turn.flip.at)))
                self.keep(lifecycle.back(ticket))
            case Changed():
                self.put(lifecycle.change(ticket, turn.flip), at, run_story(verdict, turn))
            case Ended():
                self.spells.append((ticket.ref, Spell(began=turn.flip.began, ended=turn.flip.at)))
                after = lifecycle.end(ticket, turn.flip)
                if isinstance(after, Step):
                    self.put(after, at, run_story(verdict, turn))
                else:
                    self.keep(after)
            case None:
                return

    def _reference(self, watch: Watch, at: datetime) -> str:
        counter = prefix(watch.client), at.year
        self.counters[counter] = self.counters.get(counter, 0) + 1
        return f"{counter[0]}-{counter[1]}-{self.counters[counter]:04d}"

    def keep(self, ticket: Ticket) -> None:
        """Take a ticket as it now is."""
        self.tickets[ticket.ref] = ticket
        self._last[ticket.fingerprint] = ticket.ref
        self.touched.add(ticket.ref)

    def put(self, step: Step, at: datetime, body: str) -> None:
        """Take a ticket as it now is, and what happened to it."""
        before = self.tickets.get(step.ticket.ref)
        if before is not None and not lifecycle.may(before.state, step.ticket.state):
            raise ValueError(f"{step.ticket.ref} may not go from {before.state} to {step.ticket.state}")
        self.keep(owing(step.ticket, step.kind, at))
        self.happenings.append(Happening(ref=step.ticket.ref, kind=step.kind, at=at, body=body))

    def tell(self, place: int, say: EventKind, *, bygone: bool = False) -> None:
        """Let people be told of a happening, and so of all that they are owed, unless it is of bygones."""
        happening = self.happenings[place]
        self.happenings[place] = replace(happening, say=say)
        ticket = self.tickets[happening.ref]
        self.keep(replace(ticket, told=True, owed=ticket.owed if bygone else None))

    def owing(self) -> list[str]:
        """Return the sites of which people are yet to be told something."""
        return sorted({ticket.key.site for ticket in self.tickets.values() if ticket.live and ticket.owed is not None})


def prefix(client: str) -> str:
    """Return the beginning of a client's ticket references: its id in capitals, letters and digits only."""
    letters = "".join(letter for letter in client.upper() if letter.isascii() and letter.isalnum())
    return letters[:12] or "V"
