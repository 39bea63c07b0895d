"""The words in which an owner declares its part of the configuration; every `settings.py` speaks them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import ClassVar, Final, Protocol, Self

Place = tuple[str | int, ...]  # where in the configuration: keys and indexes from the top


class Shape(StrEnum):
    """How a section is written."""

    ONE = "one"  # [path]
    NAMED = "named"  # [path.ID]; the dataclass has a field `id`
    LIST = "list"  # [[path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the configuration: `SECTIONS = (Section(path="agent.flap", type=Flap),)` in a `settings.py`."""

    path: str
    type: type
    shape: Shape = Shape.ONE
    built_in: frozenset[str] = frozenset()  # ids that exist without being written
    reserved: frozenset[str] = frozenset()  # ids that may not be written
    hands_down: bool = False  # takes the common options of checks, and `defaults.KIND`, for all below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """Marks a text that names something declared elsewhere: an id of a section, a kind of check, a rule or a family."""

    to: str  # the section's path, or KINDS, RULES, FAMILIES
    noun: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """Marks a secret whose value is looked at where it is known; `check` raises `ValueError` without showing it."""

    check: Callable[[str], None]


KINDS: Final = "the kinds of check"
RULES: Final = "the rules"
FAMILIES: Final = "the rule families"


class Inherited(Enum):
    """Marks a field that the level above fills when it is not written."""

    FROM_ABOVE = "from above"


class Written(Protocol):
    """A type with a spelling of its own; `SAID` says to people what is written, `SCHEMA` to JSON Schema."""

    SAID: ClassVar[str]
    SCHEMA: ClassVar[dict[str, object]]

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read what TOML holds; raises `ValueError` with a sentence that says what is wrong with it."""

    def written(self) -> object:
        """What TOML may hold for it."""


class Level(StrEnum):
    """Whether a remark stops the configuration."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What someone has to say about one place of the configuration."""

    place: Place
    message: str
    suggestion: str = ""
    level: Level = Level.ERROR
