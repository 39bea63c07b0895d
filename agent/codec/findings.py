"""One finding as JSON: its rule by id, its facts as lists."""

from dataclasses import dataclass

from pydantic import JsonValue

from agent.codec.strict import Unreadable, read, write
from checks.core.facts import Fact, Facts
from checks.core.model import Finding, Layer, Severity, Shared
from checks.core.registry import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFinding:
    """The shape of a finding on the wire."""

    rule: str
    subject: str
    severity: Severity
    layer: int
    blocks: bool
    shares: tuple[Shared, ...]
    facts: tuple[tuple[str, JsonValue], ...]


def encode_finding(finding: Finding) -> bytes:
    """Return a finding as JSON."""
    return write(WireFinding, to_wire(finding))


def decode_finding(data: bytes | str, rules: Catalogue) -> Finding:
    """Return the finding; raises `Unreadable`, or `VigieError` when nobody declares its rule."""
    return from_wire(read(WireFinding, data), rules)


def to_wire(finding: Finding) -> WireFinding:
    """Return the finding in its wire shape."""
    return WireFinding(
        rule=finding.rule.id,
        subject=finding.subject,
        severity=finding.severity,
        layer=finding.layer.value,
        blocks=finding.blocks,
        shares=tuple(sorted(finding.shares)),
        facts=tuple((name, _to_json(value)) for name, value in finding.facts),
    )


def from_wire(wire: WireFinding, rules: Catalogue) -> Finding:
    """Return the finding; raises `VigieError` when nobody declares its rule."""
    return Finding(
        rule=rules.find(wire.rule),
        subject=wire.subject,
        severity=wire.severity,
        layer=_layer(wire.layer),
        blocks=wire.blocks,
        shares=frozenset(wire.shares),
        facts=facts_from_json(wire.facts),
    )


def facts_from_json(pairs: tuple[tuple[str, JsonValue], ...]) -> Facts:
    """Return facts with lists as tuples; raises `Unreadable` for a table."""
    return tuple((name, _from_json(value)) for name, value in pairs)


def _layer(number: int) -> Layer:
    try:
        return Layer(number)
    except ValueError as error:
        raise Unreadable(f"unreadable finding: no layer {number}") from error


def _to_json(value: Fact) -> JsonValue:
    return [_to_json(item) for item in value] if isinstance(value, tuple) else value


def _from_json(value: JsonValue) -> Fact:
    match value:
        case list():
            return tuple(_from_json(item) for item in value)
        case dict():
            raise Unreadable("unreadable finding: a fact is never a table")
        case _:
            return value
