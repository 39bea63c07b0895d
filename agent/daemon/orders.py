"""What a daemon is to do, who tells it to stop, and by which clock it goes."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from agent.config.loaded import Settings
from agent.daemon.journal import Journal
from agent.plan import Plan
from agent.systemd import Supervisor
from checks.core.clock import Clock, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """One daemon from start to stop."""

    path: Path  # of the configuration
    settings: Settings
    plan: Plan
    journal: Journal
    supervisor: Supervisor
    stop: asyncio.Event
    anew: asyncio.Event  # read the configuration anew
    clock: Clock = utc_now


def by_signals(path: Path, settings: Settings, plan: Plan, journal: Journal) -> Orders:
    """Take SIGTERM, SIGINT and SIGHUP for orders, and whatever started this process for its supervisor."""
    stop, anew = asyncio.Event(), asyncio.Event()
    for number, event in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, anew)):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    return Orders(
        path=path,
        settings=settings,
        plan=plan,
        journal=journal,
        supervisor=Supervisor.take(os.environ, os.getpid()),
        stop=stop,
        anew=anew,
    )
