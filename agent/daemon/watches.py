"""What the desk is told of a check beside its outcomes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from agent.config.loaded import Settings
from agent.core.contract.settings import Contract
from agent.core.desk.correlate import looks_first
from agent.core.desk.watch import DOWNTIME, Watch
from agent.plan import Planned
from checks.core.model import Key
from checks.parse.redact import url

ATTEMPTS = 2  # that a run of uptime makes before it says that something is wrong
HOLDS = 3  # intervals that a run stands for when no other follows


@dataclass(slots=True)
class Watches:
    """Makes the desk's view of planned checks."""

    settings: Settings
    _made: dict[Key, tuple[Planned, Settings, Watch]] = field(default_factory=dict)

    def of(self, planned: Planned) -> Watch:
        """Return what the desk knows of a check."""
        known = self._made.get(planned.key)
        if known is not None and known[0] is planned and known[1] is self.settings:
            return known[2]
        watch = self._watch(planned)
        self._made[planned.key] = planned, self.settings, watch
        return watch

    def lookouts(self, planned: Iterable[Planned]) -> Iterator[Watch]:
        """Yield those of planned checks that may explain what others find."""
        return (self.of(one) for one in planned if looks_first(one.kind))

    def forget(self, key: Key) -> None:
        """Forget a check that is planned no longer."""
        self._made.pop(key, None)

    def _watch(self, planned: Planned) -> Watch:
        return Watch(
            key=planned.key,
            kind=planned.kind,
            target=url(planned.target),  # it is kept and shown
            client=planned.client,
            contract=planned.contract,
            language=planned.language,
            every=planned.every,
            lasts=ATTEMPTS * timedelta(seconds=planned.timeout + planned.recheck_wait),
            holds=max(HOLDS * planned.every, timedelta(seconds=planned.timeout)),
            blind_after=planned.blind_after,
            downtime=self._downtime(planned.contract),
        )

    def _downtime(self, contract: str | None) -> frozenset[str]:
        if contract is None:
            return DOWNTIME
        return frozenset(self.settings.get(Contract, contract).downtime_families)
