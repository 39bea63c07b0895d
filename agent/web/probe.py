"""`/probe`: one look at a configured check in blackbox_exporter's format, for those who already scrape one."""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent.metrics.lines import labels, number
from agent.metrics.watched import measured
from agent.plan import Planned
from checks.core.model import Measure, Observed, Outcome

Look = Callable[[Planned], Awaitable[Outcome | None]]  # None: somebody else looks already
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def routes(planned: Callable[[], Iterable[Planned]], look: Look) -> list[Route]:
    """The one address; `target` is a site or its address, `module` a check or its kind (`uptime` when left out)."""

    async def probe(request: Request) -> Response:
        target, module = request.query_params.get("target", ""), request.query_params.get("module", "uptime")
        one = find(planned(), target, module)
        if one is None:
            return PlainTextResponse(f"no site {target!r} with a check {module!r} is configured\n", status_code=404)
        outcome = await look(one)
        if outcome is None:
            return PlainTextResponse("somebody else is looking already\n", status_code=429)
        if not isinstance(outcome.answer, Observed):
            # Scraped as a failure of this agent (`up` is 0), not as one of the site.
            return PlainTextResponse(f"could not look: {outcome.answer.cause}\n", status_code=503)
        return PlainTextResponse("".join(_lines(outcome.answer.measures)), headers={"Content-Type": CONTENT_TYPE})

    return [Route("/probe", probe)]


def find(planned: Iterable[Planned], target: str, module: str) -> Planned | None:
    """Return the planned check that is asked for; nobody can make us look at anything else."""
    of_site = [one for one in planned if target in {one.key.site, one.target, one.target.rstrip("/")}]
    named = (one for one in of_site if one.key.check == module)
    return next(named, next((one for one in of_site if one.kind == module), None))


def _lines(measures: Iterable[Measure]) -> Iterator[str]:
    last = ""
    for measure in sorted(measures, key=lambda measure: measure.name):
        family = measured(measure.name)
        if family is None:
            continue
        if family.name != last:
            yield family.head(openmetrics=False).decode()
        last = family.name
        own = f"{{{labels(*measure.labels)}}}" if measure.labels else ""
        yield f"{family.name}{own} {number(measure.value)}\n"
