"""Weighs the general signs of a page that is not the site's own, for software that no mark knows; pure.

A mark names particular software; signs say in many languages what such pages have in common: a title that speaks of
an error, frames of a stack, a plea to come back later, no way to anywhere. No sign condemns alone. The points of those
that hold are summed for each kind of page, together with what speaks for or against it in the page's shape.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from checks.parse.html import Document

ORDER: Final = ("bot_challenge", "parked_page", "maintenance_page", "error_page")  # the first wins a draw
ENOUGH: Final = 5  # points from which a page is taken for that kind
OPENING: Final = 240  # characters that a visitor reads first
AT_WORK: Final = -3  # points of what speaks against, from which a site is plainly at work; only a stack says otherwise
YIELDS: Final = -2  # the same, from which a general mark says nothing of errors
ABOUT: Final = frozenset({"title", "heading", "opening", "noun", "site"})  # what is said to be down must be a site
FEW: Final = 60  # words up to which a page is searched through whatever it says first
BARE: Final = 25  # words up to which a page may be nothing but a script that asks for proof
LEADS: Final = frozenset({"site-navigation"})  # signs of a way to the rest of the site
NOTICE_LINKS: Final = 2  # a notice has at most
NOTICE_LINKS_OF_STACK: Final = 4
NOTICE_WORDS: Final = 80
NOTICE_INPUTS: Final = 2  # a search, or a button to try again
SEVERAL: Final = 2  # different things said
SEEN: Final = 60  # characters quoted of one sign
# Links and words a visitor meets → points: notices of failure are short and lead nowhere, articles are neither.
LINKS: Final = ((0, 1), (4, 0), (8, -2), (12, -3))
WORDS: Final = ((45, 1), (80, 0), (140, -2))
MANY: Final = -5  # for more of either


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern once, when it is first needed; re's own cache is shared and may be too small."""
    return re.compile(pattern)


class Where(StrEnum):
    """What part of a page a sign's pattern meets."""

    TITLE = "title"
    HEADING = "heading"  # one of the first h1 and h2
    OPENING = "opening"
    TEXT = "text"  # what is read, specimens left out
    ALL = "all"  # specimens too
    MARKUP = "markup"  # the source
    HIDDEN = "hidden"  # noscript and template


