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
from checks.core.options import BadOption, Bounds, Common, Seconds, Texts


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


RULES = frozenset({"uptime.down", "uptime.slow", "tls.cert.expired"})
FAMILIES = frozenset({"uptime.available", "uptime.slow"})


def _options(kind: str) -> type[Any]:
    assert kind in {"uptime", "tls"}
    return Options


def _kinds() -> Collection[str]:
    return ("tls", "uptime")


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
