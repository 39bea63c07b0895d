"""Who is told of tickets: the configured channels and the log, and the dispatcher that serves them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agent.config.loaded import Settings
from agent.core.desk.message import Route
from agent.intake import Intake
from agent.metrics import Own
from agent.notify import channel
from agent.notify.channels.log import URL
from agent.notify.dispatcher import Destination, Dispatcher
from agent.notify.settings import Channel
from agent.settings import Agent
from agent.store import Store
from agent.store.outlet import Outlet
from checks.core.secret import Secret

LOG = "log"  # the channel that is always there


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The dispatcher, and intake that writes its messages."""

    intake: Intake
    dispatcher: Dispatcher

    def take(self, settings: Settings) -> None:
        """Tell these channels from now on; raises `VigieError` before anything changes."""
        to = destinations(settings)
        self.intake.routes = routes(settings)
        self.dispatcher.zone = settings[Agent].timezone
        self.dispatcher.serve(to)

    def channels(self) -> tuple[str, ...]:
        """The names of the channels."""
        return tuple(one.name for one in self.dispatcher.destinations)


def destinations(settings: Settings) -> tuple[Destination, ...]:
    """The channels to deliver on; raises `VigieError` for an address that no channel takes."""
    configured = settings.all(Channel)
    found = [Destination(name=one.id, channel=channel.find(one.url.reveal()), url=one.url) for one in configured]
    if all(one.id != LOG for one in configured):
        found.append(Destination(name=LOG, channel=channel.find(URL), url=Secret(text=URL)))
    return tuple(found)


def routes(settings: Settings) -> tuple[Route, ...]:
    """What goes to each of them; the log hears of everything."""
    configured = settings.all(Channel)
    found = [Route(channel=one.id, severities=frozenset(one.severities), agent=one.agent) for one in configured]
    if all(one.id != LOG for one in configured):
        found.append(Route(channel=LOG, agent=True))
    return tuple(found)


def open_telling(settings: Settings, store: Store, intake: Intake, own: Own, clock: Callable[[], datetime]) -> Telling:
    """Build it; raises `VigieError` for an address that no channel takes."""
    dispatcher = Dispatcher(
        outlet=Outlet(store),
        destinations=destinations(settings),
        zone=settings[Agent].timezone,
        told=lambda name, result: own.delivered(name, result.value),
        now=clock,
    )
    return Telling(intake=intake, dispatcher=dispatcher)
