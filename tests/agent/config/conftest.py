"""A configuration as text, read against two checks that need no network."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import pytest

from agent.config import files, owners
from agent.config.compose import compose
from agent.config.loaded import Settings
from agent.config.reading import Vocabulary
from checks.core.options import BadOption, Bounds, Bytes, Common, Id, Named, Seconds, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Common):
    """Options with every shape that a check's may have."""

    method: str = "GET"
    slow_after: Seconds | None = None
    contains: Texts = ()
    retries: Annotated[int, Bounds(least=0, most=5)] = 0
    share: float = 0.25
    tls: bool = True
    status: tuple[int | str, ...] = (200,)

    def __post_init__(self) -> None:
        """Refuse what no type can say."""
        if self.method != self.method.upper():
            raise BadOption("method", "must be in capitals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A dataclass with a field whose name is a word of Python."""

    goto: str
    with_: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A dataclass that is written as a table with a name."""

    name: Id
    critical: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions(Common):
    """Options of which one is a folder by default, and one a size."""

    ports: tuple[int, ...] = ()
    max_bytes: Annotated[Bytes, Bounds(most=10**9)] = 1000
    roots: Path = Path("roots")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeOptions(Common):
    """Options of which one must be said at some level, with tables inside."""

    browser: str
    journeys: Annotated[tuple[Journey, ...], Named()] = ()
    first: Step | None = None


RULES = frozenset({"uptime.down", "uptime.slow", "tls.cert.expired"})
FAMILIES = frozenset({"uptime.available", "uptime.slow"})


def _options(kind: str) -> type[Any]:
    return {"uptime": Options, "tls": TlsOptions, "smoke": SmokeOptions}[kind]


def _kinds() -> Collection[str]:
    return ("smoke", "tls", "uptime")


WORDS = Vocabulary(kinds=_kinds, options=_options, rules=lambda: RULES, families=lambda: FAMILIES)


def read(path: Path, environ: Mapping[str, str] | None = None, *, secrets: bool = True) -> Settings:
    around = owners.surroundings(environ or {}, secrets=secrets)
    return compose(path, files.read(path), replace(around, vocabulary=WORDS))


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Settings]:
    def from_text(text: str, **environ: str) -> Settings:
        path = tmp_path / "vigie.toml"
        path.write_text(text, encoding="utf-8")
        return read(path, environ)

    return from_text
