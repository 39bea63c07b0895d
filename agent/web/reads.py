"""What the pages and the API read of the store, off the loop, on connections of their own."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from agent.core.desk.ticket import State
from agent.core.desk.view import TicketStory, TicketView
from agent.plan import Planned
from agent.present.sites import SiteView, site_views
from agent.store import Session, Store, events, outcomes, views
from agent.store.events import Event
from agent.store.outcomes import Past
from agent.store.standing import standing

T = TypeVar("T")

THREADS = 2


@dataclass(frozen=True, slots=True)
class Reads:
    """Every question raises `StoreError` when the store cannot be read."""

    store: Store
    planned: Callable[[], Iterable[Planned]]
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="web")
    )

    async def sites(self) -> tuple[SiteView, ...]:
        """The planned sites and how they stand."""
        planned = tuple(self.planned())
        known = await self._read(lambda session: standing(session, self.store.rules))
        return site_views(planned, known.believed, known.latest)

    async def tickets(self, states: Sequence[State], site: str | None = None) -> tuple[TicketView, ...]:
        """The tickets in one of these states, the gravest and oldest first."""
        rules = self.store.rules
        return await self._read(lambda session: views.ticket_views(session, rules, states=states, site=site))

    async def story(self, ref: str) -> TicketStory | None:
        """All there is to say of a ticket."""
        return await self._read(lambda session: views.ticket_story(session, self.store.rules, ref))

    async def outcomes(self, site: str, check: str, begin: datetime, end: datetime, limit: int) -> tuple[Past, ...]:
        """The runs of a check that started in [begin, end), the last ones first."""
        rules = self.store.rules
        return await self._read(
            lambda session: tuple(
                outcomes.history(session, rules, site=site, check=check, begin=begin, end=end, limit=limit)
            )
        )

    async def events(self, after: int, limit: int) -> tuple[Event, ...]:
        """The events of all tickets after one, in the order they were written."""
        return await self._read(lambda session: events.after(session, after, limit))

    async def _read(self, query: Callable[[Session], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.store.read, query)
