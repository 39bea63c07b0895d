"""When a page is believed not to be the site's own: blank pages, headers alone, and what memory calms."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.uptime.marks import Kind
from checks.uptime.pages import Mark, look_at
from checks.uptime.past import FRESH, SKETCH, LastGood, compare, likeness, remember
from checks.uptime.source import Page

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
WORDS = (
    *("Portes", "fenêtres", "escaliers", "parquet", "chêne", "frêne", "noyer", "atelier"),
    *("devis", "pose", "mesure", "maison", "lyon", "bois", "vernis", "ponçage"),
)


def page(body: str | bytes, status: int = 200, *headers: tuple[str, str], whole: bool = True) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    return Page(status=status, headers=headers or HTML, body=data, whole=whole)


def site(*words: str, title: str = "Durand", extra: str = "", end: str = "</body></html>") -> Page:
    said = "".join(f"<p>{word} {word}s</p>" for word in words or WORDS)
    return page(f"<html><head><title>{title}</title></head><body>{extra}{said}{end}")


def good(answer: Page) -> LastGood:
    assert look_at(answer) is None
    return remember(answer, None, NOW)


def kind(mark: Mark | None) -> str:
    return mark.kind.value if mark else ""


@pytest.mark.parametrize(
    ("answer", "blank"),
    [
        pytest.param(page(""), True, id="no-byte"),
        pytest.param(page(" \n"), True, id="white-space"),
        pytest.param(page("<html><body></body></html>"), True, id="tags-without-words"),
        pytest.param(page("", 200, ("Server", "x")), False, id="no-byte-and-no-type-is-no-page"),
        pytest.param(page("<body></body>", 200, ("Server", "x")), True, id="tags-say-that-it-is-one"),
        pytest.param(page("", 500), True, id="no-byte-under-an-error-status"),
        pytest.param(page("", 200, ("Content-Type", "text/plain")), False, id="an-empty-text-is-no-page"),
        pytest.param(page("", 200, ("Content-Type", "application/json")), False, id="nor-is-empty-json"),
        pytest.param(page("", 200, ("Content-Type", "image/png")), False, id="nor-a-picture"),
        pytest.param(page("", 204), False, id="204-has-no-body"),
        pytest.param(page("", 304), False, id="304-has-no-body"),
        pytest.param(page("", 302), False, id="a-redirect-is-not-read"),
        pytest.param(page("", whole=False), False, id="a-cut-page-says-nothing"),
        pytest.param(page("<body><img src=x></body>"), False, id="a-picture"),
        pytest.param(page("<body><iframe src=x></iframe></body>"), False, id="a-frame"),
        pytest.param(page("<body><input></body>"), False, id="a-field"),
        pytest.param(page("<body><div id=root></div><script src=x></script></body>"), False, id="scripts-may-fill-it"),
        pytest.param(page('<meta http-equiv=refresh content="0;url=/fr">'), False, id="it-sends-elsewhere"),
        pytest.param(page("<body>Ouvert</body>"), False, id="one-word-may-be-all-it-says"),
        pytest.param(page("<body><pre>+--+</pre></body>"), False, id="a-specimen-is-something"),
    ],
)
def test_a_page_that_shows_nothing_is_blank(answer: Page, blank: bool) -> None:
    assert kind(look_at(answer)) == ("blank_page" if blank else "")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            "<html><head><script src=x></script></head><body></body></html>", "blank_page", id="only-scripts-left"
        ),
        pytest.param("<html><body><p>Durand</p></body></html>", "blank_page", id="only-its-name-left"),
        pytest.param("<html><body><header><a href=/>Durand</a></header>", "error_page", id="it-stops-after-its-head"),
        pytest.param(
            "<html><body><p>Catalogue : erreur de lecture</p></body></html>", "error_page", id="shrunk-to-an-error"
        ),
        pytest.param(
            "<title>Index of /</title><h1>Index of /</h1><a href=x>wp-content</a>", "error_page", id="a-listing"
        ),
    ],
)
def test_a_page_that_was_full_is_believed_empty_or_broken(now: str, expected: str) -> None:
    last = good(site())
    assert look_at(page(now)) is None
    assert kind(look_at(page(now), last)) == expected


def test_a_page_that_always_looked_so_is_not_flagged_anew() -> None:
    banner = "<h1>Maintenance en cours dimanche</h1>"
    last = good(site(*[f"mot{n}" for n in range(50)], extra=banner))
    shorter = site(*[f"mot{n}" for n in range(33)], extra=banner)
    assert kind(look_at(shorter)) == "maintenance_page"
    assert look_at(shorter, last) is None


def test_a_page_that_never_looked_so_is() -> None:
    last = good(site())
    other = page("<title>Durand</title><h1>Site en maintenance</h1><p>Revenez demain.</p>")
    assert kind(look_at(other, last)) == "maintenance_page"


def test_what_only_the_software_writes_is_believed_whatever_the_past() -> None:
    """A warning of PHP on top of the page that always was: alike, and faulty all the same."""
    last = good(site())
    warned = site(extra="<br />\n<b>Warning</b>:  Undefined variable $a in <b>/srv/x.php</b> on line <b>3</b><br />")
    assert compare(warned, last).likeness > 0.5
    assert kind(look_at(warned, last)) == "error_page"


def test_a_page_equal_to_the_last_good_one_is_not_read_but_its_headers_are() -> None:
    answer = site()
    last = good(answer)
    challenged = replace(answer, headers=(*HTML, ("CF-Mitigated", "Challenge")))
    assert look_at(answer, last) is None
    mark = look_at(challenged, last)
    assert mark is not None
    assert (mark.kind, mark.seen) == (Kind.BOT_CHALLENGE, "cf-mitigated: challenge")


def test_a_challenge_without_a_page_is_told_by_its_header() -> None:
    mark = look_at(page(b"\x89PNG", 202, ("Content-Type", "image/png"), ("X-Amzn-Waf-Action", "captcha")))
    assert mark is not None
    assert (mark.kind, mark.product) == (Kind.BOT_CHALLENGE, "AWS WAF")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<h1>Site en maintenance</h1>".encode("utf-16"), id="utf-16"),
        pytest.param("<h1>Site momentan\u00e9ment indisponible</h1>".encode("latin-1"), id="latin-1"),
        pytest.param(b"<h1>Site momentan&eacute;ment indisponible</h1>", id="entities"),
        pytest.param("\ufeff<h1>SITE EN MAINTENANCE</h1>".encode(), id="byte-order-mark-and-capitals"),
        pytest.param(b"<h1>Site&nbsp;en\n<b>maintenance</b></h1>", id="no-break-space-and-tags"),
        pytest.param(b"<!--" + b"x" * 30_000 + b"--><h1>Site en maintenance</h1>", id="after-a-long-comment"),
        pytest.param(b"<style>" + b"x{}" * 40_000 + b"</style><h1>Site en maintenance</h1>", id="after-a-longer-style"),
    ],
)
def test_a_mark_is_seen_however_it_is_written(body: bytes) -> None:
    assert kind(look_at(page(body, 200, ("content-type", "text/html")))) == "maintenance_page"


def test_memory_stays_while_the_page_stays_near() -> None:
    answer = site()
    last = remember(answer, None, NOW)
    later = NOW + timedelta(hours=1)
    assert remember(answer, last, later) is last
    assert remember(replace(answer, body=answer.body.replace(b"Portes", b"Porte ")), last, later) is last
    grown = remember(replace(answer, body=answer.body + b"<!-- 12:01 -->"), last, later)
    assert (grown.taken, grown.sketch) == (last.taken, last.sketch)


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        pytest.param(site(), FRESH, id="a-day-later"),
        pytest.param(site(title="Durand et fils"), timedelta(minutes=1), id="another-title"),
        pytest.param(site(*WORDS, *WORDS), timedelta(minutes=1), id="another-size"),
    ],
)
def test_memory_is_taken_anew(answer: Page, after: timedelta) -> None:
    last = remember(site(), None, NOW)
    taken = remember(answer, last, NOW + after)
    assert taken is not last
    assert taken.taken == NOW + after


def test_memory_holds_what_a_visitor_would_recognise() -> None:
    last = remember(site(), None, NOW)
    assert (last.title, last.words) == ("Durand", 2 * len(WORDS))
    assert 0 < len(last.sketch) <= SKETCH
    assert last.size == len(site().body)


def test_what_differs_is_told() -> None:
    last = remember(site(), None, NOW)
    same, other = compare(site(), last), compare(page("<title>Oups</title>"), last)
    assert (same.title, same.likeness) == (None, 1.0)
    assert (other.title, other.words, other.likeness) == (("Durand", "Oups"), (2 * len(WORDS), 0), 0.0)


def test_likeness_estimates_the_words_in_common() -> None:
    half = remember(site(*[f"mot{n}" for n in range(200)]), None, NOW)
    other = remember(site(*[f"mot{n}" for n in range(100, 300)]), None, NOW)
    assert likeness((), ()) == 1.0
    assert likeness(half.sketch, half.sketch) == 1.0
    assert 0.1 < likeness(half.sketch, other.sketch) < 0.6  # in truth 1/3


PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            b"<html>", b"<body>", b"</body>", b"</title>", b"<h1>", b"<script>", b"error", b" on line 3",
            b"<b>Fatal error</b>:  ", b"Traceback (most recent call last):", b"maintenance", b"domain is for sale",
            b"captcha", b"<a href=x>", b"&eacute;", b"\xff\xfe", b"503 Service Unavailable", b'{"status": 500',
        ]
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(
    body=st.lists(PIECES, max_size=40).map(b"".join),
    status=st.sampled_from([200, 202, 204, 301, 403, 404, 500, 503]),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["Content-Type", "cf-mitigated", "X", "x-amzn-waf-action", "sg-captcha"]),
            st.one_of(
                st.text(max_size=20), st.sampled_from(["text/html", "text/html; charset=utf-7", "application/json"])
            ),
        ),
        max_size=4,
    ),
    remembered=st.booleans(),
)
def test_any_answer_is_judged(body: bytes, status: int, headers: list[tuple[str, str]], remembered: bool) -> None:
    answer = Page(status=status, headers=tuple(headers), body=body)
    last = remember(site(), None, NOW) if remembered else None
    mark = look_at(answer, last)
    assert mark is None or len(mark.seen) <= 200
    assert isinstance(remember(answer, last, NOW), LastGood)
    assert 0.0 <= compare(answer, remember(site(), None, NOW)).likeness <= 1.0


def test_judging_a_page_loads_no_parser_library() -> None:
    code = (
        "import sys; from checks.uptime.source import Page; from checks.uptime.pages import look_at;"
        "assert look_at(Page(status=200, headers=(), body=b'<h1>Site en maintenance</h1>'));"
        "print([name for name in ('lxml', 'bs4', 'regex', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"[]", "['httpx']"}
