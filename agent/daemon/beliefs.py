"""What is believed of every check, kept in memory for the metrics and for what is looked at again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.desk.verdict import Suspected
from agent.intake.changes import Forgotten
from agent.intake.verdicts import Verdict
from agent.store.tracks import Anomaly
from checks.core.model import Finding, Key


@dataclass(slots=True)
class Beliefs:
    """The believed anomalies by check; it follows the verdicts that intake stored."""

    _live: dict[Key, set[Anomaly]] = field(default_factory=dict)

    @classmethod
    def read(cls, believed: Mapping[Key, Iterable[Finding]]) -> "Beliefs":
        """Begin with what the store holds."""
        return cls({key: {(f.family, f.subject) for f in findings} for key, findings in believed.items()})

    def follow(self, verdict: Verdict) -> bool:
        """Take in a verdict; return whether what is believed of its check changed."""
        live = self._live.setdefault(verdict.sighting.outcome.key, set())
        before = set(live)
        for turn in verdict.turns:
            if turn.tracked is None or isinstance(turn.tracked.track, Suspected):
                live.discard(turn.anomaly)
            else:
                live.add(turn.anomaly)
        return live != before

    def forget(self, gone: Forgotten) -> None:
        """Forget one belief of a check, or all of them."""
        if gone.anomaly is None:
            self._live.pop(gone.key, None)
        else:
            self._live.get(gone.key, set()).discard(gone.anomaly)

    def is_up(self, key: Key) -> bool:
        """Whether nothing is believed to be wrong."""
        return not self._live.get(key)

    def subjects(self, key: Key) -> frozenset[str]:
        """The subjects to look at again."""
        return frozenset(subject for _family, subject in self._live.get(key, ()))
