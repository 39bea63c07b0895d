"""Tells whether a page that came is the site's own: blank, error, maintenance and parked pages, bot challenges; pure.

Most pages cost microseconds: one that is the last good one, byte for byte or but for a few words, is not read at all,
and one whose source holds none of the marks' needles is read only when it could be blank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.parse import html
from checks.parse.html import Document
from checks.uptime import marks, past, source, weigh
from checks.uptime.marks import Glance, Kind, Marks, Sight, Signature, Trust
from checks.uptime.past import LastGood
from checks.uptime.source import Page

FEW_WORDS: Final = 2  # up to here a page without pictures shows nothing
FULL_WORDS: Final = 20  # from here on a page was not empty when it was good
FEW_SHOWN: Final = 60  # the same, up to which a page's signs are weighed
FEW_LINKS: Final = 12  # and as many links
WEIGHED: Final = 4_096  # characters of text whose signs are weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a page was told by."""

    kind: Kind
    id: str  # of the mark in marks.toml; "blank" for a page that shows nothing
    product: str  # the software that writes such pages; "" when many do
    seen: str  # the words that told, at most 200 characters
    trust: Trust


def look_at(page: Page, last: LastGood | None = None, *, same: bool | None = None) -> Mark | None:
    """Return what tells that the page is not the site's own, None when it may well be.

    `same` is what `past.is_same` says of it, where that is known already.
    """
    known = marks.load()
    if same is None:
        same = last is not None and past.is_same(page, last)
    if same or (last is not None and past.is_close(page, last, known)):
        return _by_headers(known, page)
    if not source.is_readable(page):
        return _by_headers(known, page)
    headers = source.lower(page)
    scanned = source.scanned(page, headers)
    glance = _glance(page, headers, scanned, last)
    suspects = known.suspects(scanned, glance)
    weighed = (glance.shown < FEW_SHOWN and glance.links <= FEW_LINKS) or source.tells(page.body)
    if not suspects and not weighed and glance.shown >= marks.ENOUGH_SHOWN:
        return None
    return _read(known, page, headers, last, suspects, weighed=weighed)


def _read(
    known: Marks,
    page: Page,
    headers: Mapping[str, str],
    last: LastGood | None,
    suspects: list[Signature],
    *,
    weighed: bool,
) -> Mark | None:
    """Judge a page by what it shows. Of one that looks as it did when it was good only what is sure is asked."""
    document = html.read(text := source.text(page, headers))
    alike = last is not None and past.looks_as_before(page, document, last)
    suspects = [one for one in suspects if _believed(one.trust, known=last is not None, alike=alike)]
    weighed = weighed and not alike
    sight = _sight(page, headers, document, text if weighed or any(one.html for one in suspects) else "")
    mark = _marked(known, suspects, page, sight, last)
    if not weighed or (mark is not None and not _is_general(mark, known)):
        return mark
    return _preferred(known, mark, _weighed(known, sight))


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
    yields: frozenset[str] | None = None
    for signature in suspects:
        seen = marks.holds(signature, sight)
        if seen is None:
            continue
        if (not signature.product or signature.trust is Trust.LIKELY) and page.status < 400:
            yields = weigh.yields(known.signs, _parts(sight)) if yields is None else yields
            if signature.kind in yields:
                continue
        return _mark(signature, seen)
    return _blank(page, sight.document, last) or _stopped(page, sight.document, last)


def _by_headers(known: Marks, page: Page) -> Mark | None:
    """Judge what says itself in a header alone, whatever the body."""
    if not any(name.lower() in known.telling for name, _value in page.headers):
        return None
    sight = _sight(page, source.lower(page), Document(), "")
    for signature in known.by_headers(Glance(status=page.status, headers=sight.headers)):
        if marks.holds(signature, sight) is not None:
            return _mark(signature, "")
    return None


def _mark(signature: Signature, seen: str) -> Mark:
    header = next((f"{name}: {pattern.lstrip('^')}" for name, pattern in signature.headers), "")
    return Mark(
        kind=signature.kind,
        id=signature.id,
        product=signature.product,
        seen=seen or header,
        trust=signature.trust,
    )


def _believed(trust: Trust, *, known: bool, alike: bool) -> bool:
    match trust:
        case Trust.SURE:
            return True
        case Trust.LIKELY:
            return not alike
        case Trust.CHANGED:
            return known and not alike


def _blank(page: Page, document: Document, last: LastGood | None) -> Mark | None:
    """Tell a page that shows nothing; one that scripts may fill is believed blank only if it was full before."""
    shows = document.pictures or document.frames or document.inputs or document.links
    if document.words > FEW_WORDS or shows or not (document.whole and page.whole):
        return None
    if not source.is_html(page) or document.meta("refresh"):
        return None
    if document.words and not (last and last.words >= FULL_WORDS):
        return None
    if document.scripts and not (last and last.words >= FULL_WORDS):
        return None
    seen = f"{len(page.body)} bytes, {document.words} words"
    return Mark(kind=Kind.BLANK_PAGE, id="blank", product="", seen=seen, trust=Trust.SURE)


def _stopped(page: Page, document: Document, last: LastGood | None) -> Mark | None:
    """Tell a page that ends before it says so and has lost most of what it said: its template died, hidden."""
    if last is None or not source.is_html(page) or document.closed or not (document.whole and page.whole):
        return None
    if last.words < FULL_WORDS or document.words * 5 > last.words or document.scripts:
        return None
    seen = f"{document.words} words of {last.words}, and no end"
    return Mark(kind=Kind.ERROR_PAGE, id="stopped", product="", seen=seen, trust=Trust.CHANGED)


def _weighed(known: Marks, sight: Sight) -> Mark | None:
    """Tell a page that bears the signs of one kind without being known."""
    found = weigh.weigh(known.signs, _parts(sight))
    if found is None:
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


def _glance(page: Page, headers: Mapping[str, str], scanned: bytes, last: LastGood | None) -> Glance:
    return Glance(
        status=page.status,
        headers=headers,
        title=marks.normal(source.title(page.body)),
        links=scanned.count(b"<a "),
        shown=source.shown(scanned, marks.MOST_SHOWN),
        known=last is not None,
    )


def _sight(page: Page, headers: Mapping[str, str], document: Document, markup: str) -> Sight:
    return Sight(
        status=page.status,
        headers=headers,
        document=document,
        title=marks.normal(document.title),
        headings=tuple(marks.normal(heading) for heading in document.headings),
        text=marks.normal(marks.excerpt(document.text)),
        unseen=marks.normal(marks.excerpt(document.unseen)),
        html=marks.normal(marks.excerpt(markup, marks.MAX_SOURCE)),
    )
