"""Small rules, checks and outcomes that the tests of the desk, the store and intake share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.desk.rules import RULES as AGENT_RULES
from agent.core.desk.watch import Watch
from agent.store import Store
from checks.core.model import (
    Artifact,
    Confirm,
    Finding,
    Key,
    Layer,
    Maintenance,
    Observed,
    Outcome,
    Rule,
    Severity,
    Unobserved,
    Untested,
)
from checks.core.registry import Catalogue
from checks.core.text import _

T0 = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def rule(
    name: str,
    family: str,
    *,
    severity: Severity = Severity.MAJOR,
    layer: Layer = Layer.DEEP,
    confirm: Confirm = Confirm.FACT,
    blocks: bool = False,
    watch: frozenset[str] = frozenset(),
) -> Rule:
    return Rule(
        id=name,
        family=family,
        severity=severity,
        maintenance=Maintenance.CORRECTIVE,
        layer=layer,
        says=_("it fails"),
        advice=_("Mend it."),
        confirm=confirm,
        blocks=blocks,
        watch=watch,
    )


DOWN = rule(
    "t.down",
    "uptime.available",
    severity=Severity.CRITICAL,
    layer=Layer.HTTP,
    confirm=Confirm.NETWORK,
    blocks=True,
    watch=frozenset({"reason"}),
)
WRONG = rule("t.wrong", "uptime.available", layer=Layer.HTTP, confirm=Confirm.NETWORK)
SLOW = rule("t.slow", "uptime.slow", severity=Severity.MINOR, layer=Layer.CONTENT, confirm=Confirm.NETWORK)
EXPIRING = rule("t.expiring", "t.validity", severity=Severity.MINOR, layer=Layer.TLS)
EXPIRED = rule("t.expired", "t.validity", severity=Severity.CRITICAL, layer=Layer.TLS, blocks=True)
BROKEN = rule("t.broken", "t.broken")
TOLD = rule("t.told", "t.told", severity=Severity.INFO, confirm=Confirm.NONE)
RULES = Catalogue((*AGENT_RULES, DOWN, WRONG, SLOW, EXPIRING, EXPIRED, BROKEN, TOLD))

UPTIME = Watch(key=Key(site="shop", check="uptime"), kind="uptime", target="https://shop.example/", client="acme")
TLS = Watch(key=Key(site="shop", check="tls"), kind="tls", target="https://shop.example/", client="acme")
LINKS = Watch(key=Key(site="shop", check="links"), kind="links", target="https://shop.example/", client="acme")

_made = 0


def outcome(
    watch: Watch,
    minutes: float,
    *findings: Finding,
    untested: tuple[Untested, ...] = (),
    only: frozenset[str] = frozenset(),
    unobserved: str = "",
    artifacts: tuple[Artifact, ...] = (),
) -> Outcome:
    """One run that started so many minutes after `T0` and took half a second; its id is new."""
    global _made  # noqa: PLW0603  ids must differ
    _made += 1
    seen = Observed(findings=findings, untested=untested, artifacts=artifacts)
    answer = Unobserved(cause=unobserved, detail="") if unobserved else seen
    return Outcome(id=f"{_made:026d}", key=watch.key, started=at(minutes), seconds=0.5, only=only, answer=answer)


def open_store(folder: Path) -> Store:
    return Store.open(folder / "vigie.db", RULES)
