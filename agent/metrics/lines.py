"""Keeps samples as rendered lines, so that a scrape of thousands of checks joins bytes instead of building them.

Rendering 25,000 checks at each scrape costs seconds and holds the loop, which falsifies the very timings that are
scraped; rendered when they change, the same lines are joined in a few hundredths of a second.
"""

import math
import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

CHUNK = 500  # lines joined before the loop gets its turn

Label = tuple[str, str]

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Type(StrEnum):
    """What kind of series a family holds."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """One metric: its full name (a counter's ends in `_total`), its type, and what it says.

    There is one of each name, equal to itself alone: every sample of every run is filed under its family, and anything
    but identity takes Python code to hash.
    """

    name: str
    type: Type
    help: str

    def head(self, *, openmetrics: bool) -> bytes:
        """The two lines before its samples; OpenMetrics names a counter without `_total`."""
        name = self.name.removesuffix("_total") if openmetrics and self.type is Type.COUNTER else self.name
        return f"# HELP {name} {self.help}\n# TYPE {name} {self.type}\n".encode()


@lru_cache(maxsize=4096)
def labels(*pairs: Label) -> str:
    """Render labels, without the braces."""
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in pairs)


def number(value: float) -> str:
    """Render a value as both text formats take it."""
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Whether a metric may be called so."""
    return _NAME.fullmatch(text) is not None


@dataclass(slots=True)
class Lines:
    """Rendered samples by family and owner; an owner's lines are replaced or dropped together."""

    _families: dict[Family, dict[Hashable, bytes]] = field(default_factory=dict)

    def put(self, owner: Hashable, family: Family, samples: Iterable[tuple[str, float]]) -> None:
        """Set an owner's samples of one family: pairs of rendered labels and value."""
        text = "".join([f"{family.name}{{{own}}} {number(value)}\n" for own, value in samples])
        self._families.setdefault(family, {})[owner] = text.encode()

    def drop(self, owner: Hashable, family: Family | None = None) -> None:
        """Forget an owner's samples, of one family or of all."""
        for lines in (self._families.values()) if family is None else (self._families.get(family, {}),):
            lines.pop(owner, None)

    def families(self, owner: Hashable) -> frozenset[Family]:
        """The families in which an owner has samples."""
        return frozenset(family for family, lines in self._families.items() if owner in lines)

    def chunks(self, *, openmetrics: bool) -> Iterator[bytes]:
        """Everything, family by family, in pieces of bounded size; what changes meanwhile may or may not be in it."""
        for family, lines in sorted(self._families.items(), key=lambda item: item[0].name):
            rendered = list(lines.values())
            if rendered:
                yield family.head(openmetrics=openmetrics)
            for start in range(0, len(rendered), CHUNK):
                yield b"".join(rendered[start : start + CHUNK])
