"""What the desk is told of a check beside its outcomes."""

from dataclasses import dataclass
from datetime import timedelta

from agent.config.loaded import Settings
from agent.core.contract.settings import Contract
from agent.core.desk.watch import DOWNTIME, Watch
from agent.plan import Planned
from checks.parse.redact import url

HOLDS = 3  # intervals that a run stands for when no other follows


@dataclass(slots=True)
class Watches:
    """Makes the desk's view of planned checks."""

    settings: Settings

    def of(self, planned: Planned) -> Watch:
        """Return what the desk knows of a check."""
        return Watch(
            key=planned.key,
            kind=planned.kind,
            target=url(planned.target),  # it is kept and shown
            client=planned.client,
            contract=planned.contract,
            language=planned.language,
            holds=max(HOLDS * planned.every, timedelta(seconds=planned.timeout)),
            blind_after=planned.blind_after,
            downtime=self._downtime(planned.contract),
        )

    def _downtime(self, contract: str | None) -> frozenset[str]:
        if contract is None:
            return DOWNTIME
        return frozenset(self.settings.get(Contract, contract).downtime_families)
