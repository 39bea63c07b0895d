"""The configuration once it is read: every section by its type, every value checked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from agent.config.problems import Issue
from agent.config.reading import hide
from agent.config.section import Remark

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All sections: `settings[Agent]`, `settings.all(Site)`, `settings.get(Contract, "acme-2026")`."""

    source: Path  # the file or folder asked for
    files: tuple[Path, ...]
    warnings: tuple[Issue, ...] = ()
    sections: Mapping[type, tuple[Any, ...]] = field(repr=False)
    revealed: Mapping[str, str] = field(repr=False, default_factory=dict)
    _ids: dict[tuple[type, str], Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index what has an id."""
        named = ((kind, one) for kind, found in self.sections.items() for one in found if hasattr(one, "id"))
        self._ids.update({(kind, one.id): one for kind, one in named})

    def __getitem__(self, section: type[T]) -> T:
        """The one section of that type."""
        (only,) = self.sections[section]
        return cast(T, only)

    def all(self, section: type[T]) -> tuple[T, ...]:
        """Every entry of that type, in the order written."""
        return self.sections[section]

    def get(self, section: type[T], name: str) -> T:
        """The entry with that id; raises `KeyError`."""
        return cast(T, self._ids[section, name])

    def redact(self, text: str) -> str:
        """Put `${NAME}` back wherever `text` shows what the environment gave to a plain value."""
        return hide(text, self.revealed)


# A `settings.py` may export `REVIEWS`, a tuple of these: they see the whole once it has no other error.
Review = Callable[[Settings], Iterable[Remark]]
