"""What a page near the last good one is spared, and that no other page slips through with it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from checks.uptime import marks, past
from checks.uptime.pages import look_at
from checks.uptime.past import LastGood, remember
from checks.uptime.source import Page
from tests.checks.uptime.recorded import PAGES, Recorded, load

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
FAULTY = [
    one
    for path in sorted(PAGES.glob("*/*.html"))
    if (one := load(path)).expect not in {"", "blank_page"} and len(one.body) < 200_000
]
SITE = (
    "<html><head><title>Durand</title><meta name=csrf-token content=TOKEN></head><body><h1>Portes et fenêtres</h1>"
    "<p>Menuiserie sur mesure à Lyon depuis 1962, pour les particuliers.</p>"
    "<p>Devis sous huit jours.</p>{}</body></html>"
)
LONG = "".join(f"<p>Chantier numéro {n} : une porte de chêne posée à Lyon.</p>" for n in range(120))


def page(body: str | bytes, status: int = 200) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    return Page(status=status, headers=(("Content-Type", "text/html; charset=utf-8"),), body=data)


def good(answer: Page) -> LastGood:
    return remember(answer, None, NOW)


def titled(recorded: Recorded) -> Page:
    """Give a recorded page the title of the site it stands in for."""
    body = re.sub(rb"(?is)<title[^>]*>[^<]*", b"<title>Durand", recorded.body, count=1)
    return Page(status=200, headers=recorded.headers, body=body)


def before(faulty: Page) -> Page:
    """Build the good page of the very same size, title and tags: other words of the same length."""

    def other(words: re.Match[bytes]) -> bytes:
        return re.sub(rb"[\w\x80-\xff]{2,}", lambda word: (b"portes" * len(word[0]))[: len(word[0])], words[0])

    body = re.sub(rb"(?:^|>)[^<]+", other, faulty.body)
    return replace(faulty, body=re.sub(rb"(?is)<title[^>]*>[^<]*", b"<title>Durand", body, count=1))


@pytest.mark.parametrize("body", [SITE.format(""), SITE.format(LONG)], ids=["short", "long"])
def test_a_page_that_differs_by_a_token_is_not_read(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    last = good(page(body.replace("TOKEN", "a1b2c3d4")))
    monkeypatch.setattr("checks.parse.html.read", None)
    assert look_at(page(body.replace("TOKEN", "e5f6a7b8")), last) is None


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        pytest.param("Portes et fenêtres", "Site en maintenance", "maintenance_page", id="a-notice-in-its-heading"),
        pytest.param("<title>Durand", "<title>Error", "error_page", id="another-title"),
    ],
)
def test_a_notice_of_the_same_size_is_told(was: str, now: str, kind: str) -> None:
    last = good(page(SITE.format("")))
    said = "<p>Le site est indisponible. Revenez un peu plus tard, merci de votre patience.</p><p>Votre équipe.</p>"
    body = SITE.format("").replace(was, now)
    mark = look_at(page(re.sub(r"<p>.*</p>", said, body)), last)
    assert mark is not None
    assert mark.kind.value == kind


def test_what_php_writes_above_a_near_page_is_told() -> None:
    last = good(page(SITE.format(LONG)))
    now = page("Warning: Undefined variable $a in /srv/x.php on line 12\n" + SITE.format(LONG))
    assert past.near(len(now.body), last.size, past.CLOSE)
    mark = look_at(now, last)
    assert mark is not None
    assert mark.kind.value == "error_page"


def test_no_recorded_faulty_page_hides_behind_a_good_one_built_the_same() -> None:
    """Same title, same size, same tags, other words: told all the same."""
    hidden = []
    told = [(one, titled(one)) for one in FAULTY]
    for recorded, faulty in told:
        good_one = before(faulty)
        if look_at(faulty) is None or good_one.body == faulty.body:
            continue  # told by its title or by a picture alone
        if look_at(faulty, good(good_one)) is None:
            hidden.append(recorded.name)
    assert len(told) > 400
    assert hidden == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"version": 1}, id="judged-by-other-marks"),
        pytest.param({"shape": ()}, id="remembered-before-there-were-shapes"),
        pytest.param({"title": ""}, id="without-a-title"),
        pytest.param({"first": ()}, id="without-words"),
    ],
)
def test_a_memory_that_says_too_little_spares_nothing(change: dict[str, object]) -> None:
    answer = page(SITE.format(LONG))
    last = good(answer)
    assert past.is_close(answer, last, marks.load())
    assert not past.is_close(answer, replace(last, **change), marks.load())  # type: ignore[arg-type]


def test_a_refused_page_is_read_however_near() -> None:
    last = good(page(SITE.format(LONG)))
    assert not past.is_close(page(SITE.format(LONG), 503), last, marks.load())


def test_a_memory_judged_by_other_marks_is_taken_anew() -> None:
    last = replace(good(page(SITE.format(LONG))), version=1)
    assert remember(page(SITE.format(LONG)), last, NOW).version == marks.load().version
