"""Decides a batch: reads what is known, lets each stage act on it, and returns what there is to write."""

from collections.abc import Iterator, Mapping

from agent.core.desk.ticket import AGENT_SITE
from agent.intake.beliefs import Beliefs
from agent.intake.changes import Changes, Rules
from agent.intake.correlation import correlate
from agent.intake.desk import Desk, prefix
from agent.intake.suspicions import doubts
from agent.intake.verdicts import Sighting, Verdict
from agent.store import checks, outcomes, tickets
from agent.store.session import Session
from checks.core.model import Key
from checks.core.registry import Catalogue


def decide(session: Session, catalogue: Catalogue, rules: Rules, batch: tuple[Sighting, ...]) -> Changes:
    """Return what the batch makes of what is known; an outcome that is stored already changes nothing."""
    numbers = checks.numbers(session, {sighting.outcome.key for sighting in batch})
    beliefs = Beliefs(session, catalogue, numbers)
    verdicts = [beliefs.judge(sighting) for sighting in _fresh(session, numbers, batch)]
    unseeing = [verdict for verdict in verdicts if beliefs.may_be_blind(verdict)]
    sites = sorted({verdict.sighting.outcome.key.site for verdict in verdicts})
    moves = unseeing or any(verdict.turns for verdict in verdicts)
    if not moves and not (sites and tickets.owing(session, sites)):
        return Changes(verdicts=tuple(verdicts))
    desk = _lay_out(session, catalogue, rules, verdicts)
    for verdict in verdicts:
        desk.take(verdict)
    for verdict in unseeing:
        derived = beliefs.blindness(verdict, tuple(desk.tickets.values()), rules.agent)
        if derived is not None:
            verdicts.append(beliefs.judge(derived))
            desk.take(verdicts[-1])
    desk.doubts = doubts(session, catalogue, rules, desk.owing(), beliefs.judged())
    correlate(desk, max(verdict.sighting.at for verdict in verdicts))
    return Changes(
        verdicts=tuple(verdicts),
        tickets=tuple(desk.tickets[ref] for ref in sorted(desk.touched)),
        happenings=tuple(desk.happenings),
        spells=tuple(desk.spells),
        counters=tuple(desk.counters.items()),
    )


def _fresh(session: Session, numbers: Mapping[Key, int], batch: tuple[Sighting, ...]) -> Iterator[Sighting]:
    """Yield the outcomes that are not stored yet, each once; `numbers` are those of the checks that are known."""
    taken: set[str] = set()
    for sighting in batch:
        outcome = sighting.outcome
        number = numbers.get(outcome.key)
        known = number is not None and outcomes.known(session, number, outcome)
        if not known and outcome.id not in taken:
            taken.add(outcome.id)
            yield sighting


def _lay_out(session: Session, catalogue: Catalogue, rules: Rules, verdicts: list[Verdict]) -> Desk:
    """Lay out the tickets that these verdicts may touch."""
    sites = sorted({AGENT_SITE, *(verdict.sighting.outcome.key.site for verdict in verdicts)})
    found = tickets.on_the_desk(session, catalogue, sites)
    known = {ticket.fingerprint for ticket in found.values() if ticket.live}
    flipped = {verdict.fingerprint(turn) for verdict in verdicts for turn in verdict.turns if turn.flip is not None}
    for print_ in sorted(flipped - known):
        last = tickets.last_of(session, catalogue, print_)
        found |= {last.ref: last} if last else {}
    years = {(prefix(v.sighting.watch.client), v.sighting.at.year) for v in verdicts}
    years |= {(prefix(rules.agent.client), year) for _prefix, year in tuple(years)}
    counters = {counter: tickets.last_number(session, *counter) for counter in sorted(years)}
    return Desk(tickets=found, counters=counters, flap=rules.flap)
