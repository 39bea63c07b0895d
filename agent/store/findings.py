"""Findings as the store keeps them: JSON that stays readable when a later version no longer has their rule."""

import json

from agent.codec import decode_finding, encode_finding
from checks.core.errors import VigieError
from checks.core.model import Confirm, Finding, Layer, Maintenance, Rule, Severity
from checks.core.registry import Catalogue
from checks.core.text import Text


def write_finding(finding: Finding) -> str:
    """Return a finding as JSON."""
    return encode_finding(finding).decode()


def read_finding(text: str, rules: Catalogue, *, family: str) -> Finding:
    """Return a finding; one whose rule nobody declares any more gets a rule that can only say its id."""
    try:
        return decode_finding(text, rules)
    except VigieError:
        return decode_finding(text, Catalogue((_gone(json.loads(text)["rule"], family),)))


def _gone(rule: str, family: str) -> Rule:
    return Rule(
        id=rule,
        family=family,
        severity=Severity.MINOR,
        maintenance=Maintenance.NONE,
        layer=Layer.DEEP,
        says=Text(msgid=rule),
        advice=Text(msgid=""),
        confirm=Confirm.FACT,
    )
