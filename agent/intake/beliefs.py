"""What is believed of each check, read once a batch and moved by each of its outcomes."""

from collections.abc import Mapping

from agent.core.desk import blindness
from agent.core.desk.ticket import AGENT_SITE, Ticket
from agent.core.desk.watch import AGENT_KEY, Watch
from agent.intake.suspicions import Judged
from agent.intake.verdicts import Believed, Sighting, Verdict, after, judge
from agent.store import checks, rollups, tracks
from agent.store.session import Session
from checks.core.model import Key, Observed, Outcome
from checks.core.registry import Catalogue


class Beliefs:
    """Belongs to one batch; `numbers` are those of its checks that are known."""

    def __init__(self, session: Session, catalogue: Catalogue, numbers: Mapping[Key, int]) -> None:
        self._session = session
        self._catalogue = catalogue
        self._numbers = numbers
        self._believed: dict[Key, Believed] = {}
        self._watches: dict[Key, Watch] = {}

    def __getitem__(self, key: Key) -> Believed:
        if key not in self._believed:
            number = self._numbers.get(key) or checks.numbers(self._session, (key,)).get(key)
            self._believed[key] = Believed(
                tracks={} if number is None else tracks.tracks(self._session, number, self._catalogue),
                cursor=None if number is None else rollups.cursor(self._session, number),
            )
        return self._believed[key]

    def judge(self, sighting: Sighting) -> Verdict:
        """Let an outcome move what is believed of its check."""
        key = sighting.outcome.key
        verdict = judge(sighting, self[key])
        self._believed[key] = after(self[key], verdict)
        self._watches[key] = sighting.watch
        return verdict

    def judged(self) -> Judged:
        """Return the checks that the batch has moved so far, as they now are."""
        return {key: (watch, self[key]) for key, watch in self._watches.items()}

    def may_be_blind(self, verdict: Verdict) -> bool:
        """Whether a check could not judge for long, or can again after that was told of."""
        watch = verdict.sighting.watch
        if verdict.cursor is None or watch.key.site == AGENT_SITE:
            return False
        if blindness.blind(verdict.cursor, watch, verdict.sighting.outcome.started):
            return True
        return verdict.was_blind and self._told_blind(watch.key)

    def _told_blind(self, key: Key) -> bool:
        return (blindness.FAMILY, blindness.subject(key)) in self[AGENT_KEY].tracks

    def blindness(self, verdict: Verdict, known: tuple[Ticket, ...], agent: Watch) -> Sighting | None:
        """Return what the agent has to say of a check that cannot judge, or can again."""
        outcome, watch, cursor = verdict.sighting.outcome, verdict.sighting.watch, verdict.cursor
        since = cursor.blind_since if cursor else None
        if since is not None and (self._told_blind(watch.key) or blindness.explained(watch, known)):
            return None
        findings = () if since is None else (blindness.finding(watch, outcome, since),)
        said = Outcome(
            id=f"{outcome.id}.blind",
            key=agent.key,
            started=outcome.started,
            seconds=outcome.seconds,
            only=frozenset({blindness.subject(watch.key)}),
            answer=Observed(findings=findings),
        )
        return Sighting(outcome=said, watch=agent)
