"""The way from http to https, and the promise to stay there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.core.model import Severity
from checks.net.preload import Preload, Preloaded, installed_on, preload
from checks.tls.judge_http import judge_entry, judge_hsts, settled
from checks.tls.look import read_head
from checks.tls.seen import Entry, Head, Step

HTTP, HTTPS = "http://acme.test/", "https://acme.test/"


def entry(*steps: tuple[str, int, str], **about: Any) -> Entry:
    return Entry(url=HTTP, steps=tuple(Step(url=url, status=status, leads_to=to) for url, status, to in steps), **about)


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        pytest.param(entry((HTTP, 301, HTTPS)), {}, id="a-permanent-redirect"),
        pytest.param(entry((HTTP, 308, HTTPS)), {}, id="a-308"),
        pytest.param(entry((HTTP, 302, HTTPS)), {"http.https_redirect.temporary": "info"}, id="a-302"),
        pytest.param(entry((HTTP, 307, HTTPS)), {"http.https_redirect.temporary": "info"}, id="a-307"),
        pytest.param(entry((HTTP, 200, "")), {"http.https_redirect.missing": "minor"}, id="a-page"),
        pytest.param(entry((HTTP, 404, "")), {"http.https_redirect.missing": "minor"}, id="not-found"),
        pytest.param(entry((HTTP, 500, "")), {}, id="a-server-in-trouble-shows-nothing"),
        pytest.param(entry((HTTP, 429, "")), {}, id="a-server-that-suspects-a-robot-shows-nothing"),
        pytest.param(entry(closed=True), {"http.https_redirect.missing": "info"}, id="nobody-listens"),
        pytest.param(
            entry((HTTP, 301, "http://acme.test/fr"), ("http://acme.test/fr", 301, HTTPS)), {}, id="by-a-detour-of-http"
        ),
        pytest.param(entry((HTTP, 301, "https://www.acme.test/")), {}, id="to-the-twin-with-www"),
        pytest.param(
            entry((HTTP, 301, "https://shop.example/")), {"http.https_redirect.foreign": "major"}, id="to-somebody-else"
        ),
        pytest.param(
            entry((HTTP, 301, HTTPS), (HTTPS, 301, "https://shop.example/")),
            {"http.https_redirect.foreign": "major"},
            id="to-somebody-else-in-the-end",
        ),
        pytest.param(
            entry((HTTP, 301, HTTPS), (HTTPS, 302, "http://acme.test/x")),
            {"http.redirect.downgrade": "major"},
            id="back-to-http",
        ),
        pytest.param(
            entry((HTTP, 301, HTTPS), (HTTPS, 301, HTTP), loop=True),
            {"http.redirect.loop": "major"},
            id="to-and-fro-is-a-loop",
        ),
        pytest.param(entry((HTTP, 301, HTTP), loop=True), {"http.redirect.loop": "major"}, id="in-circles"),
    ],
)
def test_the_way(met: Entry, expected: dict[str, str]) -> None:
    assert {f.rule.id: f.severity.value for f in judge_entry(met, "acme.test")} == expected


def test_a_loop_shuts_visitors_out() -> None:
    (finding,) = judge_entry(entry((HTTP, 301, HTTP), loop=True), "acme.test")
    assert finding.blocks


def test_what_says_nothing_of_visitors_is_not_settled() -> None:
    assert not settled(entry((HTTP, 503, "")))
    assert not settled(entry())
    assert settled(entry(closed=True))


TODAY = datetime(2026, 11, 24, tzinfo=UTC)
GOOD = "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize(
    ("fields", "listed", "expected"),
    [
        pytest.param((GOOD,), Preload.NO, {}, id="a-year"),
        pytest.param((), Preload.NO, {"http.hsts.missing"}, id="none"),
        pytest.param((), Preload.ABOVE, set(), id="none-needed-where-a-parent-promised"),
        pytest.param((), Preload.UNKNOWN, {"http.hsts.missing"}, id="none-and-nobody-knows-of-a-promise"),
        pytest.param(("max-age=15768000",), Preload.NO, set(), id="half-a-year-to-the-second"),
        pytest.param(("max-age=15767999",), Preload.NO, {"http.hsts.short"}, id="a-second-less"),
        pytest.param(("max-age=0",), Preload.NO, {"http.hsts.disabled"}, id="off"),
        pytest.param(("max-age=-1",), Preload.NO, {"http.hsts.invalid"}, id="less-than-nothing"),
        pytest.param(("",), Preload.NO, {"http.hsts.invalid"}, id="empty"),
        pytest.param(("max-age",), Preload.NO, {"http.hsts.invalid"}, id="an-age-without-a-number"),
        pytest.param(("max-age=1; max-age=2",), Preload.NO, {"http.hsts.invalid"}, id="two-ages"),
        pytest.param(("includeSubDomains",), Preload.NO, {"http.hsts.invalid"}, id="no-age"),
        pytest.param(("max age=1",), Preload.NO, {"http.hsts.invalid"}, id="broken-grammar"),
        pytest.param(('MAX-AGE = "31536000"',), Preload.NO, set(), id="quoted-and-in-capitals"),
        pytest.param(("max-age=31536000;; x=y;",), Preload.NO, set(), id="what-nobody-knows-is-skipped"),
        pytest.param(("max-age=" + "9" * 4000,), Preload.NO, set(), id="an-age-of-four-thousand-digits"),
        pytest.param(("max-age=0", GOOD), Preload.NO, {"http.hsts.disabled"}, id="only-the-first-counts"),
        pytest.param((GOOD,), Preload.OWN, set(), id="preloaded-and-fit"),
        pytest.param(("max-age=31536000; preload",), Preload.OWN, {"http.hsts.preload_broken"}, id="no-subdomains"),
        pytest.param(
            ("max-age=31536000; includeSubDomains",), Preload.OWN, {"http.hsts.preload_broken"}, id="without-preload"
        ),
        pytest.param(
            ("max-age=31535999; includeSubDomains; preload",),
            Preload.OWN,
            {"http.hsts.preload_broken"},
            id="a-second-less-than-a-year",
        ),
        pytest.param((), Preload.OWN, {"http.hsts.preload_broken"}, id="preloaded-without-the-field"),
    ],
)
def test_the_promise(fields: tuple[str, ...], listed: Preload, expected: set[str]) -> None:
    head = Head(status=200, hsts=fields)
    found = judge_hsts(head, "acme.test", "acme.test:443", preload=Preloaded(standing=listed, as_of=TODAY), entry=None)
    assert {finding.rule.id for finding in found} == set(expected)


def test_a_preloaded_host_must_lead_to_https_on_itself() -> None:
    head = Head(status=200, hsts=(GOOD,))
    away = entry((HTTP, 301, "https://www.acme.test/"))
    listed = Preloaded(standing=Preload.OWN, as_of=TODAY)
    (finding,) = judge_hsts(head, "acme.test", "acme.test:443", preload=listed, entry=away)
    assert finding.rule.id == "http.hsts.preload_broken"
    assert finding.fact("list_of") == "2026-11-24"
    assert finding.fact("problem") == "redirect"
    assert finding.severity is Severity.MAJOR


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("hstspreload.org", Preload.OWN, id="in-the-list-itself"),
        pytest.param("shop.dev", Preload.ABOVE, id="under-a-top-level-that-is"),
        pytest.param("acme.test", Preload.NO, id="not-in-it"),
    ],
)
def test_the_list(host: str, expected: Preload) -> None:
    assert preload(host, None, installed_on()).standing is expected


@pytest.mark.parametrize(
    ("data", "status", "hsts"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: a\r\n\r\nbody", 200, ("a",), id="as-it-should-be"),
        pytest.param(b"HTTP/1.0 404\nstrict-transport-security:a\n\n", 404, ("a",), id="lines-that-end-in-lf"),
        pytest.param(
            b"HTTP/2 200\r\nStrict-Transport-Security: a\r\nSTRICT-TRANSPORT-SECURITY: b", 200, ("a", "b"), id="cut"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nStrict-Transport-Security: a", 200, (), id="a-body-is-no-head"),
        pytest.param(b"ICY 200 OK\r\n\r\n", None, (), id="no-http"),
        pytest.param(b"", None, (), id="nothing"),
    ],
)
def test_heads(data: bytes, status: int | None, hsts: tuple[str, ...]) -> None:
    head = read_head(data)
    assert (head.status if head else None, head.hsts if head else ()) == (status, hsts)
