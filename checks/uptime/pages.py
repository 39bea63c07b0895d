"""Tells whether a page that came is the site's own: blank, error, maintenance and parked pages, bot challenges; pure.

Most pages cost microseconds: one that is byte for byte the last good one is not read at all, and one whose source holds
none of the marks' needles is read only when it could be blank.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from itertools import islice
from typing import Final

from checks.parse import charset, html
from checks.parse.html import Document
from checks.uptime import marks, weigh
from checks.uptime.marks import Glance, Kind, Marks, Sight, Signature, Trust

FRESH: Final = timedelta(days=1)  # a memory older than this is taken anew
NEAR: Final = 0.1  # share by which a size may differ from the remembered one and still be near it
ALIKE: Final = 0.5  # share of words in common from which two pages look the same
SKETCH: Final = 32  # hashes kept of a page's words
FEW_WORDS: Final = 2  # up to here a page without pictures shows nothing
FULL_WORDS: Final = 20  # from here on a page was not empty when it was good
ENOUGH_SHOWN: Final = 12  # pieces of text after tags from which on a page is not blank
FEW_SHOWN: Final = 60  # the same, up to which a page's signs are weighed
FEW_LINKS: Final = 12  # and as many links
WEIGHED: Final = 4_096  # characters of text whose signs are weighed
SCANNED: Final = 65_536  # bytes of the source in which needles are looked for, and 16 KiB of its end

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_TELLING = re.compile(rb"error|exception|debugger|[45]\d\d|default|welcome|works| (?:at|in|on) /", re.IGNORECASE)
_WORD = re.compile(r"\w{3,40}")
_SHOWN = re.compile(rb">[^<>]{0,20}[\w\x80-\xff]{3}", re.ASCII)  # text right after a tag
_NO_BODY = frozenset({204, 205, 304})
_READABLE = ("text/", "application/xhtml", "application/json", "application/xml", "application/problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer to a GET, its content coding undone."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    whole: bool = True  # False: the body was cut, by us or on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """What is remembered of the last answer that nothing was wrong with; half a kilobyte as JSON."""

    title: str
    size: int  # bytes of the body
    words: int  # how many a visitor reads
    sketch: tuple[int, ...]  # the least hashes of its words, by which likeness is estimated
    checksum: int  # of the body and the marks it was judged by
    taken: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a page was told by."""

    kind: Kind
    id: str  # of the mark in marks.toml; "blank" for a page that shows nothing
    product: str  # the software that writes such pages; "" when many do
    seen: str  # the words that told, at most 200 characters
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a page differs from the last good one."""

    title: tuple[str, str] | None  # before and now; None when it is the same
    size: tuple[int, int]
    words: tuple[int, int]
    likeness: float  # share of words in common, estimated; 0 to 1


def look_at(page: Page, last: LastGood | None = None) -> Mark | None:
    """Return what tells that the page is not the site's own, None when it may well be."""
    known = marks.load()
    same = last is not None and page.status < 400 and last.checksum == _checksum(page.body, known.version)
    if same or not _is_readable(page):
        return _by_headers(known, page)
    headers = _lower(page)
    source = _scanned(page, headers)
    suspects = known.suspects(source, _glance(page, headers, source, last))
    shown = _shown(source, max(3 * max((one.max_words for one in suspects), default=0) + ENOUGH_SHOWN, FEW_SHOWN))
    suspects = [one for one in suspects if not one.max_words or shown < 3 * one.max_words + ENOUGH_SHOWN]
    weighed = (shown < FEW_SHOWN and source.count(b"<a ") <= FEW_LINKS) or _tells(page.body)
    if not suspects and not weighed and shown >= ENOUGH_SHOWN:
        return None
    document = html.read(text := _text(page, headers))
    sight = _sight(page, headers, document, text if weighed or any(one.html for one in suspects) else "")
    mark = _marked(known, suspects, page, sight, last)
    if not weighed or (mark is not None and not _is_general(mark, known)):
        return mark
    return _preferred(known, mark, _weighed(known, page, sight, last))


def _is_general(mark: Mark, known: Marks) -> bool:
    """Whether the mark says so little of who wrote the page that its signs may say otherwise."""
    return mark.id in known.last or (not mark.product and mark.kind is Kind.ERROR_PAGE)


def _preferred(known: Marks, mark: Mark | None, weighed: Mark | None) -> Mark | None:
    """Choose between a general mark and what the signs weigh: a challenge, or any kind against a mere error status."""
    if mark is None or weighed is None or weighed.kind is mark.kind:
        return mark or weighed
    return weighed if weighed.kind is Kind.BOT_CHALLENGE or mark.id in known.last else mark


