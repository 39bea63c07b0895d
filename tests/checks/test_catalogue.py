"""The rule catalogue is fixed: every rule stands in its columns, and the ids not built yet only become fewer."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.core.desk.rules import RULES as DESK_RULES
from checks.core import registry
from checks.core.model import Rule

# Families whose checks or grouping are not built yet. Only ever shorten this list.
NOT_BUILT = ("tls.", "http.", "links.", "deps.", "smoke.", "group.", "heartbeat.", "event.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    family: str
    severities: str
    maintenance: str
    layers: str
    confirm: str
    blocks: str


def rows() -> list[Row]:
    with Path(__file__).with_name("catalogue.tsv").open(encoding="utf-8") as file:
        return [Row(**row) for row in csv.DictReader(file, delimiter="\t")]


def declared() -> dict[str, Rule]:
    return {rule.id: rule for rule in registry.Catalogue(DESK_RULES)}


def fits(value: str, column: str) -> bool:
    return column == "*" or value in column.split(",")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_rule_stands_in_its_columns(row: Row) -> None:
    rule = declared().get(row.id)
    if rule is None:
        assert row.id.startswith(NOT_BUILT), f"{row.id} is declared nowhere"
        return
    assert fits(rule.family, row.family)
    assert fits(rule.severity.value, row.severities)
    assert fits(rule.maintenance.value, row.maintenance)
    assert fits(rule.layer.name, row.layers)
    assert fits(rule.confirm.value, row.confirm)
    assert rule.blocks <= (row.blocks == "may")


def test_no_rule_is_declared_beside_the_catalogue() -> None:
    assert sorted(declared()) == sorted(set(declared()) & {row.id for row in rows()})


@pytest.mark.parametrize("rule", declared().values(), ids=lambda rule: rule.id)
def test_rule_ids_are_lower_case_and_dotted(rule: Rule) -> None:
    assert rule.id == rule.id.lower()
    assert "." in rule.id
    assert rule.family == rule.family.lower()
