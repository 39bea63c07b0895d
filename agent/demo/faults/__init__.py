"""What can go wrong with the demo site: one file per fault, found by its name."""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from agent.demo.answer import Answer, Request
from checks.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: what a person is told of it, and what it makes of a healthy answer."""

    summary: str
    change: Callable[[Request, Answer], Answer] = lambda _request, answer: answer
    certificate_days: float | None = None  # left to the certificate of the https site; None: as many as ever


class UnknownFault(UsageError):
    """No fault has that name."""


def names() -> tuple[str, ...]:
    """The faults there are, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> Fault:
    """Load and return one fault; raises `UnknownFault`."""
    if name not in names():
        raise UnknownFault(f"unknown fault {name!r}: there is {', '.join(names())}")
    fault = import_module(f"{__name__}.{name}").FAULT
    if not isinstance(fault, Fault):
        raise UnknownFault(f"{__name__}.{name}.FAULT is not a Fault")
    return fault
