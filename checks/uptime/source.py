"""Reads the bytes of a page that came without parsing it: its title, its type, how much it shows, what it holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Final

from checks.parse import charset, html

SCANNED: Final = 65_536  # bytes of the source in which needles are looked for, and 16 KiB of its end
PIECES: Final = 80  # of text between tags whose words are compared
SHEETS: Final = 40  # style sheets that are left out

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_TELLING = re.compile(rb"error|exception|debugger|[45]\d\d|default|welcome|works| (?:at|in|on) /", re.IGNORECASE)
_SHOWN = re.compile(rb">[^<>]{0,20}[\w\x80-\xff]{3}", re.ASCII)  # text right after a tag
_PIECE = re.compile(rb">([^<>]{3,400})<")
_COUNTED: Final = (b"<", b"</a>", b"<form")
_NO_BODY = frozenset({204, 205, 304})
_READABLE = ("text/", "application/xhtml", "application/json", "application/xml", "application/problem")


@dataclass(slots=True, kw_only=True)
class Page:
    """An answer to a GET, its content coding undone."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    whole: bool = True  # False: the body was cut, by us or on the way


def lower(page: Page) -> dict[str, str]:
    """Return its headers by their names in lower case."""
    return {name.lower(): value for name, value in page.headers}


def content_type(page: Page) -> str:
    """Return the header's value in lower case, "" without one."""
    return next((value.strip().lower() for name, value in page.headers if name.lower() == "content-type"), "")


def is_html(page: Page) -> bool:
    """Whether a browser would draw a page; an answer that names no type and holds nothing is none."""
    kind = content_type(page)
    return kind.startswith(("text/html", "application/xhtml")) if kind else page.body.lstrip()[:1] == b"<"


def is_readable(page: Page) -> bool:
    """Whether there may be text to read."""
    if page.status in _NO_BODY or 300 <= page.status < 400 or page.status < 200:
        return False
    kind = content_type(page)
    return not kind or kind.startswith(_READABLE)


def title(body: bytes) -> str:
    """Return the title without reading the page; it may differ from the reader's in odd encodings."""
    found = _TITLE.search(body, 0, 32_768)
    return html.collapse(found[1].decode("utf-8", "replace"))[: html.MAX_TITLE] if found else ""


def tells(body: bytes) -> bool:
    """Whether a long page may be none of the site's all the same: by its title, or for want of one."""
    found = _TITLE.search(body, 0, 32_768)
    return found is None or not found[1].strip() or _TELLING.search(found[1]) is not None


def shape(body: bytes) -> tuple[int, ...]:
    """Count what a page is built of: all tags, links and forms."""
    return tuple(body.count(part) for part in _COUNTED)


def first_words(body: bytes) -> set[bytes]:
    """Return the words of the first pieces of text between tags: what the page says first, and some of its scripts."""
    start = max(0, body.find(b"<body"))
    return set(b" ".join(piece[1] for piece in islice(_PIECE.finditer(body, start), PIECES)).split())


def shown(source: bytes, most: int) -> int:
    """Count the pieces of text that stand right after a tag, up to `most`: about as many words are shown at least."""
    pieces = _SHOWN.finditer(source, max(0, source.find(b"<body")))
    return sum(1 for _piece in islice(pieces, most))


def scanned(page: Page, headers: Mapping[str, str]) -> bytes:
    """Return the source in which needles are looked for: UTF-8, in lower case, accents as letters, without styles."""
    body = page.body if len(page.body) <= SCANNED else page.body[: SCANNED - 16_384] + page.body[-16_384:]
    kind = headers.get("content-type")
    if charset.charset(body, kind) != "utf-8":
        body = charset.text(body, kind).encode("utf-8", "replace")
    source = _without_sheets(body.lower())
    if b"&eacute;" in source or b"&#8217;" in source:
        return unescape(source.decode("utf-8", "replace")).encode("utf-8", "replace")
    return source


def text(page: Page, headers: Mapping[str, str]) -> str:
    """Decode what is read of the page: enough bytes for the reader's characters, and the end of a longer one."""
    body, room = page.body, 2 * html.MAX_CHARACTERS
    if len(body) > room + html.TAIL:
        body = body[:room] + body[-html.TAIL :]
    return charset.text(body, headers.get("content-type"))


def _without_sheets(source: bytes) -> bytes:
    """Leave style sheets out, half of many pages, in which nothing is said."""
    if b"<style" not in source:
        return source
    parts, at = [], 0
    for _ in range(SHEETS):
        start = source.find(b"<style", at)
        end = source.find(b"</style", start) if start >= 0 else -1
        if end < 0:
            break
        parts.append(source[at:start])
        at = end
    return b"".join((*parts, source[at:]))
