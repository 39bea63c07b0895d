"""The sections of the contract: clients, calendars, contracts and what they promise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar, Final, Self
from zoneinfo import ZoneInfo

from agent.config import durations
from agent.config.loaded import Settings
from agent.config.section import FAMILIES, Inherited, Level, Place, Ref, Remark, Section, Shape
from agent.core.desk.settings import RuleOverride
from agent.settings import Language, Site
from checks.core.model import Severity
from checks.core.options import BadOption, Bounds, Id, Named

ALWAYS: Final = "24x7"
DEFAULT_CLIENT: Final = "default"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
END_OF_DAY: Final = 24 * 60

_HOURS: Final = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")
_HOLIDAYS: Final = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")

Span = tuple[int, int]  # minutes since local midnight, the end left out


class ContractKind(StrEnum):
    """What a contract obliges to: results, means and results, means, single interventions."""

    FORFAIT = "forfait"
    REGIE_FORFAITISEE = "regie_forfaitisee"
    REGIE = "regie"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTime:
    """A target in the open time of a calendar; `days` are of the open time of one normal day of it."""

    SAID: ClassVar[str] = 'a target such as "4h" or "2d"'
    SCHEMA: ClassVar[dict[str, object]] = {"type": "string", "pattern": r"^\s*(\d+(\.\d+)?\s*[a-zA-Z]+\s*)+$"}

    days: float = 0.0
    seconds: float = 0.0

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read "4h", "2d" or "1d 4h"; raises `ValueError`."""
        days = seconds = 0.0
        for amount, unit in durations.parts(value) if isinstance(value, str) else ():
            if unit == "d":
                days += amount
            elif unit in ("m", "h"):
                seconds += amount * durations.SECONDS[unit]
            else:
                raise ValueError(f"{value!r} is not a target: open time is counted in m, h and d")
        if not days and not seconds:
            raise ValueError(f"must be {cls.SAID}")
        return cls(days=days, seconds=seconds)

    def written(self) -> str:
        """A text that reads the same; a day is never written for 24 hours."""
        hours, minutes = divmod(self.seconds / 60, 60)
        parts = ((self.days, "d"), (hours, "h"), (minutes, "m"))
        return "".join(f"{amount:g}{unit}" for amount, unit in parts if amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Opening hours: for each day from Monday its spans in order, in the calendar's local time."""

    SAID: ClassVar[str] = 'a table of days such as { mon-fri = ["09:00-12:30", "14:00-18:00"] }'
    SCHEMA: ClassVar[dict[str, object]] = {
        "type": "object",
        "propertyNames": {"pattern": "^({0})(-({0}))?$".format("|".join(DAYS))},
        "additionalProperties": {"type": ["array", "string"], "items": {"type": "string"}},
    }

    week: tuple[tuple[Span, ...], ...]

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read `{ mon-fri = ["09:00-12:30", "14:00-18:00"] }`; raises `ValueError`."""
        week: list[list[Span]] = [[] for _day in DAYS]
        for days, spans in value.items() if isinstance(value, dict) else ():
            read = [_span(one) for one in (spans if isinstance(spans, list) else [spans])]
            for day in _days(days):
                week[day] += read
        for name, open_ in zip(DAYS, week, strict=True):
            open_.sort()
            if any(before[1] > after[0] for before, after in pairwise(open_)):
                raise ValueError(f"the hours of {name} overlap")
        if not any(week):
            raise ValueError(f"must be {cls.SAID}")
        return cls(week=tuple(tuple(open_) for open_ in week))

    def written(self) -> dict[str, list[str]]:
        """One key for each day that is open at all."""
        return {
            day: [f"{_clock(a)}-{_clock(b)}" for a, b in spans]
            for day, spans in zip(DAYS, self.week, strict=True)
            if spans
        }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(text: str) -> list[int]:
    first, dash, last = text.lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(
            f"{text!r} is no day of the week; write mon, tue, wed, thu, fri, sat, sun or a range such as mon-fri"
        )
    start, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def _span(text: object) -> Span:
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is not a span of hours such as "09:00-12:30"')
    start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]))
    if int(match[2]) > 59 or int(match[4]) > 59 or end > END_OF_DAY:
        raise ValueError(f"{text!r} holds an hour that no clock shows")
    if start >= end:
        raise ValueError(f"{text!r} ends before it starts; hours past midnight belong to the next day")
    return start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """[clients.ID]: who the sites belong to."""

    id: Id
    name: str = ""
    rules: Annotated[tuple[RuleOverride, ...], Named(key="id")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """[calendars.ID]: when time counts; "24x7" is built in."""

    id: Id
    timezone: Annotated[ZoneInfo, Inherited.FROM_ABOVE]
    holidays: str = ""  # ISO 3166: "FR", or with a subdivision "FR-57"; none when empty
    hours: Hours

    def __post_init__(self) -> None:
        if self.holidays and not _HOLIDAYS.fullmatch(self.holidays):
            raise BadOption("holidays", f'{self.holidays!r} is not a country or region such as "FR" or "FR-57"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Units of work bought together; they expire at the end of that day."""

    bought: date
    expires: date | None = None
    uo: Annotated[float, Bounds(least=0)]

    def __post_init__(self) -> None:
        if self.expires is not None and self.expires < self.bought:
            raise BadOption("expires", "expires before it was bought")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """[contracts.ID.sla.SEVERITY]: the two clocks of that severity; a severity without one has no clock."""

    severity: Severity
    gti: OpenTime | None = None
    gtr: OpenTime | None = None
    calendar: Annotated[str, Ref(to="calendars", noun="calendar")] = ALWAYS

    def __post_init__(self) -> None:
        if self.severity is Severity.INFO:
            raise BadOption("severity", "info is never a ticket, so it has no clock")
        if self.gti is None and self.gtr is None:
            raise BadOption("gtr", "'gti' or 'gtr' is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """[contracts.ID]: what is promised to a client, and the defaults of the sites it covers."""

    id: Id
    client: Annotated[str, Ref(to="clients", noun="client")]
    kind: ContractKind
    availability_target: Annotated[float, Bounds(least=0, most=1)] | None = None
    downtime_families: tuple[Annotated[str, Ref(to=FAMILIES, noun="rule family")], ...] = ("uptime.available",)
    lots: tuple[Lot, ...] = ()
    sla: Annotated[tuple[Sla, ...], Named(key="severity")] = ()
    language: Annotated[Language, Inherited.FROM_ABOVE]
    timezone: Annotated[ZoneInfo, Inherited.FROM_ABOVE]


def review(settings: Settings) -> Iterator[Remark]:
    """Warn of what a contract's reader would ask about."""
    covered = {site.contract for site in settings.all(Site)}
    for contract in settings.all(Contract):
        if contract.id not in covered:
            yield _warning(("contracts", contract.id), "covers no site")
    for place, rules in _overrides(settings):
        for rule in rules:
            if not rule.reason:
                yield _warning((*place, rule.id), "says no 'reason'")


def _overrides(settings: Settings) -> Iterator[tuple[Place, tuple[RuleOverride, ...]]]:
    yield ("rules",), settings.all(RuleOverride)
    for client in settings.all(Client):
        yield ("clients", client.id, "rules"), client.rules
    for site in settings.all(Site):
        yield ("sites", site.id, "rules"), site.rules
        for watch in site.checks:
            yield ("sites", site.id, "checks", watch.name, "rules"), watch.rules


def _warning(place: Place, message: str) -> Remark:
    return Remark(place=place, message=message, level=Level.WARNING)


REVIEWS: Final = (review,)
SECTIONS: Final = (
    Section(path="clients", type=Client, shape=Shape.NAMED, built_in=frozenset({DEFAULT_CLIENT})),
    Section(
        path="calendars", type=Calendar, shape=Shape.NAMED, built_in=frozenset({ALWAYS}), reserved=frozenset({ALWAYS})
    ),
    Section(path="contracts", type=Contract, shape=Shape.NAMED, hands_down=True),
)