def _marked(known: Marks, suspects: list[Signature], page: Page, sight: Sight, last: LastGood | None) -> Mark | None:
    """Tell a page by the first mark that holds, or by what is missing; a mark not sure yields to a page at work."""
    against: int | None = None
    for signature in suspects:
        seen = marks.holds(signature, sight)
        if seen is None or not _believed(signature.trust, page, sight.document, last):
            continue
        if (not signature.product or signature.trust is Trust.LIKELY) and page.status < 400:
            against = weigh.against(known.signs, _parts(sight)) if against is None else against
            if against <= (weigh.YIELDS if signature.kind is Kind.ERROR_PAGE else weigh.AT_WORK):
                continue
        return _mark(signature, seen)
    return _blank(page, sight.document, last) or _stopped(page, sight.document, last)


def remember(page: Page, last: LastGood | None, now: datetime) -> LastGood:
    """Return what to remember of a page that nothing was wrong with; `last` itself when that still says it."""
    checksum = _checksum(page.body, marks.load().version)
    if last is not None and now - last.taken < FRESH and (last.checksum == checksum or _is_near(page, last)):
        return last
    document = html.read(_text(page, _lower(page)))
    return LastGood(
        title=document.title,
        size=len(page.body),
        words=document.words,
        sketch=sketch(document),
        checksum=checksum,
        taken=now,
    )


def compare(page: Page, last: LastGood) -> Difference:
    """Return how the page differs from the last good one, for the evidence of a ticket."""
    document = html.read(_text(page, _lower(page)))
    return Difference(
        title=None if document.title == last.title else (last.title, document.title),
        size=(last.size, len(page.body)),
        words=(last.words, document.words),
        likeness=round(likeness(sketch(document), last.sketch), 2),
    )


def sketch(document: Document) -> tuple[int, ...]:
    """Return the least hashes of the page's words (a bottom-k sketch, Cohen and Kaplan 2007)."""
    words = set(_WORD.findall(marks.normal(document.text)))
    return tuple(sorted(zlib.crc32(word.encode("utf-8", "replace")) for word in words)[:SKETCH])


