"""What the daemon serves over HTTP."""

from agent.config.loaded import Settings
from agent.daemon.rounds import Rounds
from agent.metrics import Exposition, Own
from agent.settings import Agent
from agent.web import health, scrape
from agent.web.app import ASGIApp, build
from agent.web.guard import Access


def served(settings: Settings, own: Own, rounds: Rounds) -> ASGIApp:
    """Return the application."""

    def readiness() -> health.Readiness:
        return health.Readiness(
            configuration=True,
            store=rounds.intake.trouble is None,
            scheduler=rounds.schedule.running,
            first_check=bool(rounds.runs.started or not rounds.follow.planned),
        )

    exposition = Exposition(own.registry, rounds.watched.lines)
    routes = [*health.routes(readiness), *scrape.routes(exposition.answer)]
    return build(routes, Access(hosts=frozenset({settings[Agent].listen.host})))