FIRST: Final = frozenset({Where.TITLE, Where.HEADING, Where.OPENING, Where.HIDDEN})  # short, and read first


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One sign: points for a kind of page, or, without a kind, for every kind."""

    id: str
    kind: str
    group: str  # of the signs of a group only the best counts
    where: Where
    points: int
    pattern: str
    source: str
    spares: str = ""  # the kind that a sign of no kind says nothing about
    needles: tuple[str, ...] = ()  # one of them is there, or the sign cannot hold

    def found_in(self, text: str) -> re.Match[str] | None:
        """Return where it is."""
        if self.needles and not any(needle in text for needle in self.needles):
            return None
        return _compiled(self.pattern).search(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One page as signs meet it: lower case, plain apostrophes, white space collapsed."""

    document: Document
    title: str
    headings: tuple[str, ...]
    text: str
    specimens: str
    hidden: str
    markup: str

    def of(self, where: Where) -> tuple[str, ...]:
        """Return the texts that a pattern meets there."""
        match where:
            case Where.HEADING:
                return self.headings
            case Where.TEXT:
                return (self.text or self.specimens,)
            case Where.OPENING:
                return ((self.text or self.specimens)[:OPENING],)
            case Where.ALL:
                return (self.text, self.specimens)
            case _:
                return (str(getattr(self, where.value)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a page comes to."""

    kind: str
    points: int
    seen: str  # the words that told, most telling first


def weigh(signs: tuple[Sign, ...], parts: Parts) -> Weight | None:
    """Return the kind of page that most speaks for, None when too little does for any. `signs` are in order."""
    best: dict[tuple[str, str], tuple[int, str]] = {}
    others: list[Sign] = []
    for sign, seen in _holding(signs, parts):
        if not sign.kind:
            others.append(sign)
        elif sign.points > best.get((sign.kind, sign.group), (0, ""))[0]:
            best[sign.kind, sign.group] = (sign.points, seen)
    weights = [_weight(kind, best, others, parts) for kind in ORDER if any(kind == one for one, _group in best)]
    heaviest = max(weights, key=lambda weight: weight.points, default=None)
    return heaviest if heaviest and heaviest.points >= ENOUGH else None


def yields(signs: tuple[Sign, ...], parts: Parts) -> frozenset[str]:
    """Return the kinds that a general mark must not call a page, for what speaks for the site's own page."""
    others = [sign for sign in signs if not sign.kind and any(sign.found_in(text) for text in parts.of(sign.where))]
    off = sum(sign.points for sign in others)
    if off <= AT_WORK or any(sign.id in LEADS for sign in others):
        return frozenset(ORDER)
    return frozenset({"error_page"}) if off <= YIELDS else frozenset()


def sign_of(entry: Mapping[str, Any]) -> Sign:
    """Read one sign of marks.toml."""
    known = dict(entry)
    where = Where(known.pop("where"))
    needles = tuple(known.pop("needles", ()))
    return Sign(
        kind=known.pop("kind", ""), group=known.pop("group", known["id"]), where=where, needles=needles, **known
    )


def _holding(signs: tuple[Sign, ...], parts: Parts) -> Iterator[tuple[Sign, str]]:
    """Yield the signs that hold, those of short texts first.

    A page of some words whose first ones say nothing is not searched further, nor one that is plainly a site at work
    but for frames of a stack; scripts are searched where a challenge has been spoken of, or next to nothing said.
    """
    words = parts.document.words
    told = words <= FEW or len(parts.specimens) > len(parts.text)
    challenged, off = words <= BARE, 0
    for sign in signs:
        if sign.where not in FIRST and not told:
            return
        if sign.kind and off <= AT_WORK and sign.group != "frames":
            continue
        if sign.where is Where.MARKUP and sign.kind == "bot_challenge" and not challenged:
            continue
        found = next((match for text in parts.of(sign.where) if (match := sign.found_in(text))), None)
        if found is not None:
            told = told or bool(sign.kind)
            challenged = challenged or sign.kind == "bot_challenge"
            off += 0 if sign.kind or sign.spares else sign.points
            yield sign, " ".join(found[0].split())[:SEEN]


def in_order(signs: Iterable[Sign]) -> tuple[Sign, ...]:
    """Return signs in the order in which they are tried: short texts first, what speaks against a kind before it."""
    return tuple(sorted(signs, key=lambda sign: (sign.where not in FIRST, bool(sign.kind), sign.where is Where.MARKUP)))


def _weight(kind: str, best: Mapping[tuple[str, str], tuple[int, str]], others: Sequence[Sign], parts: Parts) -> Weight:
    """Sum a kind's points; what says the same again counts once more, and one thing said under a title is not much."""
    told: list[tuple[int, str]] = []
    again = 0
    for points, seen in sorted((value for key, value in best.items() if key[0] == kind), reverse=True):
        if any(seen in other or other in seen for _points, other in told):
            again = 1
        else:
            told.append((points, seen))
    groups = {group for one, group in best if one == kind}
    off = sum(sign.points for sign in others if sign.spares != kind)
    shape = _shape(parts.document, groups)
    if len(told) < SEVERAL and parts.title:
        shape = min(shape, 1)
    at_work = off <= AT_WORK and "frames" not in groups
    beside = kind == "maintenance_page" and not groups & ABOUT
    leads = any(sign.id in LEADS for sign in others)
    points = (
        0
        if at_work or beside or not _is_notice(kind, groups, parts, leads=leads)
        else sum(value[0] for value in told) + again + off + shape
    )
    return Weight(kind=kind, points=points, seen=" · ".join(seen for _points, seen in told)[:200])


def _is_notice(kind: str, groups: set[str], parts: Parts, *, leads: bool) -> bool:
    """Whether a page has the shape of a notice: it leads nowhere, says little and asks for little.

    One that shows a stack may say more; a few words alone, or a default page, say it in a title or lead nowhere at all.
    """
    document = parts.document
    if "frames" in groups:
        return document.links <= NOTICE_LINKS_OF_STACK
    if leads or document.links > NOTICE_LINKS or document.words > NOTICE_WORDS:
        return False
    if kind in ("error_page", "maintenance_page") and document.inputs > NOTICE_INPUTS:
        return False
    return not document.links or bool(parts.title) or bool(parts.headings)


def _shape(document: Document, groups: set[str]) -> int:
    """Return the points of a page's shape; one that shows a stack may be as long as it likes, a default page longer."""
    links, words = _step(LINKS, document.links), _step(WORDS, document.words)
    floor = 0 if "frames" in groups else -2 if groups >= {"default", "paths"} else MANY
    return links + max(words, floor)


def _step(steps: tuple[tuple[int, int], ...], count: int) -> int:
    return next((points for most, points in steps if count <= most), MANY)
