"""What the desk goes by: when a ticket flaps, how long things are kept, and which checks are watched at all."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from agent.config.loaded import Settings
from agent.core.desk.settings import Flap
from agent.core.desk.watch import Watch, agent_watch
from agent.intake import Intake
from agent.intake.commands import Withdraw
from agent.intake.keeping import Keeping
from agent.settings import Agent
from agent.store import Store, StoreError
from agent.store.settings import Retention
from checks.core.clock import Clock, utc_now
from checks.core.model import Key

log = logging.getLogger("vigie.desk")

AGAIN = 5.0  # seconds before the store is asked again when it cannot be written


@dataclass(slots=True, kw_only=True)
class Terms:
    """Applied by `take`, which a reload calls again; runs until it is cancelled."""

    intake: Intake
    keeping: Keeping
    planned: Callable[[], Iterable[Key]]
    lookouts: Callable[[], Iterable[Watch]]  # those of them that may explain what others find
    clock: Clock = utc_now
    _replanned: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, settings: Settings) -> None:
        """Go by this configuration from now on."""
        agent = agent_watch(settings[Agent].language.value)
        self.intake.rules = replace(self.intake.rules, flap=settings[Flap], agent=agent)
        self.keeping.retention = settings[Retention]

    def replanned(self) -> None:
        """Wait for these lookouts from now on, and close the tickets of checks that are planned no longer."""
        by_site: dict[str, tuple[Watch, ...]] = {}
        for watch in self.lookouts():
            by_site[watch.key.site] = (*by_site.get(watch.key.site, ()), watch)
        self.intake.rules = replace(self.intake.rules, lookouts=by_site)
        self._replanned.set()

    async def run(self) -> None:
        """Keep house, and close the tickets of checks that are gone whenever the plan changed."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.keeping.run())
            while True:
                await self._replanned.wait()
                self._replanned.clear()
                await self._withdraw()

    async def _withdraw(self) -> None:
        while True:
            try:
                await self.intake.do(Withdraw(planned=frozenset(self.planned()), now=self.clock()))
            except StoreError as error:
                log.warning("tickets of checks that are gone stay open for now: %s", error)
                await asyncio.sleep(AGAIN)
            else:
                return


def open_terms(
    store: Store,
    intake: Intake,
    planned: Callable[[], Iterable[Key]],
    lookouts: Callable[[], Iterable[Watch]],
    clock: Clock,
) -> Terms:
    """Build it; it goes by nothing before `take`."""
    keeping = Keeping(store, intake, Retention(), now=clock)
    return Terms(intake=intake, keeping=keeping, planned=planned, lookouts=lookouts, clock=clock)
