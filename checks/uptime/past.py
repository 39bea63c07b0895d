"""Remembers the last good answer and tells how near to it a page is; pure."""

import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from checks.parse import html
from checks.parse.html import Document
from checks.uptime import marks, source
from checks.uptime.marks import Glance, Marks, Trust
from checks.uptime.source import Page

FRESH: Final = timedelta(days=1)  # a memory older than this is taken anew
NEAR: Final = 0.1  # share by which a size may differ from the remembered one and still be near it
CLOSE: Final = 0.03  # the same, for a page that need not be read
ALIKE: Final = 0.5  # share of words in common from which two pages look the same
SKETCH: Final = 32  # hashes kept of a page's words
FIRST: Final = 16  # the same, of the words that it says first
SHORT: Final = 4_096  # bytes of a page in which all needles are looked for
# What programs write in the midst of a page that is otherwise the same.
LOUD: Final = (b" on line ", b"Traceback (most")

_WORD = re.compile(r"\w{3,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """What is remembered of the last answer that nothing was wrong with; half a kilobyte as JSON."""

    title: str
    size: int  # bytes of the body
    words: int  # how many a visitor reads
    sketch: tuple[int, ...]  # the least hashes of its words, by which likeness is estimated
    checksum: int  # of the body and the marks it was judged by
    taken: datetime
    shape: tuple[int, ...] = ()  # counts of some of its tags
    first: tuple[int, ...] = ()  # the least hashes of the words it says first
    version: int = 0  # of the marks it was judged by


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a page differs from the last good one."""

    title: tuple[str, str] | None  # before and now; None when it is the same
    size: tuple[int, int]
    words: tuple[int, int]
    likeness: float  # share of words in common, estimated; 0 to 1


def remember(page: Page, last: LastGood | None, now: datetime) -> LastGood:
    """Return what to remember of a page that nothing was wrong with; `last` itself when that still says it."""
    version = marks.load().version
    checksum = _checksum(page.body, version)
    if last is not None and is_fresh(last, now) and last.version == version:
        if last.checksum == checksum:
            return last
        if source.title(page.body) == last.title and near(len(page.body), last.size, NEAR):
            return _renewed(page, last)
    document = html.read(source.text(page, source.lower(page)))
    return LastGood(
        title=document.title,
        size=len(page.body),
        words=document.words,
        sketch=sketch(document),
        checksum=checksum,
        taken=now,
        shape=source.shape(page.body),
        first=_hashes(source.first_words(page.body), FIRST),
        version=version,
    )


def _renewed(page: Page, last: LastGood) -> LastGood:
    """Return a memory of the day that tells the next page at a glance; the same while pages are built the same."""
    shape = source.shape(page.body)
    if shape == last.shape:
        return last
    return replace(last, shape=shape, first=_hashes(source.first_words(page.body), FIRST))


def is_same(page: Page, last: LastGood) -> bool:
    """Whether it is the last good page, byte for byte, judged by the same marks."""
    version = marks.load().version
    return page.status < 400 and last.version == version and last.checksum == _checksum(page.body, version)


def is_fresh(last: LastGood, now: datetime) -> bool:
    """Whether it was taken within a day."""
    return now - last.taken < FRESH


def is_close(page: Page, last: LastGood, known: Marks) -> bool:
    """Whether a page is the last good one but for a few words, tokens or dates: title, size, tags, first words.

    Then only what is sure could be believed of it: a mark's needles in a short page, what is `LOUD` in a longer one.
    """
    body = page.body
    if page.status >= 400 or not page.whole or last.version != known.version or not last.title:
        return False
    if not near(len(body), last.size, CLOSE) or source.title(body) != last.title or source.shape(body) != last.shape:
        return False
    if not last.first or likeness(_hashes(source.first_words(body), FIRST), last.first) < ALIKE:
        return False
    if len(body) > SHORT:
        return not any(loud in body for loud in LOUD)
    headers = source.lower(page)
    glance = Glance(status=page.status, headers=headers, title=marks.normal(last.title), known=True)
    return not any(one.trust is Trust.SURE for one in known.suspects(source.scanned(page, headers), glance))


def looks_as_before(page: Page, document: Document, last: LastGood) -> bool:
    """Whether a visitor would say that this is the page of the last good time."""
    alike = likeness(sketch(document), last.sketch)
    return alike >= ALIKE and (document.title == last.title or near(len(page.body), last.size, 2 * NEAR))


def compare(page: Page, last: LastGood) -> Difference:
    """Return how the page differs from the last good one, for the evidence of a ticket."""
    document = html.read(source.text(page, source.lower(page)))
    return Difference(
        title=None if document.title == last.title else (last.title, document.title),
        size=(last.size, len(page.body)),
        words=(last.words, document.words),
        likeness=round(likeness(sketch(document), last.sketch), 2),
    )


def sketch(document: Document) -> tuple[int, ...]:
    """Return the least hashes of the page's words (a bottom-k sketch, Cohen and Kaplan 2007)."""
    words = {
        word.encode("utf-8", "replace") for word in _WORD.findall(marks.normal(document.text or document.specimens))
    }
    return _hashes(words, SKETCH)


def likeness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Estimate the share of words two pages have in common (Jaccard) from their sketches; two empty ones are alike."""
    union = sorted({*one, *other})[:SKETCH]
    common = {*one} & {*other}
    return sum(word in common for word in union) / len(union) if union else 1.0


def near(size: int, other: int, share: float) -> bool:
    """Whether two sizes differ by that share at most."""
    return abs(size - other) <= share * max(size, other)


def _hashes(words: set[bytes], most: int) -> tuple[int, ...]:
    return tuple(sorted(map(zlib.crc32, words))[:most])


def _checksum(body: bytes, version: int) -> int:
    return zlib.crc32(body, version)
