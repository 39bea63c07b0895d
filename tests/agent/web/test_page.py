"""From the page alone, in either language, a stranger can say what is wrong, since when, where, and see it again."""

import re
from html import unescape

import pytest

from agent.store import StoreUnavailable
from tests.agent.web.asking import ask
from tests.agent.web.conftest import NASTY, Desk

LINKS = re.compile(r'(?:href|src)="([^"]+)"')


async def text(desk: Desk, path: str) -> str:
    answer = await ask(desk.app, path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


async def test_the_page_shows_open_tickets_and_every_site(desk: Desk) -> None:
    page = await text(desk, "/")
    assert desk.ref in page
    assert [site in page for site in ("shop", "blog", "new")] == [True] * 3
    assert '<html lang="fr">' in page
    assert "Tickets ouverts" in page
    assert "Open tickets" not in page


async def test_the_page_of_one_site_shows_its_tickets_alone_and_the_way_back(desk: Desk) -> None:
    page = await text(desk, "/?site=shop")
    assert desk.ref in page
    assert '<a href="/">Tous les sites</a>' in page
    assert "blog" not in page
    other = await text(desk, "/?site=blog")
    assert desk.ref not in other
    assert "blog" in other
    nasty = await text(desk, "/?site=%22%3E%3Cscript%3E")
    assert "<script" not in nasty


async def test_it_speaks_english_when_asked(desk: Desk) -> None:
    page = await text(desk, "/?lang=en")
    assert "Open tickets" in page
    assert "Tickets ouverts" not in page


async def test_an_agent_that_is_offline_says_so_on_top(desk: Desk) -> None:
    desk.online = False
    assert "hors ligne" in await text(desk, "/")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_ticket_says_all_that_a_stranger_needs(desk: Desk, language: str) -> None:
    page = unescape(await text(desk, f"/tickets/{desk.ref}?lang={language}"))
    for needed in ("https://shop.example/", "curl -sS https://shop.example/", "192.0.2.1  refused", "t.down"):
        assert needed in page
    assert page.count("200 ms") == 2  # both attempts, with how long they took


async def test_what_a_site_says_cannot_become_part_of_the_page(desk: Desk) -> None:
    page = await text(desk, f"/tickets/{desk.ref}")
    assert NASTY not in page
    assert NASTY in unescape(page)


@pytest.mark.parametrize("path", ["/", "/tickets/{ref}"])
async def test_it_loads_nothing_from_elsewhere_and_every_link_leads_somewhere(desk: Desk, path: str) -> None:
    page = await text(desk, path.format(ref=desk.ref))
    assert "<script" not in page
    assert " style=" not in page
    links = set(LINKS.findall(page))
    assert {link[0] for link in links} <= set("/?#")
    for link in links - {"#main"}:
        target = link if link.startswith("/") else f"/{link}"
        assert (await ask(desk.app, target)).status_code == 200, link


async def test_an_unknown_ticket_is_told_kindly(desk: Desk) -> None:
    answer = await ask(desk.app, "/tickets/NONE-1")
    assert answer.status_code == 404
    assert "Ce ticket n’existe pas" in answer.text


@pytest.mark.parametrize("path", ["/", "/tickets/X", "/api/v1/sites"])
async def test_a_store_that_cannot_be_read_is_told(desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_query: object) -> None:
        raise StoreUnavailable("the store x cannot be read")

    monkeypatch.setattr(desk.store, "read", refuse)
    answer = await ask(desk.app, path)
    assert answer.status_code == 503
    assert "the store x cannot be read" in answer.text


async def test_metrics_are_there(desk: Desk) -> None:
    assert "vigie_build_info" in (await ask(desk.app, "/metrics")).text
