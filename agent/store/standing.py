"""How every check stands: what is believed of it, and what it last said."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.store import outcomes, tracks
from agent.store.session import Session
from checks.core.model import Finding, Key, Outcome
from checks.core.registry import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of all checks."""

    believed: Mapping[Key, tuple[Finding, ...]]
    latest: Mapping[Key, Outcome]


def standing(session: Session, rules: Catalogue) -> Standing:
    """Return it."""
    return Standing(believed=tracks.believed(session, rules), latest=outcomes.latest(session, rules))
