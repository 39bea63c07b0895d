"""What the daemon serves over HTTP."""

from collections.abc import Callable

from agent.config.loaded import Settings
from agent.daemon.eyes import Eyes
from agent.daemon.rounds import Rounds
from agent.metrics import Answer, Exposition, Own
from agent.settings import Agent
from agent.store import Store
from agent.web.app import ASGIApp, Served, build
from agent.web.guard import Access
from agent.web.health import Readiness
from agent.web.page import Masthead
from agent.web.reads import Reads
from agent.web.settings import Web, open_to_others


def served(settings: Settings, store: Store, own: Own, eyes: Eyes, rounds: Rounds) -> ASGIApp:
    """Return the application."""
    agent = settings[Agent]
    return build(
        Served(
            readiness=lambda: _readiness(rounds),
            scrape=_scrape(own, eyes, rounds),
            look=rounds.runs.probe,
            reads=Reads(store, lambda: rounds.follow.planned.values()),  # noqa: PLW0108  a reload makes another dict
            masthead=Masthead(
                name=agent.name,
                language=agent.language.value,
                zone=agent.timezone,
                online=lambda: eyes.uplink.online,
            ),
            access=_access(settings),
        )
    )


def _readiness(rounds: Rounds) -> Readiness:
    return Readiness(
        configuration=True,
        store=rounds.intake.trouble is None,
        scheduler=rounds.schedule.running,
        first_check=bool(rounds.runs.started or not rounds.follow.planned),
    )


def _scrape(own: Own, eyes: Eyes, rounds: Rounds) -> Callable[[str, str], Answer]:
    exposition = Exposition(own.registry, rounds.watched.lines)

    def scrape(accept: str, accept_encoding: str) -> Answer:
        for lane, running, waiting in eyes.executor.lanes():
            own.lane(lane, running=running, waiting=waiting)
        own.inbox(rounds.intake.waiting)
        own.online(online=eyes.uplink.online)
        return exposition.answer(accept, accept_encoding)

    return scrape


def _access(settings: Settings) -> Access:
    web, listen = settings[Web], settings[Agent].listen
    return Access(
        hosts=frozenset({listen.host.lower(), *(host.lower() for host in web.hosts)}),
        token=web.token.reveal() if web.token else "",
        always=open_to_others(listen.host),
    )
