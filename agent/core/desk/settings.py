"""The sections of the desk: when a ticket flaps, and which rules a contract sees otherwise."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from agent.config.section import RULES, Ref, Section, Shape
from checks.core.model import Severity
from checks.core.options import BadOption, Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Flap:
    """[agent.flap]: after so many reopenings in the window a ticket is held until it was stable that long."""

    reopens: Annotated[int, Bounds(least=1)] = 2
    window: timedelta = timedelta(minutes=60)
    stable: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOverride:
    """[rules."ID"], also under a client, a site or a check: another severity, or no finding at all, with the reason."""

    id: Annotated[str, Ref(to=RULES, noun="rule")]
    severity: Severity | None = None
    disabled: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what changes nothing."""
        if self.severity is None and not self.disabled:
            raise BadOption("severity", "changes nothing: say 'severity' or 'disabled = true'")


SECTIONS: Final = (
    Section(path="agent.flap", type=Flap),
    Section(path="rules", type=RuleOverride, shape=Shape.NAMED),
)
