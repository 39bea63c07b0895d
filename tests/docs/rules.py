"""Writes `docs/rules.md` from the rules that the code declares: `python -m tests.docs.rules`."""

import sys
from pathlib import Path

from agent.core.desk.rules import RULES as DESK_RULES
from checks.core import registry
from checks.core.model import Confirm, Rule
from checks.core.text import Says, texts_of

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"

HEAD = """# Rules

Every kind of finding, as the code declares it. A ticket is named by its site, its check, the rule's *family* and its
subject: 404, then 500, then a timeout stay one ticket. *Confirmation*: a `network` rule is believed when two runs
agree, a `fact` after one run, `none` is told and never a ticket. *Stops visitors*: while such a fault lives it explains
what lies above its layer on the same site, and those findings become its children; whether it does can depend on the
reason. Severity and maintenance type are the rule's own; a run may judge milder or worse. Change a rule's severity, or
turn it off, under `[rules."ID"]` in the [configuration](configuration.md).

| rule | family | severity | maintenance | layer | confirmation | stops visitors | says |
|---|---|---|---|---|---|---|---|
"""

_CONFIRM = {Confirm.NETWORK: "network: 2 runs", Confirm.FACT: "fact: 1 run", Confirm.NONE: "none"}


def page() -> str:
    """Return the page as the code would have it."""
    rules = sorted(registry.Catalogue(DESK_RULES), key=lambda rule: rule.id)
    return HEAD + "".join(_row(rule) for rule in rules)


def _row(rule: Rule) -> str:
    cells = (
        f"`{rule.id}`",
        f"`{rule.family}`",
        rule.severity.value,
        rule.maintenance.value,
        rule.layer.name.lower(),
        _CONFIRM[rule.confirm],
        "yes" if rule.blocks else "",
        _first(rule.says),
    )
    return "| " + " | ".join(cells) + " |\n"


def _first(says: Says) -> str:
    return texts_of(says)[-1].msgid.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
