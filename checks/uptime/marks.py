"""The marks by which pages are told: read from marks.toml once, when the first page has to be judged."""

import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from checks.parse.html import Document
from checks.uptime.weigh import Sign, in_order, sign_of

MAX_TEXT: Final = 24_576  # characters of text that patterns are tried on: the first three quarters, and the end
MAX_SOURCE: Final = 98_304  # the same, of the source

# Words of markup and scripts: a needle is found by another of its words where it has one.
_COMMON: Final = frozenset(
    b"amp application back body center class content default found generated html information javascript maintenance "
    b"message page placeholder powered right server settings site status time title version web website window "
    b"wrapper".split()
)
ENOUGH_SHOWN: Final = 12  # pieces of text after tags from which on a page is not blank
MOST_SHOWN: Final = 400  # the same, up to which they are counted
_MARGIN: Final = 10  # links that a glance may count too many
# Every byte that is no letter or digit becomes a space; letters are lower case already, bytes over 127 are of letters.
_APART: Final = bytes(byte if byte > 127 or chr(byte).isalnum() else 32 for byte in range(256))


class Kind(StrEnum):
    """What a page is when it is not the site's own; the reasons of the uptime check."""

    BLANK_PAGE = "blank_page"
    ERROR_PAGE = "error_page"
    MAINTENANCE_PAGE = "maintenance_page"
    PARKED_PAGE = "parked_page"
    BOT_CHALLENGE = "bot_challenge"


