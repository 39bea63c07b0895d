"""The sections that everything hangs from: [agent], the sites and the checks on them."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self
from zoneinfo import ZoneInfo

from agent.config.section import KINDS, Inherited, Ref, Section, Shape
from agent.core.desk.settings import RuleOverride
from checks.core.model import Key
from checks.core.options import Bounds, Id, Named, Url

RESERVED_SITES: Final = frozenset({"verify", "sign-off", "diff", "agent", "all"})

_LISTEN: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]\s]+)):(?P<port>\d{1,5})")


class Language(StrEnum):
    """The language in which a client and the people on call read."""

    FRENCH = "fr"
    ENGLISH = "en"


class Phase(StrEnum):
    """Where a site stands in its contract."""

    TAKEOVER = "takeover"
    MAINTENANCE = "maintenance"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """An address to listen on; port 0 lets the system choose."""

    SAID: ClassVar[str] = 'an address to listen on such as "127.0.0.1:8787" or "[::1]:8787"'
    SCHEMA: ClassVar[dict[str, object]] = {"type": "string", "pattern": r"^.+:[0-9]{1,5}$"}

    host: str
    port: int

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read `host:port`; raises `ValueError`."""
        match = _LISTEN.fullmatch(value) if isinstance(value, str) else None
        if match is None or int(match["port"]) > 65535:
            raise ValueError(f"{value!r} is not {cls.SAID}")
        return cls(host=match["six"] or match["host"], port=int(match["port"]))

    def written(self) -> str:
        """As `host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """[agent]: this agent itself, and the defaults of all below it."""

    name: Id = "vigie"
    state_dir: Path = Path("var")
    listen: Listen = Listen(host="127.0.0.1", port=8787)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    language: Language = Language.FRENCH
    reference_targets: tuple[Url, ...] = ()  # offline only when all fail; any HTTP answer counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One check of a site as configured; None stands for the check's own default."""

    name: Id
    kind: Annotated[str, Ref(to=KINDS, noun="check")]
    url: str
    enabled: bool = True
    every: Annotated[timedelta, Bounds(least=1)] | None = None
    recheck_every: Annotated[timedelta, Bounds(least=1)] | None = None
    blind_after: Annotated[timedelta, Bounds(least=1)] | None = None
    rules: Annotated[tuple[RuleOverride, ...], Named(key="id")] = ()
    options: Any

    def key(self, site: str) -> Key:
        """Which check of which site it is."""
        return Key(site=site, check=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """[sites.ID]: one site; `checks` holds what runs on it, also when none was written."""

    id: Id
    url: Url
    contract: Annotated[str, Ref(to="contracts", noun="contract")] | None = None
    phase: Phase = Phase.MAINTENANCE
    language: Annotated[Language, Inherited.FROM_ABOVE]
    timezone: Annotated[ZoneInfo, Inherited.FROM_ABOVE]
    rules: Annotated[tuple[RuleOverride, ...], Named(key="id")] = ()
    checks: Annotated[tuple[Watch, ...], Named()] = ()


SECTIONS: Final = (
    Section(path="agent", type=Agent, hands_down=True),
    Section(path="sites", type=Site, shape=Shape.NAMED, reserved=RESERVED_SITES, hands_down=True),
)
