"""During an outage, a real Prometheus that scrapes a real agent answers every query, with the store's own figures."""

import asyncio
import json
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree as ET

from dashboards.preview import __main__ as preview
from dashboards.preview import panels
from dashboards.preview.prometheus import NoAnswer
from tests import needs
from tests.daemon.running import PATIENCE, Place, Running, daemon
from tests.dashboards.figures import FIGURES, Asked, Figure, Table, of_panels, of_rules
from tests.dashboards.live import Neighbour, Scraper, neighbour, scraping
from tests.lab.http.authority import Authority
from tests.lab.http.server import OK, Peer, serving

SCRAPE = timedelta(milliseconds=500)
SITES = """
[clients.acme]
name = "ACME"
[contracts.acme-2026]
client = "acme"
kind = "forfait"
[sites.acme-shop]
contract = "acme-2026"
url = "http://127.0.0.1:{shop}/boutique"
[sites.acme-shop.checks.uptime]
every = "3s"
contains = "Ajouter au panier"
[sites.acme-form]
contract = "acme-2026"
url = "https://127.0.0.1:{tls}/"
ca_file = "{ca}"
[sites.acme-form.checks.uptime]
every = "3s"
[sites.acme-form.checks.tls]
every = "3s"
audit = false
hsts = false
[channels.tickets]
url = "file://tickets.jsonl"
agent = true
"""
ROUNDS = 40  # looks for a moment in which nothing moves, about a second each


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """An agent with one site that was down from the start, one that broke under its eyes, and one that is well."""

    place: Place
    agent: Running
    prometheus: Scraper
    shop: Neighbour


async def begin(stack: AsyncExitStack, folder: Path) -> Outage:
    """Start it all, and wait until the tickets of both failing sites are scraped."""
    authority = Authority.make(folder)

    async def answer(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)

    tls = await stack.enter_async_context(serving(answer, tls=authority.server()))
    shop = await stack.enter_async_context(neighbour(folder / "shop"))
    place = Place.make(folder, more=SITES.format(shop=shop.port, tls=tls.port, ca=authority.file))
    rewrite(place, lambda text: text.replace('every = "1s"', 'every = "3s"'))  # moments in which nothing moves
    agent = await stack.enter_async_context(daemon(place))
    await agent.ready()
    prometheus = await stack.enter_async_context(scraping(folder / "prometheus", place.web, SCRAPE))
    await prometheus.until('vigie_check_up{site="acme-shop"} == 1', "the shop is seen to be well")
    shop.break_("no_cart")
    await prometheus.until('vigie_tickets_open{site="atelier", severity="critical"} == 1', "the ticket of the outage")
    await prometheus.until('vigie_tickets_open{site="acme-shop", severity="major"} == 1', "the ticket of the shop")
    await prometheus.until("vigie_tls_lifetime_share_left", "the certificate")
    # A configuration that is refused is a problem of the agent's own.
    rewrite(place, lambda text: f"{text}nonsense = 1\n")
    agent.process.send_signal(signal.SIGHUP)
    await prometheus.until('vigie_agent_problems{rule="agent.config"} == 1', "the refused configuration")
    await prometheus.until('vigie_tickets_open{site="", severity="minor"} == 1', "its ticket")
    return Outage(place=place, agent=agent, prometheus=prometheus, shop=shop)


def rewrite(place: Place, change: Callable[[str], str]) -> None:
    """Change the configuration file."""
    before = place.config.read_text(encoding="utf-8")
    assert change(before) != before
    place.config.write_text(change(before), encoding="utf-8")


def stored(place: Place, figure: Figure, now: float) -> Table:
    """The store's own figure."""
    with closing(sqlite3.connect(f"file:{place.state / 'vigie.db'}?mode=ro", uri=True, timeout=10)) as db:
        rows = db.execute(figure.sql, {"now": now} if ":now" in figure.sql else {}).fetchall()
    return {tuple(row[:-1]): float(row[-1]) for row in rows}


@dataclass(slots=True)
class Comparison:
    """What has agreed so far, and the last two tables of what has not."""

    agreed: set[str] = field(default_factory=set)
    last: dict[str, tuple[Table, Table]] = field(default_factory=dict)

    async def look(self, outage: Outage, asked: dict[str, Asked]) -> None:
        """Compare what stood still in the store from before a scrape until after it."""
        now = datetime.now(UTC)
        waiting = [figure for figure in FIGURES if figure.where not in self.agreed]
        before = [stored(outage.place, figure, 0.0) for figure in waiting]
        await outage.prometheus.until(f"timestamp(vigie_build_info) > {now.timestamp():.3f}", "another scrape")
        at = datetime.now(UTC)
        found = [await outage.prometheus.now(asked[figure.where].expr, at) for figure in waiting]
        for figure, first, answer in zip(waiting, before, found, strict=True):
            if stored(outage.place, figure, 0.0) == first:
                shown, kept = figure.read(answer), stored(outage.place, figure, at.timestamp())
                self.last[figure.where] = (shown, kept)
                if figure.agrees(shown, kept):
                    self.agreed.add(figure.where)


