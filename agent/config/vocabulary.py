"""Asks the registry what the checks are called and take."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from agent.config.reading import Vocabulary
from checks.core import registry
from checks.core.model import Rule

AGENT_RULES: Final = "agent.core.desk.rules"  # of what no check says: the agent itself, groups, outside events


def vocabulary() -> Vocabulary:
    """The words of the checks that exist now; one configuration asks for them thousands of times."""
    return Vocabulary(
        kinds=cache(registry.kinds),
        options=cache(registry.options),
        rules=lambda: frozenset(rule.id for rule in _rules()),
        families=lambda: frozenset(rule.family for rule in _rules()),
    )


@cache
def _rules() -> tuple[Rule, ...]:
    own: Any = import_module(AGENT_RULES).RULES if find_spec(AGENT_RULES) is not None else ()
    return (*registry.catalogue(), *own)
