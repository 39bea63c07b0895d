"""Signs in general: pages of unknown software are told in many languages, pages about such things left alone."""

import re
import time
from collections import Counter

import pytest

from checks.uptime import marks
from checks.uptime.marks import Kind
from checks.uptime.pages import look_at
from checks.uptime.source import Page
from checks.uptime.weigh import Sign, Where

SIGNS = marks.load().signs
LONG = (
    "It is one of the five hundred codes, defined in RFC 9110. A polite server adds a Retry-After header, so that "
    "crawlers know when to come back, and keeps the page short. If you see it often, the pool of workers is too small."
)


def page(title: str, body: str) -> Page:
    source = f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return Page(status=200, headers=(("Content-Type", "text/html; charset=utf-8"),), body=source.encode())


def raw(body: str) -> Page:
    kind = "application/json" if body[0] in "[{" else "text/plain"
    return Page(status=200, headers=(("Content-Type", kind),), body=body.encode())


@pytest.mark.parametrize(
    ("kind", "title", "body"),
    [
        ("error_page", "Fehler", "<h1>Es ist ein Fehler aufgetreten</h1><p>Bitte versuchen Sie es erneut.</p>"),
        ("error_page", "Błąd", "<h1>Wystąpił błąd</h1><p>Spróbuj ponownie później.</p>"),
        ("error_page", "Chyba", "<h1>Došlo k chybě</h1><p>Zkuste to prosím později.</p>"),
        ("error_page", "Atelier", "<p>An unexpected error occurred. Please try again later.</p>"),
        ("error_page", "Tienda", "<p>Algo ha ido mal. Inténtelo de nuevo más tarde.</p>"),
        (
            "error_page",
            "NilError at /cart",
            "<h1>NilError in Cart#show</h1><pre>app/cart.rb:12:in `show'\napp/x.rb:3</pre><p>x</p>",
        ),
        ("maintenance_page", "Underhåll", "<h1>Webbplatsen är under underhåll</h1><p>Vi är snart tillbaka.</p>"),
        ("maintenance_page", "Сайт", "<h1>Сайт временно недоступен</h1><p>Ведутся технические работы.</p>"),
        ("maintenance_page", "Huolto", "<h1>Huoltokatko</h1><p>Palvelu ei ole tilapäisesti käytettävissä.</p>"),
        ("maintenance_page", "Prace", "<h1>Przerwa techniczna</h1><p>Strona jest niedostępna. Wkrótce wrócimy.</p>"),
        ("parked_page", "durand.test", "<p>Ce domaine est réservé par notre client. Hébergé par Hosto.</p>"),
        ("parked_page", "Domæne", "<h1>Dette domæne er parkeret</h1><p>Domænet er registreret af en kunde.</p>"),
        ("parked_page", "Домен", "<h1>Домен veloshop.test припаркован</h1><p>Сайт скоро появится.</p>"),
        ("error_page", "Tietokantavirhe", "<h1>Tietokantayhteys epäonnistui</h1>"),
        ("parked_page", "x.test", "<h1>x.test</h1><p>Deze domeinnaam is geregistreerd door een klant.</p>"),
        (
            "bot_challenge",
            "Vérification",
            "<h1>Vérification de sécurité</h1><p>Êtes-vous humain ?</p><altcha-widget></altcha-widget>",
        ),
        (
            "bot_challenge",
            "",
            "<script>document.cookie='k=1';location.reload();</script><noscript>JavaScript is required</noscript>",
        ),
        (
            "bot_challenge",
            "Hold on",
            "<h1>Testing your browser</h1><script>crypto.subtle.digest(x)</script><noscript>JavaScript</noscript>",
        ),
    ],
    ids=lambda value: value[:24] if value else "untitled",
)
def test_signs_together_tell_a_page_of_software_that_nobody_knows(kind: str, title: str, body: str) -> None:
    mark = look_at(page(title, body))
    assert mark is not None
    assert mark.kind == kind


