"""What runs beside the rounds: upkeep of the agent, figures of the store, deliveries, and what is kept how long."""

import asyncio
from dataclasses import dataclass

from agent.config.loaded import Settings
from agent.daemon.eyes import Eyes
from agent.daemon.pauses import keep_short, set_aside
from agent.daemon.rounds import Rounds
from agent.daemon.snapshot import Snapshot
from agent.daemon.tally import Tally
from agent.daemon.telling import Telling, open_telling
from agent.daemon.terms import Terms, open_terms
from agent.daemon.upkeep import Upkeep
from agent.settings import Agent
from agent.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Runs beside the rounds until it is cancelled; deliveries have their own end."""

    upkeep: Upkeep
    snapshot: Snapshot
    terms: Terms
    telling: Telling

    async def run(self) -> None:
        """Keep house for ever."""
        async with asyncio.TaskGroup() as group:
            for one in (self.upkeep, self.snapshot, self.terms):
                group.create_task(one.run())
            group.create_task(keep_short())

    def take(self, settings: Settings) -> None:
        """Go by this configuration from now on; raises `VigieError` before anything changes."""
        self.telling.take(settings)
        self.terms.take(settings)
        self.upkeep.language = settings[Agent].language.value

    def replanned(self) -> None:
        """Clear up after checks that are planned no longer."""
        self.terms.replanned()
        set_aside(anew=True)


def open_house(settings: Settings, store: Store, eyes: Eyes, rounds: Rounds, tally: Tally) -> House:
    """Build it; raises `VigieError` for a channel that cannot be."""
    agent, intake = settings[Agent], rounds.intake
    telling = open_telling(settings, store, intake, tally.own, eyes.clock)
    rounds.follow.news = telling.dispatcher.wake
    house = House(
        upkeep=Upkeep(
            tally=tally,
            uplink=eyes.uplink,
            intake=intake,
            own=tally.own,
            folder=agent.state_dir,
            language=agent.language.value,
        ),
        snapshot=Snapshot(
            store=store, own=tally.own, watched=rounds.watched, channels=telling.channels, clock=eyes.clock
        ),
        terms=open_terms(
            store,
            intake,
            lambda: rounds.follow.planned,
            lambda: rounds.runs.watches.lookouts(rounds.follow.planned.values()),
            eyes.clock,
        ),
        telling=telling,
    )
    house.take(settings)
    house.terms.replanned()
    return house
