"""What keeps the daemon's house: it looks at the agent itself, and keeps the figures of the store up to date."""

import asyncio
from dataclasses import dataclass

from agent.config.loaded import Settings
from agent.daemon.eyes import Eyes
from agent.daemon.rounds import Rounds
from agent.daemon.snapshot import Snapshot
from agent.daemon.tally import Tally
from agent.daemon.upkeep import Upkeep
from agent.settings import Agent
from agent.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Runs beside the rounds until it is cancelled."""

    upkeep: Upkeep
    snapshot: Snapshot

    async def run(self) -> None:
        """Keep house for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.upkeep.run())
            group.create_task(self.snapshot.run())


def open_house(settings: Settings, store: Store, eyes: Eyes, rounds: Rounds, tally: Tally) -> House:
    """Build it."""
    agent = settings[Agent]
    upkeep = Upkeep(
        tally=tally,
        uplink=eyes.uplink,
        intake=rounds.intake,
        own=tally.own,
        folder=agent.state_dir,
        language=agent.language.value,
    )
    return House(upkeep=upkeep, snapshot=Snapshot(store=store, own=tally.own, watched=rounds.watched))