def likeness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Estimate the share of words two pages have in common (Jaccard) from their sketches; two empty ones are alike."""
    union = sorted({*one, *other})[:SKETCH]
    common = {*one} & {*other}
    return sum(word in common for word in union) / len(union) if union else 1.0


def _by_headers(known: Marks, page: Page) -> Mark | None:
    """Judge what says itself in a header alone, whatever the body."""
    if not any(name.lower() in known.telling for name, _value in page.headers):
        return None
    sight = _sight(page, _lower(page), Document(), "")
    for signature in known.by_headers(Glance(status=page.status, headers=sight.headers)):
        if marks.holds(signature, sight) is not None:
            return _mark(signature, "")
    return None


def _lower(page: Page) -> dict[str, str]:
    return {name.lower(): value for name, value in page.headers}


def _mark(signature: Signature, seen: str) -> Mark:
    header = next((f"{name}: {pattern.lstrip('^')}" for name, pattern in signature.headers), "")
    return Mark(
        kind=signature.kind,
        id=signature.id,
        product=signature.product,
        seen=seen or header,
        trust=signature.trust,
    )


def _believed(trust: Trust, page: Page, document: Document, last: LastGood | None) -> bool:
    match trust:
        case Trust.SURE:
            return True
        case Trust.LIKELY:
            return last is None or not _looks_as_before(page, document, last)
        case Trust.CHANGED:
            return last is not None and not _looks_as_before(page, document, last)


def _looks_as_before(page: Page, document: Document, last: LastGood) -> bool:
    """Whether a visitor would say that this is the page of the last good time."""
    alike = likeness(sketch(document), last.sketch)
    return alike >= ALIKE and (document.title == last.title or _near(len(page.body), last.size, 2 * NEAR))


def _blank(page: Page, document: Document, last: LastGood | None) -> Mark | None:
    """Tell a page that shows nothing; one that scripts may fill is believed blank only if it was full before."""
    shows = document.pictures or document.frames or document.inputs or document.links
    if document.words > FEW_WORDS or shows or not (document.whole and page.whole):
        return None
    if not _is_html(page) or document.meta("refresh"):
        return None
    if document.words and not (last and last.words >= FULL_WORDS):
        return None
    if document.scripts and not (last and last.words >= FULL_WORDS):
        return None
    seen = f"{len(page.body)} bytes, {document.words} words"
    return Mark(kind=Kind.BLANK_PAGE, id="blank", product="", seen=seen, trust=Trust.SURE)


def _stopped(page: Page, document: Document, last: LastGood | None) -> Mark | None:
    """Tell a page that ends before it says so and has lost most of what it said: its template died, hidden."""
    if last is None or not _is_html(page) or document.closed or not (document.whole and page.whole):
        return None
    if last.words < FULL_WORDS or document.words * 5 > last.words or document.scripts:
        return None
    seen = f"{document.words} words of {last.words}, and no end"
    return Mark(kind=Kind.ERROR_PAGE, id="stopped", product="", seen=seen, trust=Trust.CHANGED)


def _weighed(known: Marks, page: Page, sight: Sight, last: LastGood | None) -> Mark | None:
    """Tell a page that bears the signs of one kind without being known, unless it looks as it did when it was good."""
    found = weigh.weigh(known.signs, _parts(sight))
    if found is None or not _believed(Trust.LIKELY, page, sight.document, last):
        return None
    return Mark(kind=Kind(found.kind), id="weighed", product="", seen=found.seen, trust=Trust.LIKELY)


def _parts(sight: Sight) -> weigh.Parts:
    return weigh.Parts(
        document=sight.document,
        title=sight.title,
        headings=sight.headings,
        text=marks.excerpt(sight.text, WEIGHED),
        specimens=marks.normal(marks.excerpt(sight.document.specimens, WEIGHED)),
        hidden=sight.unseen,
        markup=marks.excerpt(sight.html, 4 * WEIGHED),
    )


def _shown(source: bytes, most: int) -> int:
    """Count the pieces of text that stand right after a tag, up to `most`: about as many words are shown at least."""
    pieces = _SHOWN.finditer(source, max(0, source.find(b"<body")))
    return sum(1 for _piece in islice(pieces, most))


def _glance(page: Page, headers: Mapping[str, str], source: bytes, last: LastGood | None) -> Glance:
    return Glance(
        status=page.status,
        headers=headers,
        title=marks.normal(_title(page.body)),
        links=source.count(b"<a "),
        known=last is not None,
    )


def _is_html(page: Page) -> bool:
    """Whether a browser would draw a page; an answer that names no type and holds nothing is none."""
    kind = _content_type(page)
    return kind.startswith(("text/html", "application/xhtml")) if kind else page.body.lstrip()[:1] == b"<"


def _is_readable(page: Page) -> bool:
    if page.status in _NO_BODY or 300 <= page.status < 400 or page.status < 200:
        return False
    kind = _content_type(page)
    return not kind or kind.startswith(_READABLE)


def _content_type(page: Page) -> str:
    return next((value.strip().lower() for name, value in page.headers if name.lower() == "content-type"), "")


def _scanned(page: Page, headers: Mapping[str, str]) -> bytes:
    """Return the source in which needles are looked for: UTF-8, in lower case, accents as letters."""
    body = page.body if len(page.body) <= SCANNED else page.body[: SCANNED - 16_384] + page.body[-16_384:]
    kind = headers.get("content-type")
    if charset.charset(body, kind) != "utf-8":
        body = charset.text(body, kind).encode("utf-8", "replace")
    source = body.lower()
    if b"&eacute;" in source or b"&#8217;" in source:
        return unescape(source.decode("utf-8", "replace")).encode("utf-8", "replace")
    return source


def _text(page: Page, headers: Mapping[str, str]) -> str:
    """Decode what is read of the page: enough bytes for the reader's characters, and the end of a longer one."""
    body, room = page.body, 2 * html.MAX_CHARACTERS
    if len(body) > room + html.TAIL:
        body = body[:room] + body[-html.TAIL :]
    return charset.text(body, headers.get("content-type"))


def _sight(page: Page, headers: Mapping[str, str], document: Document, source: str) -> Sight:
    return Sight(
        status=page.status,
        headers=headers,
        document=document,
        title=marks.normal(document.title),
        headings=tuple(marks.normal(heading) for heading in document.headings),
        text=marks.normal(marks.excerpt(document.text)),
        unseen=marks.normal(marks.excerpt(document.unseen)),
        html=marks.normal(marks.excerpt(source, marks.MAX_SOURCE)),
    )


def _is_near(page: Page, last: LastGood) -> bool:
    return _title(page.body) == last.title and _near(len(page.body), last.size, NEAR)


def _title(body: bytes) -> str:
    """Return the title without reading the page; it may differ from the reader's in odd encodings."""
    found = _TITLE.search(body, 0, 32_768)
    return html.collapse(found[1].decode("utf-8", "replace"))[: html.MAX_TITLE] if found else ""


def _tells(body: bytes) -> bool:
    """Whether a long page may be none of the site's all the same: by its title, or for want of one."""
    found = _TITLE.search(body, 0, 32_768)
    return found is None or not found[1].strip() or _TELLING.search(found[1]) is not None


def _near(size: int, other: int, share: float) -> bool:
    return abs(size - other) <= share * max(size, other)


def _checksum(body: bytes, version: int) -> int:
    return zlib.crc32(body, version)
