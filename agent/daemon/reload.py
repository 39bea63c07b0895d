"""Takes a changed configuration over while the daemon runs; a wrong one is refused and the old one stays in force."""

import asyncio
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from agent.config import load
from agent.config.loaded import Settings
from agent.daemon.eyes import Eyes, references
from agent.daemon.house import House
from agent.daemon.journal import Journal
from agent.daemon.restart import needing_restart
from agent.daemon.rounds import Rounds
from agent.plan import Plan, plan
from agent.settings import Agent
from agent.systemd import Supervisor
from checks.core.errors import VigieError
from checks.core.registry import find

log = logging.getLogger("vigie.config")

REPORT = "reload.json"  # in the state folder: what became of the last reload, for the command that asked for it


def read(path: Path) -> tuple[Settings, Plan]:
    """Read a configuration and what it plans; raises `VigieError`."""
    settings = load(path)
    wanted = plan(settings)
    for kind in {one.kind for one in wanted.planned}:
        find(kind)  # a check that cannot be loaded is told now, and no import holds the loop later
    return settings, wanted


@dataclass(slots=True, kw_only=True)
class Reload:
    """Waits to be asked, until it is cancelled."""

    path: Path
    settings: Settings
    eyes: Eyes
    rounds: Rounds
    house: House
    supervisor: Supervisor
    journal: Journal
    asked: asyncio.Event  # set to have the configuration read anew

    async def run(self) -> None:
        """Reload whenever asked."""
        while True:
            await self.asked.wait()
            self.asked.clear()
            await self.once()

    async def once(self) -> None:
        """Read the configuration, and take it over or refuse it."""
        now = self.eyes.clock()
        self.supervisor.reloading()
        try:
            settings, wanted = await asyncio.to_thread(read, self.path)
            self.house.take(settings)
        except VigieError as error:
            self._refuse(str(error))
        else:
            self._take(settings, wanted)
        self.house.upkeep.own.reloaded(now, good=not self.house.upkeep.refused)
        self.supervisor.ready(f"checks watched: {len(self.rounds.follow.planned)}")
        await self.house.upkeep.look(now)

    def _refuse(self, why: str) -> None:
        lines = why.splitlines()
        for line in lines:
            log.error("configuration refused: %s", line)
        self.house.upkeep.refused = lines[0] if len(lines) == 1 else f"{lines[0]} (and {len(lines) - 1} more)"
        self._report(False, lines)

    def _take(self, settings: Settings, wanted: Plan) -> None:
        restart = tuple(needing_restart(self.settings, settings))
        self.settings = self.rounds.runs.watches.settings = settings
        self.journal.take(settings)
        self.journal.warn(settings)
        self.eyes.uplink.targets = references(settings)
        self.house.upkeep.refused = ""
        self.rounds.plan(wanted)
        self.house.replanned()
        says = [f"checks planned: {len(wanted.planned)}"]
        says += [f"{name} takes effect at the next start" for name in restart]
        for line in says:
            log.info("configuration reloaded: %s", line)
        self._report(True, says)

    def _report(self, good: bool, says: list[str]) -> None:
        path = self.settings[Agent].state_dir / REPORT
        aside = path.with_name(f".{path.name}")
        try:
            aside.write_text(json.dumps({"pid": os.getpid(), "good": good, "says": says}), encoding="utf-8")
            aside.replace(path)
        except OSError as error:
            log.warning("%s could not be written: %s", path, error.strerror)
