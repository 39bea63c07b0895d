"""[retention]: how long the store keeps what it was told."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from agent.config.section import Section
from checks.core.options import Bounds, Bytes

MONTH: Final = timedelta(days=31)
DAY: Final = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long outcomes, their hourly roll-ups and evidence are kept; tickets and their events are never dropped."""

    outcomes: Annotated[timedelta, Bounds(least=DAY)] = timedelta(days=35)
    rollups: Annotated[timedelta, Bounds(least=DAY)] = 26 * MONTH
    evidence: Annotated[timedelta, Bounds(least=DAY)] = timedelta(days=90)
    evidence_size: Annotated[Bytes, Bounds(least=1_000_000)] = 2_000_000_000  # bytes; the oldest goes first


SECTIONS: Final = (Section(path="retention", type=Retention),)
