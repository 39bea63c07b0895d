"""Reads what a visitor would see of a page: title, text, headings, and what else is there to look at; for hostile HTML.

Not a tree builder: one pass over the tags, bounded in characters, tags and depth, so that a page made to hurt costs
milliseconds. Text that authors show as a specimen (`pre`, `code`, `blockquote`, `textarea`) is kept apart.
"""

import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_CHARACTERS: Final = 131_072
TAIL: Final = 16_384  # characters of a longer page's end that are read in place of its middle
MAX_TAGS: Final = 6_000
MAX_TITLE: Final = 300  # characters, of headings too
MAX_HEADINGS: Final = 8
MAX_METAS: Final = 40
_TAG_VALUES: Final = 32  # quoted values of one tag that are heeded
_VALUE_LENGTH: Final = 4_096  # characters of one

_TAG = re.compile(r"<(?:(/?)([A-Za-z][A-Za-z0-9:-]{0,30})|!--|[!?])")
_ATTRIBUTE = re.compile(
    r"([a-zA-Z:-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'<>]{1,2000}))"
)
_STOP = re.compile("[>\"']")
_SPACE = re.compile(r"\s+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts written without spaces

# Elements that hold no elements, and what ends each.
_RAW = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}
_UNSEEN = frozenset({"noscript", "template"})
_ENDS = frozenset({"body", "html"})
_SPECIMENS = frozenset({"pre", "code", "samp", "kbd", "blockquote"})
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
))  # fmt: skip
_HEADINGS = frozenset({"h1", "h2"})
_PICTURES = frozenset({"img", "picture", "svg", "canvas", "video", "audio", "object", "embed", "image", "model-viewer"})
_FRAMES = frozenset({"iframe", "frame"})
_INPUTS = frozenset({"input", "select", "textarea", "button"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one page shows, white space collapsed, entities resolved."""

    title: str = ""
    lang: str = ""
    metas: tuple[tuple[str, str], ...] = ()  # name, property or http-equiv in lower case → content
    headings: tuple[str, ...] = ()  # the first h1 and h2
    text: str = ""  # what a visitor reads, specimens left out
    specimens: str = ""
    unseen: str = ""  # of noscript and template
    pictures: int = 0
    frames: int = 0
    inputs: int = 0
    links: int = 0
    scripts: int = 0
    closed: bool = False  # the page says that it ends (`</body>` or `</html>`)
    whole: bool = True  # False: a limit was met, there is more

    @property
    def words(self) -> int:
        """How many words a visitor reads, specimens counted."""
        return count_words(self.text) + count_words(self.specimens)

    def meta(self, name: str) -> str:
        """The content of a meta element; "" when there is none."""
        return next((content for key, content in self.metas if key == name), "")


def count_words(text: str) -> int:
    """Count words; two characters of a script written without spaces count as one."""
    wide = len(_WIDE.findall(text))
    return len(text.split()) + wide // 2


def collapse(text: str) -> str:
    """Resolve entities and make every run of white space one space."""
    return _SPACE.sub(" ", entities.unescape(text) if "&" in text else text).strip()


def attributes(tag: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of the inside of a tag, names in lower case."""
    for match in _ATTRIBUTE.finditer(tag):
        yield match[1].lower(), entities.unescape(match[2] or match[3] or match[4] or "")


def read(page: str) -> Document:
    """Read a page; whatever it holds, this returns."""
    whole = len(page) <= MAX_CHARACTERS
    reader = _Reader(page=page if whole else f"{page[: MAX_CHARACTERS - TAIL]} {page[-TAIL:]}", whole=whole)
    reader.run()
    return reader.document()


@dataclass(slots=True, kw_only=True)
class _Reader:
    page: str
    whole: bool
    text: list[str] = field(default_factory=list)
    specimens: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    open_specimens: Counter[str] = field(default_factory=Counter)
    open_unseen: Counter[str] = field(default_factory=Counter)
    sink: list[str] = field(init=False)  # where text goes now
    title: str = ""
    lang: str = ""
    heading_from: int = -1  # index into `text` where the open heading began

    def __post_init__(self) -> None:
        self.sink = self.text

    def run(self) -> None:
        """Go through the page tag by tag."""
        page, at = self.page, 0
        for _ in range(MAX_TAGS):
            match = _TAG.search(page, at)
            if match is None:
                self.sink.append(page[at:])
                return
            if match.start() > at:
                self.sink.append(page[at : match.start()])
            at = self._tag(match) if match[2] else self._aside(match)
        self.whole = self.whole and at >= len(page)

    def _aside(self, match: re.Match[str]) -> int:
        """Skip a comment, a doctype or a processing instruction."""
        closing = "-->" if match[0] == "<!--" else ">"
        end = self.page.find(closing, match.end())
        return end + len(closing) if end >= 0 else len(self.page)

    def _tag(self, match: re.Match[str]) -> int:
        name, start = match[2].lower(), match.end()
        end = _tag_end(self.page, start)
        if match[1]:
            self._close(name)
        else:
            inside = self.page[start:end]
            self._open(name, inside)
            if name in _RAW and not inside.endswith("/"):
                return self._raw(name, end + 1)
        return end + 1

    def _open(self, name: str, inside: str) -> None:
        if name not in _INLINE:
            self.sink.append(" ")
        if name in _UNSEEN:
            self.open_unseen[name] += 1
            self.sink = self.unseen
        if self.sink is self.unseen:
            return  # what browsers do not draw does not count
        self.count[name] += 1
        if "background" in inside:
            self.count["img"] += 1
        if name in _SPECIMENS:
            self.open_specimens[name] += 1
            self.sink = self.specimens
        elif name in _HEADINGS:
            self.heading_from = len(self.text)
        elif name == "meta" and len(self.metas) < MAX_METAS:
            self._meta(inside)
        elif name == "html" and not self.lang:
            self.lang = dict(attributes(inside)).get("lang", "")[:40].strip().lower()

    def _close(self, name: str) -> None:
        if name in _UNSEEN or name in _SPECIMENS:
            self._leave(name)
        elif name in _HEADINGS and self.heading_from >= 0:
            if len(self.headings) < MAX_HEADINGS:
                self.headings.append(collapse("".join(self.text[self.heading_from :]))[:MAX_TITLE])
            self.heading_from = -1
        elif name in _ENDS:
            self.count["/"] += 1
        if name not in _INLINE:
            self.sink.append(" ")

    def _leave(self, name: str) -> None:
        known = self.open_unseen if name in _UNSEEN else self.open_specimens
        known[name] = max(0, known[name] - 1)
        if self.open_unseen.total():
            self.sink = self.unseen
        else:
            self.sink = self.specimens if self.open_specimens.total() else self.text

    def _raw(self, name: str, start: int) -> int:
        """Take the content of an element that holds no elements, up to its end tag."""
        found = _RAW[name].search(self.page, start)
        end = found.start() if found else len(self.page)
        if name == "title" and not self.title and not self.count["svg"]:
            self.title = collapse(self.page[start:end][: MAX_TITLE * 4])[:MAX_TITLE]
        elif name in {"textarea", "xmp"}:
            self.specimens.append(f" {self.page[start:end]} ")
        return end

    def _meta(self, inside: str) -> None:
        known = dict(attributes(inside))
        name = known.get("name") or known.get("property") or known.get("http-equiv")
        if name:
            self.metas.append((name.lower(), known.get("content", "")[:1000]))

    def document(self) -> Document:
        """Return what was read."""
        count = self.count
        return Document(
            title=self.title,
            lang=self.lang,
            metas=tuple(self.metas),
            headings=tuple(self.headings),
            text=collapse("".join(self.text)),
            specimens=collapse("".join(self.specimens)),
            unseen=collapse("".join(self.unseen)),
            pictures=sum(count[name] for name in _PICTURES),
            frames=sum(count[name] for name in _FRAMES),
            inputs=sum(count[name] for name in _INPUTS),
            links=count["a"],
            scripts=count["script"],
            closed=bool(count["/"]),
            whole=self.whole,
        )


def _tag_end(page: str, start: int) -> int:
    """Return where the tag's `>` is, not one inside a quoted value; the end of the page when it never closes."""
    end = page.find(">", start)
    if end < 0:
        return len(page)
    inside = page[start:end]
    if "'" not in inside and inside.count('"') % 2 == 0:
        return end
    at = start
    for _ in range(_TAG_VALUES):
        mark = _STOP.search(page, at)
        if mark is None or mark[0] == ">":
            return mark.start() if mark else end
        closing = page.find(mark[0], mark.end(), mark.end() + _VALUE_LENGTH)
        if closing < 0:
            break  # the quote is never closed: browsers would swallow the page, we read on
        at = closing + 1
    return end
