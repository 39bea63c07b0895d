"""Runs the daemon from its configuration to a signal, and stops it in an order in which nothing is lost."""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import agent
from agent.config import load
from agent.config.loaded import Settings
from agent.daemon.demo import demo_site
from agent.daemon.parts import Parts, build
from agent.daemon.snapshot import Snapshot
from agent.demo.settings import Demo
from agent.metrics import Exposition
from agent.plan import Plan, plan
from agent.settings import Agent
from agent.store import FILE, Store
from agent.web import app, health, scrape
from agent.web.guard import Access
from agent.web.server import WebServer, listen, written
from checks.core.registry import Catalogue, find
from checks.net import open_net

log = logging.getLogger("vigie")

GRACE = 2.5  # seconds that runs under way have when the daemon stops


def _command() -> str:
    """How the reader calls us."""
    return "vigie" if Path(sys.argv[0]).name == "vigie" else "python3 -m agent"


def run(path: Path) -> int:
    """Run until SIGTERM or SIGINT; raises `VigieError` when it cannot start."""
    settings = load(path)
    wanted = plan(settings)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return asyncio.run(_run(settings, wanted))


async def _run(settings: Settings, wanted: Plan) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    own = settings[Agent]
    async with AsyncExitStack() as stack:
        store = Store.open(own.state_dir / FILE, Catalogue())
        stack.callback(store.close)
        store.hold()
        listener = listen(own.listen.host, own.listen.port)
        stack.callback(listener.close)
        await stack.enter_async_context(demo_site(settings[Demo], own.state_dir))
        net = await stack.enter_async_context(open_net())
        for kind in {one.kind for one in wanted.planned}:
            find(kind)
        parts = build(settings, wanted, store, net)
        await Service(settings, parts, listener).run(stop)
    return 0


class Service:
    """A daemon that runs."""

    def __init__(self, settings: Settings, parts: Parts, listener: socket.socket) -> None:
        self._settings, self._parts = settings, parts
        self._web = WebServer(self._app(), listener)
        parts.own.reloaded(datetime.now(UTC), good=True)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`, then end in order: no more firings, no more runs, everything stored, nobody served."""
        parts = self._parts
        async with parts.executor.open(), asyncio.TaskGroup() as group:
            group.create_task(self._web.serve())
            group.create_task(parts.intake.run())
            snapshot = Snapshot(store=parts.store, own=parts.own, watched=parts.watched)
            until_stop = [group.create_task(one.run()) for one in (parts.schedule, parts.uplink, snapshot)]
            self._announce()
            await stop.wait()
            for task in until_stop:
                task.cancel()
            await parts.runs.settle(GRACE)
            await parts.intake.close()
            self._web.stop()

    def _app(self) -> app.ASGIApp:
        own = self._settings[Agent]
        exposition = Exposition(self._parts.own.registry, self._parts.watched.lines)
        routes = [*health.routes(self._readiness), *scrape.routes(exposition.answer)]
        return app.build(routes, Access(hosts=frozenset({own.listen.host})))

    def _readiness(self) -> health.Readiness:
        parts = self._parts
        return health.Readiness(
            configuration=True,
            store=parts.intake.trouble is None,
            scheduler=parts.schedule.running,
            first_check=bool(parts.runs.started or not parts.follow.planned),
        )

    def _announce(self) -> None:
        planned = self._parts.follow.planned
        base = f"http://{written(*self._web.address)}"
        sites = len({key.site for key in planned})
        lines = [
            f"Vigie {agent.__version__} watches {len(planned)} checks on {sites} sites.",
            f"  metrics  {base}/metrics",
            f"  tickets  {_command()} tickets list",
        ]
        demo = self._settings[Demo]
        if demo.enabled:
            lines.append(f"  demo     http://{demo.listen.written()}/ ({_command()} demo heal)")
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