class Trust(StrEnum):
    """How far a mark is believed."""

    SURE = "sure"  # only the software itself writes it: the page's past does not matter
    LIKELY = "likely"  # believed unless the page looks as it did when it was good
    CHANGED = "changed"  # believed only of a page that looked otherwise when it was good


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One mark: all that is given must hold. Patterns meet lower-case text, white space collapsed."""

    id: str
    kind: Kind
    product: str
    source: str  # where the wording comes from
    trust: Trust = Trust.SURE
    needles: tuple[bytes, ...] = ()  # lower case; one of them is in the source, or the mark cannot hold
    titles: tuple[str, ...] = ()  # the same, for the title
    headers: tuple[tuple[str, str], ...] = ()  # name → pattern
    title: str = ""
    heading: str = ""  # of one of the first h1 and h2
    text: str = ""
    unseen: str = ""  # what noscript and template hold
    html: str = ""  # the source
    max_words: int = 0  # 0: any number
    max_links: int = -1  # -1: any number
    max_inputs: int = -1
    min_status: int = 0
    ended: bool | None = None  # whether the page says where it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One page as the marks meet it."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    document: Document
    title: str
    headings: tuple[str, ...]
    text: str
    unseen: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All marks, with what finds out cheaply which of them could hold at all.

    A page is cut into words once; only a needle whose rarest word is among them is looked for. Looking for each of
    four hundred needles in turn costs ten times as much.
    """

    signatures: tuple[Signature, ...]
    signs: tuple[Sign, ...]  # weighed together where no mark holds
    words: frozenset[bytes]  # one word of each needle
    needles: Mapping[bytes, Mapping[bytes, tuple[int, ...]]]  # by that word: needle → its signatures' indices
    failing: tuple[int, ...]  # signatures that only an error status and a short text tell
    titled: tuple[int, ...]  # signatures without needles, told by title
    headed: tuple[int, ...]  # signatures without needles, told by a header
    telling: frozenset[str]  # the names of those headers
    last: frozenset[str]  # marks that name a page only where nothing else does
    version: int  # changes with the data

    def suspects(self, source: bytes, glance: "Glance") -> list[Signature]:
        """Return the marks that may hold, in their order. `source` is in lower case."""
        found = set(self.headed)
        possible = {index for index, one in enumerate(self.signatures) if _has_room(one, glance)}
        for word in self.words.intersection(source.translate(_APART).split()):
            for needle, indices in self.needles[word].items():
                if not possible.isdisjoint(indices) and needle in source:
                    found.update(indices)
        if glance.status >= 400:
            found.update(self.failing)
        if glance.title:
            found.update(self.titled)
        chosen = (self.signatures[index] for index in sorted(found & possible))
        return [one for one in chosen if _may_hold(one, glance)]

    def by_headers(self, glance: "Glance") -> list[Signature]:
        """Return the marks told by a header alone that may hold."""
        return [self.signatures[index] for index in self.headed if _may_hold(self.signatures[index], glance)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is known of a page without reading it."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    title: str = ""  # normal
    links: int = 0  # about
    shown: int = 0  # pieces of text, counted up to `MOST_SHOWN`; words are about as many, or more
    known: bool = False  # there is a last good answer


def _has_room(one: Signature, glance: Glance) -> bool:
    """Whether a page of so many links and words can bear the mark."""
    if 0 <= one.max_links < glance.links - _MARGIN:
        return False
    return not one.max_words or glance.shown < 3 * one.max_words + ENOUGH_SHOWN


def _may_hold(one: Signature, glance: Glance) -> bool:
    if glance.status < one.min_status or (one.trust is Trust.CHANGED and not glance.known):
        return False
    if one.titles and not (any(part in glance.title for part in one.titles) and re.search(one.title, glance.title)):
        return False
    return all(name in glance.headers for name, _pattern in one.headers)


def normal(text: str) -> str:
    """Lower-case a text and give it plain apostrophes and spaces, as patterns are written."""
    return text.lower().replace("\u2019", "'").replace("\u00a0", " ").replace("\u202f", " ")


def excerpt(text: str, limit: int = MAX_TEXT) -> str:
    """Return what patterns are tried on: a long text's beginning and end."""
    return text if len(text) <= limit else f"{text[: limit * 3 // 4]} {text[-limit // 4 :]}"


def holds(signature: Signature, sight: Sight) -> str | None:
    """Return what was seen when the mark holds (a few words of the page, "" when only a header tells), else None."""
    document = sight.document
    if sight.status < signature.min_status or (signature.max_words and document.words > signature.max_words):
        return None
    if 0 <= signature.max_inputs < document.inputs:
        return None
    if 0 <= signature.max_links < document.links or signature.ended not in {None, document.closed}:
        return None
    if not all(re.search(pattern, sight.headers.get(name, "").lower()) for name, pattern in signature.headers):
        return None
    seen = ""
    for pattern, texts in (
        (signature.html, (sight.html,)),
        (signature.unseen, (sight.unseen,)),
        (signature.text, (sight.text,)),
        (signature.heading, sight.headings),
        (signature.title, (sight.title,)),
    ):
        if pattern:
            found = next((match for text in texts if (match := re.search(pattern, text))), None)
            if found is None:
                return None
            seen = found[0]
    return seen.strip()[:200]


@cache
def load() -> Marks:
    """Read marks.toml; raises ValueError when it is not as this module expects (a test reads it)."""
    data = files("checks.uptime").joinpath("marks.toml").read_bytes()
    table = tomllib.loads(data.decode("utf-8"))
    signatures = tuple(_signature(entry) for entry in table["mark"])
    needles: dict[bytes, dict[bytes, tuple[int, ...]]] = {}
    for index, one in enumerate(signatures):
        for needle in one.needles:
            known = needles.setdefault(_rarest(needle), {})
            known[needle] = (*known.get(needle, ()), index)
    plain = [(index, one) for index, one in enumerate(signatures) if not one.needles]
    return Marks(
        signatures=signatures,
        signs=in_order(sign_of(entry) for entry in table["sign"]),
        words=frozenset(needles),
        needles=needles,
        failing=tuple(index for index, one in plain if not one.titles and not one.headers),
        titled=tuple(index for index, one in plain if one.titles),
        headed=tuple(index for index, one in plain if one.headers),
        telling=frozenset(name for _index, one in plain for name, _pattern in one.headers),
        last=frozenset(one.id for one in signatures if one.min_status and not one.product),
        version=zlib.crc32(data),
    )


def _rarest(needle: bytes) -> bytes:
    """Return the word by which a needle is found: the longest that is not common in markup."""
    return max(needle.translate(_APART).split(), key=lambda word: (word not in _COMMON, len(word)))


def _signature(entry: dict[str, Any]) -> Signature:
    known = dict(entry)
    return Signature(
        kind=Kind(known.pop("kind")),
        trust=Trust(known.pop("trust", Trust.SURE)),
        needles=tuple(needle.encode() for needle in known.pop("needles", ())),
        titles=tuple(known.pop("titles", ())),
        headers=tuple(known.pop("headers", {}).items()),
        **known,
    )