@pytest.mark.parametrize(
    "body",
    [
        "panic: runtime error: index out of range",
        "could not connect to database",
        '{"success":false,"error":"database is locked"}',
        "DBI connect failed: Can't connect to local server at /srv/x.pl line 12.",
        "Undefined subroutine &main::x called at /srv/a.pl line 3.",
    ],
)
def test_a_raw_message_is_an_error_page(body: str) -> None:
    mark = look_at(raw(body))
    assert mark is not None
    assert mark.kind is Kind.ERROR_PAGE


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Wartung & Service", "<h1>Wartung von Heizungen</h1><p>Wir warten Ihre Heizung in Köln.</p>"),
        ("Mantenimiento industrial", "<h1>Mantenimiento</h1><p>Servicio técnico en Madrid.</p>"),
        ("Le Port", "<h1>Le Port</h1><p>Fermé le lundi. Actuellement, carte d'hiver.</p>"),
        ("Login", "<h1>Sign in</h1><p>Wrong password. Please try again.</p><input name=u><input type=password>"),
        (
            "Error tracking for teams | Bugs",
            "<h1>Error tracking that finds exceptions first</h1><p>See a stack trace.</p>",
        ),
        ("Search", "<form><input name=q></form><p>No results found for doors.</p>"),
        ("Status", "<h1>All systems operational</h1><p>Last incident: database connection error, resolved.</p>"),
        ("Model X", "<h1>The new Model X</h1><p>Arriving in spring.</p><input type=email><button>Notify me</button>"),
        ("404 Bar & Grill", "<h1>404 Bar & Grill</h1><p>Burgers, beer and music at 404 Main Street.</p>"),
        ("Robot-Check", "<h1>Robot-Check</h1><p>Wir prüfen Ihren Mähroboter. Termin: 0711 000.</p>"),
        ("Domain Name Law", "<h1>Who owns a domain?</h1><p>Our lawyers help when someone else took it.</p>"),
        ("Thank you", "<h1>Thank you</h1><p>Your message has been sent. We will be back to you shortly.</p>"),
        ("Just a moment", "<h1>Just a moment</h1><p>Photographs by Ana Ruiz. Tuesday to Sunday.</p>"),
        ("Verify your age", "<h1>Are you over 18?</h1><p>Please confirm your age.</p><a href=/y>Yes</a>"),
        ("Loading", "<div id=app>Loading...</div><script src=/a.js></script><noscript>Enable JavaScript.</noscript>"),
        ("Errata", "<h1>Errata</h1><p>Errors found in the second edition. Page 12, line 4: read 'not'.</p>"),
        ("What is HTTP 503?", f"<h1>What does 503 Service Unavailable mean?</h1><p>Overloaded. {LONG} {LONG}</p>"),
        (
            "Python KeyError explained",
            f"<h1>KeyError explained</h1><p>{LONG}</p><pre>Traceback (most recent call last):\n x.py:3</pre>{LONG}",
        ),
        ("Offline Café", "<h1>Offline</h1><p>No wifi. Good coffee. Rue de Lyon.</p>"),
        ("Domain Hotel", "<h1>Domain Hotel</h1><p>Rooms available. The domain is open from May.</p>"),
        ("Suspended ceilings", "<h1>Suspended ceilings</h1><p>We install suspended ceilings in Kent.</p>"),
        (
            "IT-Störung? Wir helfen",
            "<h1>IT-Störung? Wir helfen sofort.</h1><p>Server nicht erreichbar? Rufen Sie an.</p>",
        ),
        (
            "",
            "<a href=a.html>EStreamError</a><br><a href=b.html>EFileError</a><br><a href=c.html>Exception</a>",
        ),
        (
            "ESysECONNREFUSED",
            f"{5 * '[<a href=1>Types</a>]'}<h1>ESysECONNREFUSED</h1><p>Connection refused</p>errno.inc line 151",
        ),
        (
            "Debugging applications - Manual",
            f"<nav><a href=/>Up</a></nav><h1>Errors</h1><pre>Traceback (most recent call last)</pre><p>{LONG}</p>",
        ),
        (
            "Wartungsmodus - Wiki",
            "<div class=navbar><a href=/>Start</a></div><h1>Wartungsmodus</h1><p>Die Seite ist im Wartungsmodus.</p>",
        ),
        ("Failed jobs", "<h1>Failed jobs</h1><p>send_mail: could not connect to server</p>"),
        ("Issue 12: 500 Internal Server Error", "<h1>500 Internal Server Error</h1><p>Opened by Ann.</p>"),
        ("System status", "<h1>Database: connection error</h1><p>Cache: fine. Queue: fine.</p>"),
        ("Rivoli tower", "<h1>Rivoli Tower</h1><p>Forty flats under construction in the heart of Turin.</p>"),
    ],
    ids=lambda value: value[:24],
)
def test_a_page_about_such_things_is_left_alone(title: str, body: str) -> None:
    assert look_at(page(title, body)) is None


@pytest.mark.parametrize(
    "body",
    [
        "pong",
        "Healthy",
        '{"ok":true,"message":"no errors found"}',
        '{"error":null,"result":[]}',
        '{"maintenance":false}',
        '{"up":true,"errors":0}',
        '{"message":"Hello, it works"}',
        "User-agent: *\nDisallow: /error",
    ],
)
def test_a_healthy_answer_of_a_machine_is_left_alone(body: str) -> None:
    assert look_at(raw(body)) is None


def test_a_general_mark_yields_to_a_page_that_is_plainly_at_work() -> None:
    notice = "<h1>Site en maintenance</h1><p>Revenez demain.</p>"
    assert look_at(page("Durand", notice)) is not None
    assert look_at(page("Durand", f"<nav>Menu</nav><article>{notice}</article>")) is None


@pytest.mark.parametrize("one", SIGNS, ids=lambda one: one.id)
def test_a_sign_is_written_as_the_reader_needs_it(one: Sign) -> None:
    re.compile(one.pattern)
    assert one.pattern == re.sub(r"(?<!\\)[A-Z]", lambda letter: letter[0].lower(), one.pattern)
    unbounded = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "x", one.pattern)
    assert "*" not in unbounded
    assert "+" not in unbounded
    assert not re.search(r"\{\d*,\}", unbounded)
    assert (one.points > 0) == bool(one.kind)
    assert not one.kind or Kind(one.kind) is not Kind.BLANK_PAGE
    assert len(one.source) > 10


def test_each_sign_has_a_name_of_its_own_and_no_sign_is_enough() -> None:
    assert set(Counter(one.id for one in SIGNS).values()) == {1}
    assert max(one.points for one in SIGNS) < 5
    assert {one.where for one in SIGNS} == set(Where)


@pytest.mark.soak
def test_no_text_made_of_a_sign_s_own_pieces_holds_the_reader_up() -> None:
    room = {Where.MARKUP: 16_384, Where.HIDDEN: 16_384, Where.TEXT: 4_096, Where.ALL: 4_096}
    for one in SIGNS:
        for piece in re.findall(r"[\w<>/=\"' .-]{2,60}", one.pattern):
            size = room.get(one.where, 300)
            text = (piece * (size // len(piece) + 1))[:size]
            began = time.perf_counter()
            one.found_in(text)
            assert time.perf_counter() - began < 0.5
