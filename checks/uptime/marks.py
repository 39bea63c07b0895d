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

MAX_READ: Final = 32_768  # characters of text or source that patterns are tried on: the first, and the last quarter


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
    headers: tuple[tuple[str, str], ...] = ()  # name → pattern
    title: str = ""
    heading: str = ""  # of one of the first h1 and h2
    text: str = ""
    unseen: str = ""  # what noscript and template hold
    html: str = ""  # the source
    max_words: int = 0  # 0: any number
    max_links: int = -1  # -1: any number
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
    """All marks, with what finds out cheaply which of them could hold at all."""

    signatures: tuple[Signature, ...]
    stems: tuple[tuple[bytes, tuple[bytes, ...]], ...]  # a stem → the needles that contain it
    version: int  # changes with the data

    def suspects(self, source: bytes, headers: Mapping[str, str]) -> list[Signature]:
        """Return the marks that may hold, in their order. `source` is in lower case."""
        present = {needle for stem, needles in self.stems if stem in source for needle in needles if needle in source}
        return [signature for signature in self.signatures if self._may(signature, present, headers)]

    @staticmethod
    def _may(signature: Signature, present: set[bytes], headers: Mapping[str, str]) -> bool:
        if signature.needles and present.isdisjoint(signature.needles):
            return False
        return all(name in headers for name, _pattern in signature.headers)


def normal(text: str) -> str:
    """Lower-case a text and give it plain apostrophes and spaces, as patterns are written."""
    return text.lower().replace("\u2019", "'").replace("\u00a0", " ").replace("\u202f", " ")


def excerpt(text: str) -> str:
    """Return what patterns are tried on: a long text's beginning and end."""
    return text if len(text) <= MAX_READ else f"{text[: MAX_READ * 3 // 4]} {text[-MAX_READ // 4 :]}"


def holds(signature: Signature, sight: Sight) -> str | None:
    """Return what was seen when the mark holds (a few words of the page, "" when only a header tells), else None."""
    document = sight.document
    if sight.status < signature.min_status or (signature.max_words and document.words > signature.max_words):
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
    return Marks(signatures=signatures, stems=_stems(table["stems"], signatures), version=zlib.crc32(data))


def _signature(entry: dict[str, Any]) -> Signature:
    known = dict(entry)
    return Signature(
        kind=Kind(known.pop("kind")),
        trust=Trust(known.pop("trust", Trust.SURE)),
        needles=tuple(needle.encode() for needle in known.pop("needles", ())),
        headers=tuple(known.pop("headers", {}).items()),
        **known,
    )


def _stems(names: list[str], signatures: tuple[Signature, ...]) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """Put each needle under the first stem it contains; a needle without one is its own."""
    grouped: dict[bytes, list[bytes]] = {}
    stems = [name.encode() for name in names]
    for needle in dict.fromkeys(needle for signature in signatures for needle in signature.needles):
        stem = next((stem for stem in stems if stem in needle), needle)
        grouped.setdefault(stem, []).append(needle)
    return tuple((stem, tuple(needles)) for stem, needles in grouped.items())
