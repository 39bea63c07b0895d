"""Runs the daemon from its configuration to a signal, and stops it in an order in which nothing is lost."""

import asyncio
import sys
from contextlib import AsyncExitStack

from agent.daemon.build import Parts, build
from agent.daemon.demo import demo_site
from agent.daemon.greeting import greeting
from agent.daemon.known import open_store
from agent.daemon.orders import Orders
from agent.daemon.reload import Reload
from agent.settings import Agent
from agent.web.server import listen
from checks.net import open_net

GRACE = 2.0  # seconds that runs under way have when the daemon stops
FAREWELL = 0.5  # seconds that deliveries under way have; what is not delivered then is at the next start


async def serve(orders: Orders) -> int:
    """Run until told to stop; raises `VigieError` when it cannot start."""
    settings = orders.settings
    own = settings[Agent]
    async with AsyncExitStack() as stack:
        store = open_store(settings)
        stack.callback(store.close)
        listener = stack.enter_context(listen(own.listen.host, own.listen.port))
        await stack.enter_async_context(demo_site(settings))
        net = await stack.enter_async_context(open_net(folder=own.state_dir / "feeds", clock=orders.clock))
        parts = build(settings, orders.plan, store, net, listener)
        orders.journal.warn(settings)
        reload = Reload(
            path=orders.path,
            settings=settings,
            eyes=parts.eyes,
            rounds=parts.rounds,
            house=parts.house,
            supervisor=orders.supervisor,
            journal=orders.journal,
            asked=orders.anew,
        )
        await _serve(parts, reload, orders, greeting(settings, orders.plan, parts.web.address))
    return 0


async def _serve(parts: Parts, reload: Reload, orders: Orders, hello: str) -> None:
    """Run until told to stop, then end in order: no more firings, no more runs, everything stored, nobody served."""
    supervisor = orders.supervisor
    async with parts.eyes.executor.open(), asyncio.TaskGroup() as group:
        group.create_task(parts.web.serve())
        taking = group.create_task(parts.rounds.intake.run())
        until_stop = (parts.rounds.schedule, parts.eyes.uplink, parts.house, reload)
        tasks = [group.create_task(one.run()) for one in until_stop]
        telling = group.create_task(parts.house.telling.dispatcher.run())
        alive = group.create_task(supervisor.keep_alive())
        sys.stdout.write(hello)
        sys.stdout.flush()
        supervisor.ready(hello.partition("\n")[0])
        await orders.stop.wait()
        supervisor.stopping()
        for task in tasks:
            task.cancel()
        await parts.rounds.runs.settle(GRACE)
        await parts.rounds.intake.close()
        parts.web.stop()
        await asyncio.wait({taking})
        parts.house.telling.dispatcher.close()
        await asyncio.wait({telling}, timeout=FAREWELL)
        telling.cancel()
        alive.cancel()