async def test_every_query_has_an_answer_and_says_what_the_store_says(tmp_path: Path) -> None:
    needs.program("prometheus", apt="prometheus")
    every = [*of_panels(timedelta(minutes=5), timedelta(seconds=10)), *of_rules()]
    asked = {each.where: each for each in every}
    assert len(asked) == len(every)
    async with AsyncExitStack() as stack:
        outage = await begin(stack, tmp_path)
        comparison = Comparison()
        for _ in range(ROUNDS):
            await comparison.look(outage, asked)
            if len(comparison.agreed) == len(FIGURES):
                break
        differ = {where: tables for where, tables in comparison.last.items() if where not in comparison.agreed}
        assert differ == {}
        assert len(comparison.agreed) == len(FIGURES) >= 15
        silent = [each.where for each in every if not await answered(outage.prometheus, each)]
        assert silent == []
        await judge_links(outage)
        await judge_preview(outage, tmp_path / "preview")
        await judge_rules(outage.prometheus)
        await judge_exposition(outage.agent)
        outage.agent.process.send_signal(signal.SIGTERM)
        assert await outage.agent.process.wait() == 0


async def judge_links(outage: Outage) -> None:
    """The link of each failing site leads to its tickets, and to no other's, on the agent's page."""
    (panel,) = (panel for panel in panels.read("fleet").panels if panel.title == "Failing now")
    link = next(column.link for column in panel.columns if column.title == "Site")
    rows = outage.place.rows("SELECT site, ref FROM tickets WHERE site IN ('atelier', 'acme-shop')")
    refs = {str(site): str(ref) for site, ref in rows}
    assert len(refs) == 2
    for site, ref in refs.items():
        answer = await outage.agent.get(link.replace("${page}", "").replace("${__data.fields.Site}", site))
        assert answer is not None
        assert answer.status_code == 200
        assert [other for other in refs.values() if other in answer.text] == [ref]


async def judge_preview(outage: Outage, folder: Path) -> None:
    """The preview draws both dashboards from this Prometheus, and *Fleet* names the sites that fail."""
    words = ["--prometheus", outage.prometheus.at.address, "--minutes", "2", "--rate", "10", "--out", str(folder)]
    assert await asyncio.to_thread(preview.main, words) == 0
    drawn = {path.stem: ET.parse(path).getroot() for path in folder.glob("*.svg")}
    assert drawn.keys() == {*panels.names()}
    said = ["".join(text.itertext()) for text in drawn["fleet"].iter("{http://www.w3.org/2000/svg}text")]
    assert {"atelier", "acme-shop", "✖ critical", "✖ major", "keyword_missing", "✖ 2"} <= {*said}


async def answered(prometheus: Scraper, asked: Asked) -> bool:
    try:
        return bool(await prometheus.now(asked.expr))
    except NoAnswer as error:
        raise AssertionError(f"{asked.where}: {error}") from error


async def judge_rules(prometheus: Scraper) -> None:
    """Every rule evaluates without error, and its link leads to its runbook, which Prometheus serves."""
    answer = await asyncio.to_thread(fetch, f"{prometheus.at.address}/api/v1/rules")
    rules = [rule for group in json.loads(answer)["data"]["groups"] for rule in group["rules"]]
    assert len(rules) == len(of_rules())
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}  # unknown: not evaluated yet
    assert {rule["lastError"] for rule in rules if "lastError" in rule} == set()
    for rule in rules:
        path = rule["annotations"]["runbook_url"].removeprefix("{{ $externalURL }}")
        page = await asyncio.to_thread(fetch, prometheus.at.address + path)
        assert f"`{rule['name']}`" in page


def fetch(url: str) -> str:
    with urlopen(url, timeout=PATIENCE) as answer:
        text: str = answer.read().decode()
        return text


async def judge_exposition(agent: Running) -> None:
    """Prometheus' own linter finds nothing in what the agent exports."""
    answer = await agent.get("/metrics")
    assert answer is not None
    tool = needs.program("promtool", apt="prometheus")
    done = await asyncio.to_thread(
        subprocess.run, [tool, "check", "metrics"], input=answer.content, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
