"""What `tests/checks/KIND/harness.py` hands, as SCENARIOS and CUTS, to the tests that hold for every check."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing a check can see, named as a sentence; together they make every rule of the check speak."""

    name: str
    seen: Any
    options: Any
    memory: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A look that was cut short at one step: only the families of `looked_at` may be judged absent by it."""

    name: str
    seen: Any
    options: Any
    memory: Any = None
    looked_at: frozenset[str] = frozenset()
